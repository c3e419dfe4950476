"""The page Verdict: may the candidate replace the reference, what it rests on, and what to do next."""

from __future__ import annotations

from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from trust_core.charts.forest_plot import CAPTION, ForestRow, forest_alt, forest_plot, forest_table
from trust_core.charts.tradeoff import tradeoff, tradeoff_alt, tradeoff_table
from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.catalogue.entry import DIMENSIONS, Dimension
from trust_core.domain.report import CandidateReport, DimensionVerdict, MeasureRow, Status
from trust_core.export.costs import COSTS, costs
from trust_core.export.foreign_text import titles
from trust_core.export.html import report_html
from trust_core.export.ladder_text import LadderTable, ladder_table
from trust_core.export.latency_note import backends_differ
from trust_core.export.page import LIMITS, QUESTIONS, TWO_LEVELS, report_names
from trust_core.export.page_charts import forest_row
from trust_core.export.page_figures import latency_rows
from trust_core.export.page_tradeoff import Trust, tradeoff_points, trusts
from trust_core.export.planning_text import MISSING_CAPTION, MISSING_COLUMNS, missing_rows
from trust_core.export.report_json import report_json
from trust_core.export.tables import latex_table, markdown_table
from trust_core.export.worked_texts import RunTables
from trust_core.report.advice import EXPLAINED, next_steps
from trust_core.report.controls import CONTROLS, cannot_judge, control_sentence, failed
from trust_core.report.criteria import METHOD
from trust_core.report.ladder import outcome
from trust_core.ui import chart, downloads, measure_card, state
from trust_core.ui.compact import brief, small_table, texts_said, unbroken
from trust_core.ui.messages import escape_markdown
from trust_core.ui.run_view import TABLES, RunView
from trust_core.ui.which_candidate import which_candidate

_ANSWERS: Final[dict[Status, str]] = {
    "equivalent": "Yes, within the margins",
    "different": "No, it differs",
    "inconclusive": "Not settled",
}

_MARKS: Final[dict[Status, str]] = {
    "equivalent": "● equivalent",
    "different": "■ different",
    "inconclusive": "◇ not settled",
    "not_measured": "✕ not measured",
    "information": "○ no vote",
}
"""The outcome with the marker that stands for it in the charts: colour is never the only sign."""

_COLOURS: Final[dict[Status, str]] = {"equivalent": "blue", "different": "orange"}


def page() -> None:
    """Show the page."""
    state.page_frame(
        "Verdict", _body, intro="May the candidate replace the reference? One answer, and what it rests on."
    )


def badge(status: Status) -> str:
    """An outcome as a badge, for Markdown."""
    return f":{_COLOURS.get(status, 'gray')}-badge[{_MARKS[status]}]"


def headline(overall: Status, *, partial: bool) -> str:
    """The answer in words; that of a run which has not ended is only the answer so far."""
    said = _ANSWERS[overall]
    return f"So far: {said[0].lower()}{said[1:]}" if partial else said


def _body(view: RunView, candidate: str) -> None:
    report = view.candidate(candidate)
    _alarms(view)
    _ladder(view, report)
    _headline(view, report)
    for dimension in DIMENSIONS:
        if dimension in report.verdict.dimensions:
            _dimension(view, report, dimension, report.verdict.dimensions[dimension])
    _forest(view, report)
    _missing(report, key=f"missing-{view.id}-{report.name}")
    if len(view.candidates) > 1:
        _candidates(view)
        which_candidate(view)
    _tradeoff(view)
    _controls(view)
    _limits()
    _files(view)


def _alarms(view: RunView) -> None:
    """Controls that came out wrong stand before everything else: no verdict counts until they are mended."""
    wrong = cannot_judge(view.report.controls)
    if wrong:
        st.error(f"**{escape_markdown(wrong)}**")
    for name in failed(view.report.controls):
        st.error(
            f"**Control {escape_markdown(name)} came out wrong.** "
            f"{escape_markdown(view.report.controls[name].why)} "
            "Until this is mended, no verdict below counts."
        )


