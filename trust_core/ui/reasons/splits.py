"""Alignment of reasons in parts of the texts: models agree or not, reference right or wrong."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from trust_core.domain.arrays import BoolArray, FloatArray
from trust_core.report.criteria import explainer_title
from trust_core.stats.bootstrap import Resamples, mean_evidence
from trust_core.stats.evidence import measured, too_few
from trust_core.ui.compact import brief_figure
from trust_core.ui.reasons.explained import Explained
from trust_core.ui.run_view import RunView

RESAMPLES: Final = 1000

_SPAN: Final = (-1.0, 1.0)


def split_frame(view: RunView, candidate: str, found: Explained, *, chosen: int | None) -> pd.DataFrame:
    """Mean alignment of every part by every explainer; computed once, shared by all visitors."""
    return _split_frame(found, int(view.report.spec.get("seed") or 0), view.version, candidate, chosen)


@st.cache_resource(max_entries=16, show_spinner=False)
def _split_frame(
    _found: Explained, seed: int, version: str, candidate: str, chosen: int | None
) -> pd.DataFrame:
    del version, candidate, chosen
    return splits(_found, seed=seed)


def splits(found: Explained, *, seed: int) -> pd.DataFrame:
    """One row a part: its name and texts, then the mean alignment of each explainer with a 95 % interval."""
    rows = []
    for name, part in _parts(found).items():
        row = {"Texts": f"{name} ({int(part.sum()):,})"}
        for explainer in found.explainers:
            values = found.frame[f"alignment_{explainer}"].to_numpy(dtype=np.float64)[part]
            values = values[~np.isnan(values)]
            row[explainer_title(explainer)] = _mean(values, seed)
        rows.append(row)
    return pd.DataFrame(rows)


def _mean(values: FloatArray, seed: int) -> str:
    if too_few(len(values)) is not None:
        return f"too few texts: {len(values)}"
    resamples = Resamples(n=len(values), count=RESAMPLES, seed=seed)
    return brief_figure(measured(mean_evidence(values, resamples, span=_SPAN)))


def _parts(found: Explained) -> dict[str, BoolArray]:
    """The parts that hold texts, as masks over the frame."""
    frame = found.frame
    agree = (frame["reference"] == frame["candidate"]).to_numpy(dtype=np.bool_)
    parts = {"all": np.ones(len(frame), dtype=np.bool_), "same answer": agree, "another answer": ~agree}
    if found.labelled:
        right = (frame["reference"] == frame["gold"]).to_numpy(dtype=np.bool_)
        parts |= {
            "same answer, reference right": agree & right,
            "same answer, reference wrong": agree & ~right,
            "another answer, reference right": ~agree & right,
            "another answer, reference wrong": ~agree & ~right,
        }
    return {name: part for name, part in parts.items() if part.any()}
