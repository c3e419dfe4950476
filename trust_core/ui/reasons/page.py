"""The page Reasons."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from trust_core.charts.alignment_scale import Kind, ScaleRow, alignment_scale, scale_alt, scale_table
from trust_core.charts.k_sweep import k_sweep, k_sweep_alt, k_sweep_table
from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.measures import Of
from trust_core.domain.report import CandidateReport, ControlReport, KSweep, MeasureRow, Report
from trust_core.report.criteria import explainer_title
from trust_core.report.explainers import explainers_side_by_side
from trust_core.ui import chart, measure_card, state
from trust_core.ui.choice_table import FLIPS, choice_table
from trust_core.ui.compact import brief, small_table, texts_said
from trust_core.ui.messages import escape_markdown
from trust_core.ui.reasons.by_answers import by_answers_section
from trust_core.ui.reasons.causes import causes_section
from trust_core.ui.reasons.explained import Explained, explained, top_words
from trust_core.ui.reasons.joint import joint_section, spread_section
from trust_core.ui.run_view import RunView

_BEHIND: Final[tuple[tuple[str, Of, str], ...]] = (
    ("cross_agreement", "pair", "Both models, different halves of the samples"),
    ("self_agreement", "reference", "Reference with itself"),
    ("self_agreement", "candidate", "Candidate with itself"),
    ("chance_jaccard", "pair", "Random words"),
)
"""What S is made of, in the order of a table."""


def page() -> None:
    """Show the page."""
    state.page_frame("Reasons", _body, intro="Whether both models answer for the same reasons.")


def _body(view: RunView, candidate: str) -> None:
    report = view.candidate(candidate)
    rows = [
        row for row in report.measures if row.key in CATALOGUE and CATALOGUE[row.key].dimension == "reasons"
    ]
    _overall(view, report, rows)
    chosen = state.selected()
    ids = None if chosen is None else chosen.ids
    found = explained(view, candidate, ids)
    names = None if ids is None else hash(ids)
    if not found.explainers:
        st.info(
            "None of the chosen texts was explained for both models."
            if ids is not None
            else "No text has been explained and compared yet, so there is nothing to show of single texts."
        )
    else:
        if ids is not None:
            st.caption(f"Below, only the {len(found):,} explained texts among the chosen ones count.")
        _texts(view, candidate, found, names)
    _sweeps(view, candidate)


def _overall(view: RunView, report: CandidateReport, rows: list[MeasureRow]) -> None:
    """S of every explainer against floor and ceiling, and what it is made of."""
    st.subheader("Alignment of reasons", anchor=False)
    for row in rows:
        if row.key == "alignment" and row.not_measured is not None:
            title = explainer_title(row.explainer or "")
            st.info(escape_markdown(f"{title}: not measured. {row.not_measured}; it needs {row.needs}."))
    scale = scale_rows(view.report, rows)
    floor = alignment_floor(view.report, report)
    if scale:
        left, right = st.columns([3, 2], gap="large")
        with left:
            chart.show(
                lambda theme: alignment_scale(scale, floor, theme=theme),
                alt=scale_alt(scale, floor),
                table=scale_table(scale),
                key=f"scale-{view.id}-{report.name}",
            )
        with right:
            for test in (one for part in report.verdict.dimensions.values() for one in part.tests):
                if test.key == "alignment":
                    st.markdown(escape_markdown(test.why))
            st.caption(escape_markdown(CATALOGUE["alignment"].meaning))
    together = explainers_side_by_side(report.verdict)
    if together:
        st.markdown(escape_markdown(together))
    behind = behind_frame(rows)
    if len(behind):
        small_table(behind, alt="What the alignment of reasons is made of")
        counts = texts_said(row.n for row in rows if row.key in {part for part, _, _ in _BEHIND})
        st.caption(
            f"Mean Jaccard index of the top words, 95 % intervals{f', {counts}' if counts else ''}. The "
            "alignment divides what the first row has above chance by what the self-agreements have above "
            "chance, so neither chance nor the explainer's own noise counts. An explainer without sampling "
            "noise agrees with itself in full."
        )
    causes_section(rows)
    if rows:
        with st.expander("All figures about reasons"):
            measure_card.figure_table(
                rows, reference=view.reference, candidate=report.name, key=f"reasons-{view.id}-{report.name}"
            )


def scale_rows(report: Report, rows: list[MeasureRow]) -> tuple[ScaleRow, ...]:
    """S of the candidate, the twin (C3) and the reference explained again (C1), explainer by explainer."""
    twins, ceilings = (_alignments(report.controls.get(name)) for name in ("C3", "C1"))
    found = []
    for row in (one for one in rows if one.key == "alignment"):
        title = explainer_title(row.explainer or "")
        figures: tuple[tuple[Kind, MeasureRow | None], ...] = (
            ("candidate", row),
            ("twin", twins.get(row.explainer)),
            ("ceiling", ceilings.get(row.explainer)),
        )
        for kind, figure in figures:
            if figure is not None and figure.value is not None:
                found.append(ScaleRow(title, kind, figure.value, figure.low, figure.high, figure.n))
    return tuple(found)


def _alignments(control: ControlReport | None) -> dict[str | None, MeasureRow]:
    """S of a control by explainer."""
    rows = () if control is None else control.measures
    return {row.explainer: row for row in rows if row.key == "alignment"}


def alignment_floor(report: Report, candidate: CandidateReport) -> float:
    """The floor that the verdict used, or that the spec names."""
    for part in candidate.verdict.dimensions.values():
        for test in part.tests:
            if test.key == "alignment":
                return test.margin
    margins = report.spec.get("margins") or {}
    return float(margins.get("alignment", 0.75))


def behind_frame(rows: list[MeasureRow]) -> pd.DataFrame:
    """The parts of S: one row a part, one column an explainer; empty where none was measured."""
    explainers = [row.explainer for row in rows if row.key == "alignment"]
    cells = {(row.key, row.of, row.explainer): row for row in rows}
    if not any(
        row.value is not None for (key, _, _), row in cells.items() if key in {part[0] for part in _BEHIND}
    ):
        return pd.DataFrame()
    return pd.DataFrame(
        [
            {
                "Top words shared": title,
                **{
                    explainer_title(name or ""): brief(cells.get((key, of, name)))
                    for name in dict.fromkeys(explainers)
                },
            }
            for key, of, title in _BEHIND
        ]
    )


def _texts(view: RunView, candidate: str, found: Explained, names: int | None) -> None:
    """All that is about single texts, by one explainer at a time."""
    if len(found.explainers) > 1:
        explainer = (
            st.segmented_control(
                "Reasons by",
                found.explainers,
                format_func=explainer_title,
                default=found.explainers[0],
                required=True,
                key="reasons-explainer",
                persist_state="session",
            )
            or found.explainers[0]
        )
    else:
        explainer = found.explainers[0]
    if explainer not in found.explainers:
        explainer = found.explainers[0]
    joint_section(view, candidate, found, explainer, chosen=names)
    spread_section(view, candidate, found, explainer, chosen=names)
    by_answers_section(view, view.candidate(candidate), found, chosen=names)
    _listing(view, candidate, found, explainer)


def _listing(view: RunView, candidate: str, found: Explained, explainer: str) -> None:
    """Every explained text with its top words; a row opens the text."""
    st.subheader("Every explained text", anchor=False)
    shown = listing_frame(view, candidate, found, explainer)
    key = f"explained-{view.id}-{candidate}-{explainer}-{len(shown)}"
    choice_table(
        shown,
        ids=shown["id"].astype(str).tolist(),
        key=key,
        choose=state.open_text,
        height=420,
        column_config={
            "id": None,
            "text_a": st.column_config.TextColumn("text", width="medium"),
            "text_b": st.column_config.TextColumn("second text", width="medium"),
            "shift": st.column_config.NumberColumn("confidence shift", format="%+.3f"),
            **{
                f"alignment_{name}": st.column_config.NumberColumn(
                    f"alignment, {explainer_title(name)}", format="%.2f"
                )
                for name in found.explainers
            },
        },
    )
    st.caption(
        f"Least alike first, by {escape_markdown(explainer_title(explainer))}; the words are the top words "
        "for the explained class. Click a heading to sort, choose a row to open that text."
    )


def listing_frame(view: RunView, candidate: str, found: Explained, explainer: str) -> pd.DataFrame:
    """One row a text, the least alike first: answers, alignment, and the top words of both models."""
    frame = found.frame.sort_values([f"alignment_{explainer}", "id"], kind="stable").reset_index(drop=True)
    frame["flip"] = frame["flip"].map(FLIPS)
    words = top_words(view, candidate, explainer)
    if len(words):
        frame = frame.join(words, on="id")
    order = [
        *(name for name in ("id", "text_a", "text_b") if name in frame),
        *(f"alignment_{name}" for name in found.explainers),
        *(name for name in words.columns if name in frame),
        *(name for name in ("gold", "reference", "candidate") if name in frame),
        "flip",
        "shift",
    ]
    return frame[order]


def _sweeps(view: RunView, candidate: str) -> None:
    """Overlap at every K, explainers side by side."""
    sweeps = [sweep for sweep in view.report.curves.k_sweep if sweep.candidate == candidate and sweep.k]
    if not sweeps:
        return
    st.subheader("Does it depend on how many words are compared?", anchor=False)
    for column, sweep in zip(st.columns(len(sweeps), gap="large"), sweeps, strict=True):
        with column:
            _sweep(sweep, key=f"sweep-{view.id}-{candidate}-{sweep.explainer}")


def _sweep(sweep: KSweep, *, key: str) -> None:
    st.markdown(f"**{escape_markdown(explainer_title(sweep.explainer))}**")
    chart.show(
        lambda theme: k_sweep(sweep, theme=theme), alt=k_sweep_alt(sweep), table=k_sweep_table(sweep), key=key
    )
