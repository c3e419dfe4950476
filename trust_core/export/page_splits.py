"""The figures of reasons in parts of the texts, as a table: one row a figure, one column a part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.catalogue.entry import Entry
from trust_core.domain.report import MeasureRow
from trust_core.export.figure_text import FigureText, figure_text
from trust_core.report.criteria import explainer_title

PART = "texts"
"""The setting that names the part."""

_TOLD_APART = ("words", "order")
"""Settings that tell two figures of one measure apart."""


@dataclass(frozen=True, slots=True)
class SplitRow:
    """One figure in every part.

    Attributes:
        title, note: what it is called; the explainer, whom it describes, whose words.
        entry: what the catalogue says.
        cells: one a part; None where the part has no such figure.
    """

    title: str
    note: str
    entry: Entry | None
    cells: tuple[FigureText | None, ...]


@dataclass(frozen=True, slots=True)
class SplitTable:
    """All figures in all parts."""

    parts: tuple[str, ...]
    rows: tuple[SplitRow, ...]


def split_table(rows: Sequence[MeasureRow]) -> SplitTable | None:
    """The table of a candidate's `reasons_by_answers`; None where there are none."""
    parts = part_names(rows)
    if not parts:
        return None
    by_figure: dict[tuple[str, str, str], dict[str, MeasureRow]] = {}
    for row in rows:
        name = (row.key, explainer_title(row.explainer or ""), figure_note(row))
        by_figure.setdefault(name, {})[str(row.settings.get(PART, ""))] = row
    return SplitTable(
        parts,
        tuple(
            _row(key, ", ".join(one for one in (explainer, note) if one), found, parts)
            for (key, explainer, note), found in by_figure.items()
        ),
    )


def part_names(rows: Sequence[MeasureRow]) -> tuple[str, ...]:
    """The parts, in the order in which they come."""
    return tuple(dict.fromkeys(str(row.settings[PART]) for row in rows if PART in row.settings))


def figure_note(row: MeasureRow) -> str:
    """What tells a figure apart from others of its key: whom it describes, whose words."""
    told = [f"{name}: {row.settings[name]}" for name in _TOLD_APART if name in row.settings]
    return ", ".join([*([] if row.of == "pair" else [row.of]), *told])


def _row(key: str, note: str, found: Mapping[str, MeasureRow], parts: Sequence[str]) -> SplitRow:
    entry = CATALOGUE.get(key)
    cells = tuple(figure_text(found[part]) if part in found else None for part in parts)
    return SplitRow(key if entry is None else entry.title, note, entry, cells)
