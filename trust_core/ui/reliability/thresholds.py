"""What a threshold on the confidence keeps of both models, and whether one tuned on the reference holds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import pandas as pd
import streamlit as st

from trust_core.behaviour.at_threshold import at_threshold
from trust_core.behaviour.confidence_use import judged, risk_coverage_curves
from trust_core.charts.risk_coverage import (
    ThresholdMark,
    mark_on,
    risk_coverage,
    risk_coverage_alt,
    risk_coverage_table,
)
from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.report import MeasureRow, RiskCoverage
from trust_core.export.figure_text import figure_text
from trust_core.ui import chart, measure_card
from trust_core.ui.compact import brief, short_name, small_table
from trust_core.ui.messages import escape_markdown
from trust_core.ui.reliability.answered import Answered
from trust_core.ui.run_view import RunView

_KEY: Final = "reliability-threshold"

_FIRST: Final = 0.8
"""Where the slider stands when no threshold was tuned."""

RESAMPLES: Final = 200

_SIDES: Final = ("reference", "candidate", "difference")


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """What a threshold lets through: rows of coverage and risk, and the curves of both models."""

    threshold: float
    rows: tuple[MeasureRow, ...]
    curves: tuple[RiskCoverage, ...]

    def row(self, key: str, of: str) -> MeasureRow:
        """The one row of that name."""
        return next(row for row in self.rows if (row.key, row.of) == (key, of))

    def marks(self, tuned: float | None) -> tuple[ThresholdMark, ...]:
        """The threshold and the tuned one on both curves, wherever they can be drawn."""
        found = [] if tuned is None else [mark_on(curve, tuned) for curve in self.curves]
        for of in ("reference", "candidate"):
            coverage, risk = self.row("coverage", of).value, self.row("risk", of).value
            if coverage is not None and risk is not None:
                found.append(ThresholdMark(of, self.threshold, coverage, risk))
        return tuple(mark for mark in found if mark is not None)


def threshold_section(view: RunView, found: Answered, *, chosen: int | None) -> None:
    """The reference's threshold on both models, then any threshold the visitor likes."""
    st.subheader("What does a threshold keep?", anchor=False)
    tuned = _transfer(view, found.candidate.model)
    _any_threshold(view.version, found, tuned, chosen)


def _transfer(view: RunView, candidate: str) -> float | None:
    """What the report says of the threshold tuned on the reference; the threshold, where there is one."""
    rows = {
        (row.key, row.of): row
        for row in view.candidate(candidate).measures
        if row.key in CATALOGUE and CATALOGUE[row.key].dimension == "confidence_use"
    }
    if not rows:
        st.caption("This run is of a version that did not tune a threshold.")
        return None
    risk, threshold = rows["risk", "difference"], rows["threshold", "reference"]
    asked = threshold.settings.get("accepted_risk")
    if threshold.value is None or not isinstance(asked, float):
        text = figure_text(risk)
        st.markdown(escape_markdown(f"No threshold of the reference could be tuned: {text.detail}."))
        return None
    st.markdown(
        escape_markdown(
            f"Tuned so that the reference errs on at most {asked * 100:.1f} % of the answers it gives, the "
            f"threshold is {threshold.value:.3f}. Does it hold on the candidate? Tried on texts that did not "
            "help to tune it:"
        )
    )
    with st.container(horizontal=True):
        for key, title in (("risk", "Risk, change"), ("coverage", "Coverage, change")):
            measure_card.card(rows[key, "difference"], title=title)
        measure_card.card(rows["threshold", "reference"], title="Threshold of the reference")
    for test in view.candidate(candidate).verdict.dimensions["confidence_use"].tests:
        st.markdown(f"- {escape_markdown(test.why)}")
    return threshold.value


@st.fragment
def _any_threshold(version: str, found: Answered, tuned: float | None, chosen: int | None) -> None:
    """A slider, and what lies above it."""
    first = _FIRST if tuned is None else _shown(tuned)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        threshold = st.slider(
            "Answer only from a confidence of",
            0.0,
            1.0,
            first,
            0.01,
            key=_KEY,
            persist_state="session",
            width=420,
            help="The same threshold for both models, as after an exchange of the model behind a service.",
        )
        if tuned is not None:
            st.button(
                "To the reference's threshold",
                key=f"{_KEY}-tuned",
                on_click=_move,
                args=(_shown(tuned),),
            )
    kept = _kept(found, float(threshold), version, found.candidate.model, chosen)
    small_table(threshold_frame(kept, found), alt="Coverage and risk of both models at the threshold")
    names = short_name(found.reference.model), short_name(found.candidate.model)
    marks = kept.marks(tuned)
    if kept.curves:
        chart.show(
            lambda theme: risk_coverage(kept.curves, names, marks, theme=theme),
            alt=risk_coverage_alt(kept.curves, names, marks),
            table=risk_coverage_table(kept.curves, names),
            key=f"risk-coverage-{version}-{found.candidate.model}-{chosen}",
        )
    st.caption(
        "Taken: share of all texts at or above the threshold (coverage). Wrong: share of these (risk). 95 % "
        "intervals: Wilson's for each model and, in the chart, point by point; Bonett and Price's for the "
        "difference of the coverages, a bootstrap for that of the risks. Filled markers: the slider; open "
        "ones: the reference's threshold. A threshold chosen by looking at these texts looks better than it "
        "is."
    )


def _shown(threshold: float) -> float:
    """The next step of the slider that is not below a threshold."""
    return min(1.0, math.ceil(threshold * 100 - 1e-9) / 100)


def _move(threshold: float) -> None:
    st.session_state[_KEY] = threshold


@st.cache_resource(max_entries=64, show_spinner=False)
def _kept(
    _found: Answered, threshold: float, version: str, candidate: str, chosen: int | None
) -> AtThreshold:
    del version, candidate, chosen
    return kept_at(_found, threshold)


def kept_at(found: Answered, threshold: float) -> AtThreshold:
    """What a threshold lets through of these answers."""
    models = judged(found.reference, found.gold), judged(found.candidate, found.gold)
    measures = at_threshold(*models, threshold, resamples=found.resamples(RESAMPLES))
    return AtThreshold(
        threshold,
        tuple(MeasureRow.of_measure(one, CATALOGUE[one.key].unit) for one in measures),
        risk_coverage_curves(found.gold, found.reference, found.candidate),
    )


def threshold_frame(kept: AtThreshold, found: Answered) -> pd.DataFrame:
    """One row a model and one for the difference: texts taken, and how many of these are wrong."""
    names = (short_name(found.reference.model), short_name(found.candidate.model), "Difference")
    return pd.DataFrame(
        [
            {
                "Model": name,
                "Taken": _cell(kept.row("coverage", of)),
                "Wrong": _cell(kept.row("risk", of)),
            }
            for name, of in zip(names, _SIDES, strict=True)
        ]
    )


def _cell(row: MeasureRow) -> str:
    return brief(row) if row.n is None else f"{brief(row)}, n = {row.n:,}"
