"""The parts of the Brier score beside the CORP diagram of the page Reliability."""

from __future__ import annotations

import numpy as np
import streamlit as st

from trust_core.calibration.corp import BrierSplit, brier_split
from trust_core.domain.measures import NotMeasured
from trust_core.ui.compact import short_name, small_table
from trust_core.ui.messages import escape_markdown
from trust_core.ui.reliability.answered import Answered
from trust_core.ui.reliability.mending import RESAMPLES, mending, parts_frame


def corp_parts(found: Answered, of_class: int | None, *, version: str, chosen: int | None) -> None:
    """Miscalibration, discrimination and uncertainty beside the diagram.

    Args:
        found: the answers.
        of_class: the class that is looked at; None for the predicted class.
        version: of the results.
        chosen: names the texts that are looked at; None for all.
    """
    st.markdown("**Parts of the Brier score**")
    split = (
        mending(found, version=version, chosen=chosen).split
        if of_class is None
        else _class_split(found, of_class, version, found.candidate.model, chosen)
    )
    if isinstance(split, NotMeasured):
        st.caption(escape_markdown(f"Not measured: {split.reason}; needs {split.needs}."))
        return
    names = (short_name(found.reference.model), short_name(found.candidate.model))
    small_table(parts_frame(split, names), alt="Parts of the Brier score at this diagram")
    st.caption(escape_markdown(_said(found, of_class)))


def _said(found: Answered, of_class: int | None) -> str:
    """What the parts are of."""
    head = f"{len(found):,} texts; 95 % intervals (basic bootstrap, no test). The parts are those of "
    tail = "miscalibration − discrimination + uncertainty is "
    if of_class is None:
        return (
            f"{head}every class against the rest, summed: {tail}the Brier score. The diagram of the "
            "predicted class is one view of them; its own uncertainty would differ between the models."
        )
    name = found.reference.classes[of_class]
    return f"{head}the class {name} against the rest: {tail}the mean squared error of its probability."


@st.cache_resource(max_entries=32, show_spinner=False)
def _class_split(
    _found: Answered, of_class: int, version: str, candidate: str, chosen: int | None
) -> BrierSplit | NotMeasured:
    del version, candidate, chosen
    return class_split(_found, of_class)


def class_split(found: Answered, of_class: int) -> BrierSplit | NotMeasured:
    """The parts of one class against the rest."""
    # One column, and class 0 of it where the class came.
    return brier_split(
        np.where(found.gold == of_class, 0, 1),
        found.reference.probabilities[:, [of_class]],
        found.candidate.probabilities[:, [of_class]],
        resamples=RESAMPLES,
        seed=found.seed,
    )
