"""The control ladder in words: for the terminal, the report's page and the app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trust_core.domain.report import CandidateReport, MeasureRow, Report
from trust_core.export.figure_text import NO_FIGURE, FigureText, figure_text, in_points, number
from trust_core.export.foreign_text import printable, titles
from trust_core.report.ladder import Rung, ladder, ladder_says
from trust_core.report.retraining import RULE

_NAME = 26
"""Characters of a step in the terminal."""


_LEVEL = "95 % interval "
"""What the caption says once instead of every figure."""


_OF_S = "S: alignment of reasons, 0 is chance, 1 as alike as the reference is to itself. "

_OF_DASHES = " A dash: the step is not asked for it; C1 explains again, by explainers that draw samples."


@dataclass(frozen=True, slots=True)
class LadderRow:
    """One step.

    Attributes:
        step: what the reference is compared with.
        outcome: how it came out.
        cells: one figure a measure, with interval and n.
        figures: the same as the report has them; None where there is none.
    """

    step: str
    outcome: str
    cells: tuple[FigureText, ...]
    figures: tuple[MeasureRow | None, ...]


@dataclass(frozen=True, slots=True)
class LadderTable:
    """The ladder as a table of text.

    Attributes:
        says: what the controls say of the measurement.
        columns: heads; the first two are the step and how it came out.
        rows: one a step.
        caption: how to read it.
    """

    says: str
    columns: tuple[str, ...]
    rows: tuple[LadderRow, ...]
    caption: str


def ladder_table(report: Report, candidates: Sequence[CandidateReport]) -> LadderTable | None:
    """The ladder with these candidates; None where the run has no controls."""
    found = ladder(report, candidates)
    if not found.rungs:
        return None
    names = titles([model.name for model in report.resolved.models])
    rows = tuple(
        LadderRow(
            _step(rung, names.get(rung.name, rung.name)),
            rung.outcome,
            tuple(map(_cell, rung.figures)),
            rung.figures,
        )
        for rung in found.rungs
    )
    twin = report.controls.get("C3")
    measured = twin is not None and twin.status != "not_measured"
    return LadderTable(
        ladder_says(report.controls),
        ("Reference against", "Outcome", *(column.title for column in found.columns)),
        rows,
        "From the same to the broken. Differences: other side less reference; in parentheses 95 % intervals. "
        + (_OF_S if any(column.key == "alignment" for column in found.columns) else "")
        + (RULE if measured else "Without a twin nothing here says how much another training would differ.")
        + (_OF_DASHES if any(figure is None for row in rows for figure in row.figures) else ""),
    )


def ladder_lines(report: Report) -> list[str]:
    """The ladder for a terminal: one line a step, figures without their intervals, which stand below them."""
    found = ladder(report, report.candidates)
    if not found.rungs:
        return []
    widths = [max(9, len(column.title)) for column in found.columns]
    head = "".join(f"  {column.title:>{width}}" for column, width in zip(found.columns, widths, strict=True))
    lines = [f"{'The reference against':<{_NAME + 4}}{head}"]
    for rung in found.rungs:
        cells = "".join(
            f"  {_short(figure):>{width}}" for figure, width in zip(rung.figures, widths, strict=True)
        )
        name = printable(_step(rung, rung.name), longest=_NAME + 2)
        lines.append(f"  {name:<{_NAME + 2}}{cells}  {rung.outcome}".rstrip())
    return [*lines, f"  {ladder_says(report.controls)}"]


def _step(rung: Rung, name: str) -> str:
    return f"{rung.name} {rung.title}" if rung.control is not None else name


def _cell(row: MeasureRow | None) -> FigureText:
    if row is None:
        return FigureText(NO_FIGURE, "")
    figure = figure_text(row)
    return FigureText(figure.value, figure.detail.removeprefix(_LEVEL))


def _short(row: MeasureRow | None) -> str:
    if row is None or row.value is None:
        return NO_FIGURE
    return number(row.value, row.unit, signed=row.of == "difference", points=in_points(row))
