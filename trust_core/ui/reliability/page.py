"""The page Reliability."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import streamlit as st

from trust_core.charts.calibration_view import (
    CLICKED,
    CalibrationView,
    calibration_alt,
    calibration_table,
    calibration_view,
)
from trust_core.charts.isotonic_diagram import CLICKED as BLOCKS
from trust_core.charts.isotonic_diagram import (
    IsotonicView,
    isotonic_alt,
    isotonic_diagram,
    isotonic_table,
)
from trust_core.charts.table import Table
from trust_core.charts.theme import Theme
from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.measures import MIN_TEXTS, Of
from trust_core.domain.report import MeasureRow
from trust_core.export.isotonic import CAPTION as CORP_CAPTION
from trust_core.export.page import TWO_LEVELS
from trust_core.report.recalibration import recalibration_sentences
from trust_core.ui import address, chart, measure_card, state
from trust_core.ui.compact import brief, short_name, small_table
from trust_core.ui.messages import escape_markdown
from trust_core.ui.reliability.answered import Answered, answered
from trust_core.ui.reliability.bins import read_bin
from trust_core.ui.reliability.corp import corp_parts
from trust_core.ui.reliability.drawn import SHAPES, Shape, Wanted, drawn
from trust_core.ui.reliability.mending import as_reported, mending, split_section, temperature_section
from trust_core.ui.reliability.scatter import scatter_section
from trust_core.ui.reliability.texts import bin_panel, choose_bin, restore_bin
from trust_core.ui.reliability.thresholds import threshold_section
from trust_core.ui.run_view import RunView

_CARDS: Final[tuple[tuple[str, Of, str], ...]] = (
    ("brier", "difference", "Brier score, change"),
    ("signed_gap", "difference", "Over-confidence, change"),
    ("curve_distance", "pair", "Distance of the curves"),
    ("smooth_ece", "difference", "SmoothECE, change"),
)

_ERRORS: Final = {
    "ece": "ECE",
    "ece_level": "– if calibrated",
    "mce": "MCE",
    "mce_level": "– if calibrated",
    "ece_debiased": "Debiased squared error",
    "ece_debiased_level": "– if calibrated",
    "smooth_ece": "SmoothECE",
    "smooth_ece_level": "– if calibrated",
}
"""Short titles for the table beside the diagram; the full ones are in the table of all figures."""

_CAPTION: Final = (
    "Points above the diagonal: more often right than confident. A point's area is the number of its texts, "
    "bands are 95 % intervals (Wilson's for bins, bootstrap for curves and differences). A faint upright "
    "line shows where 95 % of calibrated models would put the bin. The panel of gap differences shows how "
    "much more over-confident the candidate is at each confidence."
)

_FEWEST_BINS, _MOST_BINS = 4, 40


def page() -> None:
    """Show the page."""
    state.page_frame(
        "Reliability", _body, intro="Whether the candidate's confidence is worth as much as the reference's."
    )


def _body(view: RunView, candidate: str) -> None:
    chosen = state.selected()
    own = read_bin(address.read("bin"), len(view.classes)) is not None
    ids = None if chosen is None or own else chosen.ids
    found = answered(view, candidate, ids)
    _figures(view, candidate)
    if not len(found):
        st.info("None of the chosen texts was predicted by both models.")
        return
    names = None if ids is None else hash(ids)
    if found.labelled:
        restore_bin(found)
        _diagram(view, found, names)
    else:
        st.info(
            "Not every text has a gold label, so nobody knows how often a confidence is right. What needs no "
            "labels is shown below."
        )
    if ids is not None:
        st.caption(f"Diagram and tables below the cards are of the {len(found):,} chosen texts.")
    scatter_section(view, found, chosen=names)
    if found.labelled:
        threshold_section(view, found, chosen=names)
    if found.labelled and len(found) >= MIN_TEXTS:
        mended = mending(found, version=view.version, chosen=names)
        models = (short_name(view.reference), short_name(candidate))
        said: tuple[str, ...] = ()
        if ids is None:
            mended = as_reported(mended, view.candidate(candidate).measures)
            said = _recalibrated(view, candidate)
        split_section(mended, models)
        temperature_section(mended, models, said=said)


def _recalibrated(view: RunView, candidate: str) -> tuple[str, ...]:
    """What the report says of recalibration; nothing in a report of an older version."""
    return recalibration_sentences(view.candidate(candidate).measures, view.report.spec.get("margins", {}))


def _figures(view: RunView, candidate: str) -> None:
    """The report's figures: the ones that matter most as cards, all of them as a table."""
    rows = [
        row
        for row in view.candidate(candidate).measures
        if row.key in CATALOGUE and CATALOGUE[row.key].dimension == "reliability"
    ]
    with st.container(horizontal=True):
        for key, of, title in _CARDS:
            row = next((one for one in rows if (one.key, one.of) == (key, of)), None)
            if row is not None:
                measure_card.card(row, title=title)
    tests = view.candidate(candidate).verdict.dimensions.get("reliability")
    for test in tests.tests if tests is not None else ():
        st.markdown(f"- {escape_markdown(test.why)}")
    if tests is not None and tests.tests:
        st.caption(TWO_LEVELS)
    with st.expander("All figures about reliability"):
        measure_card.figure_table(
            rows, reference=view.reference, candidate=candidate, key=f"reliability-{view.id}-{candidate}"
        )


