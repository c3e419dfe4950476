"""Figures of a report side by side: reference, candidate, and the two compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.catalogue.entry import Entry
from trust_core.domain.report import MeasureRow, Report
from trust_core.export.costs import cost_text
from trust_core.export.figure_text import FigureText, figure_text, settings_text
from trust_core.export.latency_note import measured_with
from trust_core.report.criteria import explainer_title


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One measure with its figures side by side.

    Attributes:
        title, note: what it is called, and what it was computed with.
        entry: what the catalogue says, or None for a key that it does not know.
        reference, candidate: one model's figures.
        compared: figures of the difference or the pair.
    """

    title: str
    note: str
    entry: Entry | None
    reference: FigureText | None
    candidate: FigureText | None
    compared: tuple[FigureText, ...]


def figure_rows(rows: Iterable[MeasureRow]) -> tuple[FigureRow, ...]:
    """Rows of one measure, explainer and setting side by side."""
    groups: dict[tuple[Any, ...], list[MeasureRow]] = {}
    for row in rows:
        groups.setdefault((row.key, row.explainer, settings_text(row)), []).append(row)
    return tuple(_figure_row(key, explainer, note, found) for (key, explainer, note), found in groups.items())


def _figure_row(key: str, explainer: str | None, note: str, rows: Sequence[MeasureRow]) -> FigureRow:
    entry = CATALOGUE.get(key)
    one_sided = {row.of: figure_text(row) for row in rows if row.of in ("reference", "candidate")}
    notes = [explainer_title(explainer)] if explainer else []
    return FigureRow(
        title=key if entry is None else entry.title,
        note=", ".join([*notes, note] if note else notes),
        entry=entry,
        reference=one_sided.get("reference"),
        candidate=one_sided.get("candidate"),
        compared=tuple(figure_text(row) for row in rows if row.of in ("difference", "pair")),
    )


def latency_rows(report: Report, candidate: str) -> tuple[FigureRow, ...]:
    """How long one text takes both models; nothing where neither was timed."""
    found = {
        model.role: text
        for model in report.resolved.models
        if model.role == "reference" or model.name == candidate
        if (text := cost_text(report, model, "latency")) is not None
    }
    if not found:
        return ()
    how = "median of the timed calls on this machine, one text at a time"
    note = ", ".join(filter(None, (how, measured_with(report, candidate))))
    return (
        FigureRow(
            title="Latency",
            note=note,
            entry=None,
            reference=found.get("reference"),
            candidate=found.get("candidate"),
            compared=(),
        ),
    )