def _ladder(view: RunView, report: CandidateReport) -> None:
    """What the controls show, from the same to the broken, with the candidate between them."""
    table = ladder_table(view.report, [report])
    if table is None:
        return
    st.caption(
        f"**Can this run tell the same from the broken?** {escape_markdown(table.says)}", width="content"
    )
    # Drawn as a page and not as a grid: every column is to be seen without scrolling.
    small_table(
        ladder_frame(table),
        alt="Control ladder: the reference against itself, its variants, the candidate and a broken model",
    )
    st.caption(escape_markdown(table.caption))


def ladder_frame(table: LadderTable) -> pd.DataFrame:
    """One row a step; how many texts a column rests on stands in its head.

    A cell has two lines, the figure and its interval: the answer below is to be seen at once.
    """
    columns = {table.columns[0]: [f"{unbroken(row.step)} ({unbroken(row.outcome)})" for row in table.rows]}
    measures = zip(table.columns[2:], zip(*(row.figures for row in table.rows), strict=True), strict=True)
    for title, figures in measures:
        counts = texts_said(None if one is None else one.n for one in figures)
        columns[f"{title}, {unbroken(counts)}" if counts else title] = [_two_lines(one) for one in figures]
    return pd.DataFrame(columns)


def _two_lines(row: MeasureRow | None) -> str:
    text = brief(row)
    if row is None or row.low is None:
        return text
    figure, interval = text.split(" (", maxsplit=1)
    return f"{unbroken(figure)} ({unbroken(interval)}"


def _headline(view: RunView, report: CandidateReport) -> None:
    verdict = report.verdict
    data = view.report.resolved.data
    shown = titles(report_names(view.report))
    answer, steps = st.columns([3, 2], gap="large")
    with answer:
        st.caption(
            f"May {escape_markdown(shown[report.name])} replace {escape_markdown(shown[view.reference])}?",
            width="content",
        )
        st.header(headline(verdict.overall, partial=view.partial), anchor=False)
        st.markdown(badge(verdict.overall))
        st.markdown(escape_markdown(verdict.why))
        st.caption(
            f"{data.predicted:,} texts predicted, {data.explained:,} of them explained; "
            f"{escape_markdown(data.source)}."
        )
        # How it was judged stands at the foot of the page.
        for note in dict.fromkeys((*view.report.notes, *report.notes)):
            if note != METHOD:
                st.caption(escape_markdown(note))
    with steps:
        st.markdown("**What to do next**")
        for step in next_steps(
            verdict,
            controls_failed=failed(view.report.controls),
            flips_in="the page Answers",
            explained_by=f"“{EXPLAINED}” on the page New comparison",
        ):
            st.markdown(f"- {escape_markdown(step)}")


def _dimension(
    view: RunView, report: CandidateReport, dimension: Dimension, verdict: DimensionVerdict
) -> None:
    with st.container(border=True):
        question, found = st.columns([1, 2], gap="medium")
        with question:
            st.markdown(f"**{QUESTIONS[dimension]}**")
            st.markdown(badge(verdict.status))
        with found:
            if not verdict.tests:
                st.markdown(escape_markdown(verdict.why))
            for test in verdict.tests:
                st.markdown(f"{_MARKS[test.status][0]} {escape_markdown(test.why)}")
        rows = [row for row in report.measures if _dimension_of(row.key) == dimension]
        more = latency_rows(view.report, report.name) if dimension == "cost" else ()
        if rows or more:
            known = len({(row.key, row.explainer) for row in rows}) + len(more)
            with st.expander(f"All figures ({known})"):
                if verdict.tests:
                    st.caption(TWO_LEVELS)
                measure_card.figure_table(
                    rows,
                    reference=view.reference,
                    candidate=report.name,
                    key=f"figures-{view.id}-{report.name}-{dimension}",
                    more=more,
                )


def _dimension_of(key: str) -> Dimension | None:
    return CATALOGUE[key].dimension if key in CATALOGUE else None


def _forest(view: RunView, report: CandidateReport) -> None:
    rows: tuple[ForestRow, ...] = tuple(
        forest_row(test) for part in report.verdict.dimensions.values() for test in part.tests
    )
    if not rows:
        return
    st.subheader("Every test against its margin", anchor=False)
    st.caption(CAPTION)
    chart.show(
        lambda theme: forest_plot(rows, theme=theme),
        alt=forest_alt(rows),
        table=forest_table(rows),
        key=f"forest-{view.id}-{report.name}",
    )


