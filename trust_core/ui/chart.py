"""A chart on a page: in the visitor's theme, with its sentence, its data and, where wanted, its clicks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pandas as pd
import streamlit as st

from trust_core.charts.table import Table
from trust_core.charts.theme import DARK, LIGHT, Theme
from trust_core.ui import downloads

_CONFIG = {"displayModeBar": False, "responsive": True, "scrollZoom": False}

_MANY_ROWS: Final = 500
"""A longer table is sent only when somebody opens it."""


def theme() -> Theme:
    """The colours that the visitor looks at."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def show(
    draw: Callable[[Theme], Any],
    *,
    alt: str,
    table: Table,
    key: str,
    on_select: Callable[[tuple[int, ...]], None] | None = None,
    trace: int | None = None,
) -> None:
    """Draw a chart, with its data as a table below.

    Args:
        draw: the figure in these colours; the same input must give the same figure, or a choice is lost.
        alt: what the chart shows, in a sentence.
        table: its data.
        key: unique on the page; other data (run, candidate, bins) need another key.
        on_select: called before the next run with the indices of the points that were chosen (`point_index`,
            empty when the choice was taken back); the place to copy them into the state.
        trace: count points of this trace only; None: of all.
    """
    figure = draw(theme())

    def chosen() -> None:
        if on_select is not None:
            on_select(_points(st.session_state.get(key), trace))

    if on_select is None:
        st.plotly_chart(figure, key=key, theme=None, config=_CONFIG, alt=alt)
    else:
        st.plotly_chart(
            figure,
            key=key,
            theme=None,
            config=_CONFIG,
            alt=alt,
            on_select=chosen,
            selection_mode="points",
        )
    long = len(table.rows) > _MANY_ROWS
    below = st.expander(
        "Data of this chart", key=f"{key}-open" if long else None, on_change="rerun" if long else "ignore"
    )
    if long and not below.open:
        return
    with below:
        frame = pd.DataFrame(list(table.rows), columns=list(table.columns))
        st.dataframe(frame, hide_index=True, key=f"{key}-data")
        downloads.csv("Download as CSV", frame, name=key, key=f"{key}-csv")


def _points(event: Any, trace: int | None) -> tuple[int, ...]:
    """The chosen points of a selection event, which a test may have written by hand."""
    if event is None:
        return ()
    points = event["selection"]["points"]
    return tuple(
        int(point["point_index"])
        for point in points
        if trace is None or point.get("curve_number", trace) == trace
    )