def _diagram(view: RunView, found: Answered, names: int | None) -> None:
    st.subheader("Confidence against accuracy", anchor=False)
    wanted = _settings(view)
    shown = drawn(found, wanted, version=view.version, chosen=names)
    left, right = st.columns(2, gap="large")

    def clicked(points: tuple[int, ...]) -> None:
        choose_bin(found, shown.points[points[0]].address if points else "")

    key = f"diagram-{view.id}-{found.candidate.model}-{names}-{wanted}"
    figure = shown.view
    with left:
        picture = _picture(figure)
        chart.show(
            picture.draw,
            alt=picture.alt,
            table=picture.table,
            key=key,
            on_select=clicked,
            trace=picture.trace,
        )
        st.caption(picture.caption)
    with right:
        bin_panel(view, found, shown)
        if isinstance(figure, IsotonicView):
            corp_parts(found, wanted.of_class, version=view.version, chosen=names)
        else:
            _errors(view, shown.errors, wanted, found)


@dataclass(frozen=True, slots=True)
class _Picture:
    """A diagram as it is shown: what draws it, what it says, its data, the trace that is clicked."""

    draw: Callable[[Theme], Any]
    alt: str
    table: Table
    trace: int
    caption: str


def _picture(view: CalibrationView | IsotonicView) -> _Picture:
    if isinstance(view, IsotonicView):
        return _Picture(
            lambda theme: isotonic_diagram(view, theme=theme),
            isotonic_alt(view),
            isotonic_table(view),
            BLOCKS,
            CORP_CAPTION,
        )
    return _Picture(
        lambda theme: calibration_view(view, theme=theme),
        calibration_alt(view),
        calibration_table(view),
        CLICKED,
        _CAPTION,
    )


def _settings(view: RunView) -> Wanted:
    """The controls above the diagram."""
    classes = view.classes
    # A row of its own, so that it wraps on a narrow screen.
    shape: Shape = st.segmented_control(
        "Bins",
        list(SHAPES),
        format_func=SHAPES.__getitem__,
        default="equal-width",
        required=True,
        key="reliability-shape",
        persist_state="session",
        help="Equal width: bins of the same length. Equal mass: bins of about as many texts each. "
        "Smooth: a kernel instead of bins, with the bandwidth of SmoothECE. Isotonic (CORP): the "
        "rising curve nearest to what came, which chooses its own blocks.",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        bins = st.slider(
            "Number of bins",
            _FEWEST_BINS,
            _MOST_BINS,
            value=_first_bins(view),
            key="reliability-bins",
            persist_state="session",
            width=260,
            disabled=shape == "isotonic",
        )
        target = st.selectbox(
            "Confidence in",
            [-1, *range(len(classes))],
            format_func=lambda index: "the predicted class" if index < 0 else classes[index],
            key="reliability-class",
            persist_state="session",
            width=240,
            help="The predicted class (top label), or one class in every text (class-wise).",
        )
        own = shape == "equal-mass" and (
            st.segmented_control(
                "Cut by",
                ["pooled", "own"],
                format_func={"pooled": "both models", "own": "each its own"}.__getitem__,
                default="pooled",
                required=True,
                key="reliability-edges",
                persist_state="session",
                help="Whose quantiles cut the bins. Differences are always of the same bins for both.",
            )
            == "own"
        )
    return Wanted(shape, int(bins), bool(own), None if target is None or target < 0 else int(target))


def _first_bins(view: RunView) -> int:
    given = view.report.spec.get("bins")
    return min(_MOST_BINS, max(_FEWEST_BINS, given if isinstance(given, int) else 10))


def _errors(view: RunView, errors: tuple[MeasureRow, ...], wanted: Wanted, found: Answered) -> None:
    """The calibration errors at these bins, each beside what a calibrated model would show."""
    st.markdown("**Calibration error of these bins**")
    st.caption(escape_markdown(f"{wanted.said}; {len(found):,} texts; 95 % intervals."))
    small_table(
        errors_frame(errors, short_name(view.reference), short_name(found.candidate.model)),
        alt="Calibration errors at these bins, beside the level of a calibrated model",
    )
    st.caption(
        "Even a perfectly calibrated model shows an error above 0 on so many texts: the rows “if "
        "calibrated” say how much. An error within that range is no sign of miscalibration."
    )


def errors_frame(errors: tuple[MeasureRow, ...], reference: str, candidate: str) -> pd.DataFrame:
    """One row an error, one row its level: both models and, where the bins are shared, the difference."""
    cells = {(row.key, row.of): row for row in errors}
    sides: tuple[tuple[str, Of], ...] = ((reference, "reference"), (candidate, "candidate"))
    if any(row.of == "difference" for row in errors):
        sides += (("Difference", "difference"),)
    return pd.DataFrame(
        [
            {
                "Error": _ERRORS[key],
                **{name: brief(cells.get((key, of))) for name, of in sides},
            }
            for key in dict.fromkeys(row.key for row in errors)
        ]
    )
