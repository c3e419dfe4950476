"""The page Answers: where the two models answer alike, and where they part."""

from __future__ import annotations

from typing import Final

import streamlit as st

from trust_core.charts.answer_matrix import (
    AnswerMatrix,
    answer_matrix,
    answer_matrix_alt,
    answer_matrix_of,
    answer_matrix_table,
)
from trust_core.charts.divergence_tail import (
    DivergenceTail,
    divergence_tail,
    divergence_tail_alt,
    divergence_tail_table,
)
from trust_core.domain.catalogue import CATALOGUE
from trust_core.ui import chart, measure_card, state
from trust_core.ui.answer_parts import parts_of_texts
from trust_core.ui.choice_table import FLIPS, choice_table
from trust_core.ui.compared import Compared, compared_answers
from trust_core.ui.run_view import RunView

_CARDS: Final = (
    ("accuracy", "difference"),
    ("agreement", "pair"),
    ("negative_flip_rate", "pair"),
    ("positive_flip_rate", "pair"),
)

_SHOWN: Final = 1000
"""Rows of the list of changed texts, the farthest apart first."""


def page() -> None:
    """Show the page."""
    state.page_frame("Answers", _body, intro="Where the two models answer alike, and where they part.")


def _body(view: RunView, candidate: str) -> None:
    _figures(view, candidate)
    chosen = state.selected()
    names = None if chosen is None else hash(chosen.ids)
    compared = _compared(view, None if chosen is None else chosen.ids, view.version, candidate, names)
    if not len(compared.frame):
        st.info("None of the chosen texts was predicted by both models.")
        return
    _matrix(view, candidate, compared)
    _tail(view, candidate, compared)
    parts_of_texts(view, candidate, compared, chosen=names)


@st.cache_resource(max_entries=16, show_spinner=False)
def _compared(
    _view: RunView, _ids: tuple[str, ...] | None, version: str, candidate: str, chosen: int | None
) -> Compared:
    """Both models side by side; computed once, shared by all visitors."""
    del version, chosen
    return compared_answers(_view, candidate, _ids)


def _figures(view: RunView, candidate: str) -> None:
    report = view.candidate(candidate)
    with st.container(horizontal=True):
        for key, of in _CARDS:
            row = next((one for one in report.measures if one.key == key and one.of == of), None)
            if row is not None:
                title = CATALOGUE[key].title + (", change" if of == "difference" else "")
                measure_card.card(row, title=title)
    rows = [
        row for row in report.measures if row.key in CATALOGUE and CATALOGUE[row.key].dimension == "answers"
    ]
    with st.expander("All figures about answers"):
        measure_card.figure_table(
            rows, reference=view.reference, candidate=candidate, key=f"answers-{view.id}-{candidate}"
        )


@state.fragment
def _matrix(view: RunView, candidate: str, compared: Compared) -> None:
    st.subheader("Answer by answer", anchor=False)
    matrix = answer_matrix_of(compared.reference, compared.candidate, compared.classes)
    key = f"matrix-{view.id}-{candidate}-{len(compared.frame)}"
    drawing, listing = st.columns([2, 3], gap="large")
    cells = [f"{row}:{column}" for row in range(len(matrix.classes)) for column in range(len(matrix.classes))]
    choice = f"{key}-cell"

    def clicked(points: tuple[int, ...]) -> None:
        st.session_state[choice] = cells[points[0]] if points else None

    with drawing:
        chart.show(
            lambda theme: answer_matrix(matrix, theme=theme),
            alt=answer_matrix_alt(matrix),
            table=answer_matrix_table(matrix),
            key=key,
            on_select=clicked,
        )
    with listing:
        cell = st.selectbox(
            "Texts",
            cells,
            index=None,
            format_func=lambda one: _cell_title(matrix, one),
            key=choice,
            placeholder="All changed answers; click a square or choose one here",
        )
        _changed_texts(view, candidate, compared, matrix, cell)


def _cell_title(matrix: AnswerMatrix, cell: str) -> str:
    row, column = (int(part) for part in cell.split(":"))
    before, after = matrix.classes[row], matrix.classes[column]
    return f"{before} → {after} ({int(matrix.counts[row, column]):,})"


def _changed_texts(
    view: RunView, candidate: str, compared: Compared, matrix: AnswerMatrix, cell: str | None
) -> None:
    """The texts of a cell, or all whose answer changed: the farthest apart first."""
    if cell is None:
        rows = compared.reference != compared.candidate
        label = f"{candidate}, changed answers"
    else:
        row, column = (int(part) for part in cell.split(":"))
        rows = (compared.reference == row) & (compared.candidate == column)
        label = f"{candidate}, {matrix.classes[row]} became {matrix.classes[column]}"
    found = compared.frame[rows].sort_values(["divergence", "id"], ascending=[False, True])
    if not len(found):
        st.caption("No text is here: these models never part this way.")
        return
    shown = found.head(_SHOWN)
    columns = [
        name
        for name in ("text_a", "text_b", "gold", "reference", "candidate", "flip", "shift", "divergence")
        if name in shown
    ]
    table = shown[columns].assign(flip=shown["flip"].map(FLIPS))
    key = f"changed-{view.id}-{candidate}-{cell}-{len(found)}"
    choice_table(
        table,
        ids=shown["id"].astype(str).tolist(),
        key=key,
        choose=state.open_text,
        height=360,
        column_config={
            "text_a": st.column_config.TextColumn("First text", width="medium"),
            "text_b": st.column_config.TextColumn("Second text", width="medium"),
            "gold": st.column_config.TextColumn("Label"),
            "reference": st.column_config.TextColumn("Reference says"),
            "candidate": st.column_config.TextColumn("Candidate says"),
            "flip": st.column_config.TextColumn("What changed"),
            "shift": st.column_config.NumberColumn("Confidence shift", format="%+.3f"),
            "divergence": st.column_config.NumberColumn("Divergence, bits", format="%.3f"),
        },
    )
    more = f", the first {_SHOWN:,} shown" if len(found) > _SHOWN else ""
    st.caption(f"{len(found):,} texts{more}, the farthest apart first. Choose a row to open the text.")
    st.button(
        "Look at these texts on all pages",
        key=f"{key}-filter",
        on_click=state.filter_texts,
        args=(tuple(found["id"].astype(str)), label),
    )


def _tail(view: RunView, candidate: str, compared: Compared) -> None:
    st.subheader("How far apart the probabilities are", anchor=False)
    st.caption(
        "Means hide the few texts where a smaller model thinks quite differently. The curve shows how many "
        "texts are at least so far apart; 0 is the same probabilities, 1 is the opposite."
    )
    tail = DivergenceTail(compared.distances)
    chart.show(
        lambda theme: divergence_tail(tail, theme=theme),
        alt=divergence_tail_alt(tail),
        table=divergence_tail_table(tail),
        key=f"tail-{view.id}-{candidate}-{len(compared.frame)}",
    )
