"""What a threshold on the confidence keeps: how many texts each model answers, and how many of them right."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from trust_core.export.figure_text import NO_FIGURE
from trust_core.stats.intervals import wilson_interval
from trust_core.ui.compact import short_name, small_table
from trust_core.ui.reliability.answered import Answered


def threshold_section(found: Answered) -> None:
    """One threshold for both models, and what it keeps of either."""
    st.subheader("What does a threshold keep?", anchor=False)
    threshold = st.slider(
        "Answer only from a confidence of",
        0.0,
        1.0,
        0.8,
        0.01,
        key="reliability-threshold",
        persist_state="session",
        width=420,
        help="The same threshold for both models, as after an exchange of the model behind a service.",
    )
    small_table(threshold_frame(found, float(threshold)), alt="Coverage and accuracy of both models")
    st.caption(
        "Answered: share of all texts at or above the threshold. Right: share of the answered ones. 95 % "
        "intervals (Wilson). A threshold chosen by looking at these texts looks better than it is."
    )


def threshold_frame(found: Answered, threshold: float) -> pd.DataFrame:
    """One row a model: texts answered, and how many of these are right."""
    rows = []
    for model in (found.reference, found.candidate):
        kept = model.confidence >= threshold
        answered, right = int(kept.sum()), int((model.predicted == found.gold)[kept].sum())
        rows.append(
            {
                "Model": short_name(model.model),
                "Answered": _share(answered, len(found)),
                "Right": _share(right, answered),
            }
        )
    return pd.DataFrame(rows)


def _share(events: int, n: int) -> str:
    if n == 0:
        return NO_FIGURE
    low, high = (float(end) for end in wilson_interval(np.array(float(events)), np.array(float(n))))
    return f"{events / n:.1%} ({low * 100:.1f} to {high * 100:.1f}), {events:,} of {n:,}"
