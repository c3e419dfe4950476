"""Small tables of figures: each cell a value with its interval in brackets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pandas as pd
import streamlit as st

from trust_core.domain.measures import Figure, Measure, Of
from trust_core.domain.report import MeasureRow
from trust_core.export.figure_text import NO_FIGURE, figure_text
from trust_core.ui.messages import escape_markdown

_LONGEST_NAME: Final = 32


def short_name(name: str) -> str:
    """A model's name for a heading or a legend: of a long path the last part, of that both ends."""
    if len(name) <= _LONGEST_NAME:
        return name
    last = name.rstrip("/").rsplit("/", maxsplit=1)[-1]
    half = _LONGEST_NAME // 2
    return last if len(last) <= _LONGEST_NAME else f"{last[: half - 1]}…{last[-half:]}"


def brief(row: MeasureRow | None) -> str:
    """A figure with its interval in brackets: "30.1 % (14.4 to 37.0)"; the level and n are said beside it.

    One without an interval is exact, and says so.
    """
    if row is None:
        return NO_FIGURE
    text = figure_text(row)
    if row.not_measured is not None:
        return f"{text.value}: {text.detail}"
    if row.low is None:
        return f"{text.value} ({text.detail})"
    limits = text.detail.split("interval ", maxsplit=1)[-1].rsplit(", n", maxsplit=1)[0]
    for unit in (" %", " points", f" {row.unit}"):
        limits = limits.removesuffix(unit)
    return f"{text.value} ({limits})"


def brief_figure(figure: Figure, *, unit: str = "", of: Of = "pair") -> str:
    """`brief` of a figure that is not of the report; a difference carries its sign."""
    return brief(MeasureRow.of_measure(Measure("brier", of, figure), unit))


def texts_said(counts: Iterable[int | None]) -> str:
    """On how many texts figures rest, for what is said beside them: "n = 40", "n = 24 to 40"; or nothing."""
    known = sorted({count for count in counts if count is not None})
    if not known:
        return ""
    return f"n = {known[0]:,}" if len(known) == 1 else f"n = {known[0]:,} to {known[-1]:,}"


def unbroken(text: str) -> str:
    """Words that stay on one line."""
    return text.replace(" ", "\u00a0")


def small_table(frame: pd.DataFrame, *, alt: str) -> None:
    """A table that is read as a whole; names and words of others in it are shown as they are.

    Args:
        frame: texts only.
        alt: what the table holds.
    """
    shown = frame.map(escape_markdown).rename(columns=escape_markdown)
    st.table(shown, border="horizontal", hide_index=True, alt=alt)
