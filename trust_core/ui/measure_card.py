"""Figures of the report on a page: never a value without its interval, and what it means in reach."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.report import MeasureRow
from trust_core.export.figure_text import NO_FIGURE, FigureText, figure_text
from trust_core.export.page_figures import FigureRow, figure_rows
from trust_core.ui.messages import escape_markdown


def help_text(key: str) -> str:
    """What a measure means, how its interval is made, and where it comes from; empty for an unknown key."""
    entry = CATALOGUE.get(key)
    if entry is None:
        return ""
    parts = (entry.meaning, entry.interval and f"Interval: {entry.interval}", f"Source: {entry.source}")
    return "\n\n".join(escape_markdown(part) for part in parts if part)


def card(row: MeasureRow, *, title: str | None = None) -> None:
    """One figure as a card: its value, then interval and n, or the reason why there is none."""
    entry = CATALOGUE.get(row.key)
    name = title or (entry.title if entry else row.key)
    figure = figure_text(row)
    with st.container(border=True, height="stretch"):
        st.metric(escape_markdown(name), figure.value, help=help_text(row.key) or None)
        st.caption(escape_markdown(figure.detail))
        if figure.retraining:
            st.caption(escape_markdown(figure.retraining))


def figure_table(
    rows: Iterable[MeasureRow],
    *,
    reference: str,
    candidate: str,
    key: str,
    more: tuple[FigureRow, ...] = (),
) -> None:
    """Figures side by side: reference, candidate, and the two compared, each with interval and n.

    Args:
        rows: figures of the report.
        reference: name of the reference.
        candidate: name of the candidate.
        key: unique on the page.
        more: figures that stand elsewhere in the report, such as latencies.
    """
    found = (*figure_rows(rows), *more)
    columns = [
        ("Measure", [row.title for row in found]),
        ("Computed with", [row.note for row in found]),
        (reference, [_words(row.reference) for row in found]),
        (candidate, [_words(row.candidate) for row in found]),
        ("Compared", ["; ".join(_words(one) for one in row.compared) or NO_FIGURE for row in found]),
        ("Retraining alone", ["; ".join(one.retraining for one in row.compared) for row in found]),
        ("Meaning", ["" if row.entry is None else row.entry.meaning for row in found]),
        ("Interval", ["" if row.entry is None else row.entry.interval for row in found]),
        ("Source", ["" if row.entry is None else row.entry.source for row in found]),
    ]
    if not any(one.retraining for row in found for one in row.compared):
        columns = [column for column in columns if column[0] != "Retraining alone"]
    if not any(row.note for row in found):
        del columns[1]
    st.dataframe(pd.DataFrame(_columns(columns)), hide_index=True, key=key)


def _columns(given: Iterable[tuple[str, list[str]]]) -> dict[str, list[str]]:
    """Columns by name; a model may be called like a column of ours, or like the other model."""
    columns: dict[str, list[str]] = {}
    for name, cells in given:
        unlike = name
        while unlike in columns:
            unlike += " "
        columns[unlike] = cells
    return columns


def _words(figure: FigureText | None) -> str:
    return NO_FIGURE if figure is None else f"{figure.value} ({figure.detail})"
