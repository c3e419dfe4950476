"""Does it depend on the answers? The figures of reasons where the models agree or not."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.report import CandidateReport, MeasureRow
from trust_core.export.page_splits import PART, figure_note, part_names
from trust_core.report.criteria import explainer_title
from trust_core.ui.compact import brief, small_table
from trust_core.ui.measure_card import help_text
from trust_core.ui.reasons.explained import Explained
from trust_core.ui.reasons.splits import split_frame
from trust_core.ui.run_view import RunView


def by_answers_section(
    view: RunView, report: CandidateReport, found: Explained, *, chosen: int | None
) -> None:
    """The report's figures of every part; of chosen texts, and while a run goes on, the mean alignment."""
    st.subheader("Does it depend on the answers?", anchor=False)
    rows = report.reasons_by_answers
    if chosen is not None or not rows:
        small_table(
            split_frame(view, report.name, found, chosen=chosen), alt="Mean alignment in parts of the texts"
        )
        st.caption(
            "Mean alignment of single texts: Jaccard index of the top words above chance, with 95 % "
            "bootstrap intervals over texts. It is not freed of the explainer's noise: compare it between "
            "rows, not with the alignment above."
        )
        return
    figures = figure_names(rows)
    name = st.selectbox("Figure", list(figures), key="reasons-by-answers", persist_state="session", width=420)
    key, note = figures[name if name in figures else next(iter(figures))]
    small_table(parts_frame(rows, key, note), alt=f"{name} in parts of the texts")
    st.caption(
        "Each part by itself, with 95 % intervals and the number of its texts; under 20 texts nothing is "
        "measured. No part votes."
    )
    st.caption(help_text(key))


def figure_names(rows: Sequence[MeasureRow]) -> dict[str, tuple[str, str]]:
    """What a reader can choose: the figure's name -> its key, and what tells it apart."""
    named = {}
    for row in rows:
        entry, note = CATALOGUE.get(row.key), figure_note(row)
        title = row.key if entry is None else entry.title
        named[f"{title} ({note})" if note else title] = (row.key, note)
    return named


def parts_frame(rows: Sequence[MeasureRow], key: str, note: str) -> pd.DataFrame:
    """One row a part, one column an explainer: value, interval and texts."""
    chosen = [row for row in rows if row.key == key and figure_note(row) == note]
    cells = {(str(row.settings.get(PART)), row.explainer): row for row in chosen}
    explainers = list(dict.fromkeys(row.explainer for row in chosen))
    return pd.DataFrame(
        [
            {
                "Texts": part,
                **{explainer_title(one or ""): _cell(cells.get((part, one))) for one in explainers},
            }
            for part in part_names(chosen)
        ]
    )


def _cell(row: MeasureRow | None) -> str:
    return brief(row) if row is None or row.n is None else f"{brief(row)}, n = {row.n:,}"