def _missing(report: CandidateReport, *, key: str) -> None:
    """How many texts the open tests would still take, and what these texts can settle."""
    rows = missing_rows(report)
    if not rows:
        return
    with st.expander("How many texts it takes"):
        st.dataframe(
            pd.DataFrame([list(row) for row in rows], columns=list(MISSING_COLUMNS)), hide_index=True, key=key
        )
        st.caption(escape_markdown(MISSING_CAPTION))


def _candidates(view: RunView) -> None:
    st.subheader("All candidates", anchor=False)
    frame = pd.DataFrame(
        [
            {
                "Candidate": one.name,
                "Verdict": _MARKS[one.verdict.overall],
                **{
                    dimension.replace("_", " ").capitalize(): _MARKS[one.verdict.dimensions[dimension].status]
                    for dimension in DIMENSIONS
                    if dimension in one.verdict.dimensions
                },
            }
            for one in view.report.candidates
        ]
    )
    st.dataframe(frame, hide_index=True, key=f"candidates-{view.id}")


@state.fragment
def _tradeoff(view: RunView) -> None:
    trust_choices, cost_choices = trusts(view.report), costs(view.report)
    if not trust_choices or not cost_choices:
        return
    st.subheader("What is kept, and what is saved", anchor=False)
    left, right = st.columns(2)
    titles = {one.title: one for one in trust_choices}
    title = left.selectbox("Kept", list(titles), key="tradeoff-trust", persist_state="session")
    cost = right.selectbox(
        "Cost",
        cost_choices,
        format_func=lambda one: COSTS[one][0],
        key="tradeoff-cost",
        persist_state="session",
    )
    trust: Trust = titles.get(title, trust_choices[0])
    points, axes = tradeoff_points(view.report, trust, cost)
    chart.show(
        lambda theme: tradeoff(points, axes, theme=theme),
        alt=tradeoff_alt(points, axes),
        table=tradeoff_table(points, axes),
        key=f"tradeoff-{view.id}-{trust.key}-{trust.explainer}-{cost}",
    )
    meaning = CATALOGUE[trust.key].meaning if trust.key in CATALOGUE else ""
    backends = backends_differ(view.report) if cost == "latency" else ""
    st.caption(
        f"{escape_markdown(meaning)} The dashed line is the margin of the test; the "
        "reference stands at the best value. The dotted line is the Pareto front: no other model is both "
        f"cheaper and nearer to the reference. {escape_markdown(backends)}"
    )


def _controls(view: RunView) -> None:
    if not view.report.controls:
        return
    with st.expander("Controls: does the measurement itself hold?"):
        for name, control in view.report.controls.items():
            st.markdown(
                f"**{escape_markdown(name)}: {escape_markdown(CONTROLS.get(name, name))}**: "
                f"{outcome(name, control)}. {escape_markdown(control_sentence(control))}"
            )
            if control.measures:
                measure_card.figure_table(
                    control.measures,
                    reference="One side",
                    candidate="The other side",
                    key=f"control-{view.id}-{name}",
                )


def _limits() -> None:
    with st.expander("How it was judged, and what it cannot say"):
        st.markdown(escape_markdown(METHOD))
        for limit in LIMITS:
            st.markdown(f"- {escape_markdown(limit)}")


def _files(view: RunView) -> None:
    st.subheader("Take it along", anchor=False)
    name = f"trusteq-{view.name}"
    report = view.report
    files = (
        ("Report (HTML)", partial(_html, view), "html", "text/html"),
        ("Report (JSON)", lambda: report_json(report), "json", "application/json"),
        ("Table (Markdown)", lambda: markdown_table(report).encode(), "md", "text/markdown"),
        ("Table (LaTeX)", lambda: latex_table(report).encode(), "tex", "text/plain"),
    )
    with st.container(horizontal=True):
        for label, content, ending, mime in files:
            downloads.file(label, content, name=f"{name}.{ending}", mime=mime, key=f"file-{ending}")


def _html(view: RunView) -> bytes:
    """The report as one page that opens without a network, with its explained texts."""
    return report_html(view.report, RunTables(*(view.arrow(name) for name in TABLES))).encode()
