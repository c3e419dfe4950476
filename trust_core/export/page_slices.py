"""Parts of the texts as a table: one row a part, one column a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.measures import Of
from trust_core.domain.report import MeasureRow, SliceReport, SliceRow
from trust_core.domain.slicing import part_title
from trust_core.export.figure_text import NO_FIGURE, figure_text
from trust_core.report.criteria import explainer_title

CAPTION: Final = (
    "Each figure with its 95 % interval. Rates: Wilson; accuracy: Bonett and Price; over-confidence, Brier "
    "score and reasons: percentile bootstrap. Parts of fewer than 20 texts are not measured."
)

_COLUMNS: Final[tuple[tuple[str, Of, str], ...]] = (
    ("agreement", "pair", "Same answer"),
    ("negative_flip_rate", "pair", "Negative flips"),
    ("accuracy", "difference", "Accuracy, change"),
    ("signed_gap", "difference", "Over-confidence, change"),
    ("brier", "difference", "Brier score, change"),
)

_LAST: Final[tuple[tuple[str, Of, str], ...]] = (
    ("share_shift", "pair", "Class shares, w"),
    ("stuart_maxwell_p", "pair", "p"),
    ("stuart_maxwell_p_holm", "pair", "p, corrected"),
    ("slice_search_p", "pair", "p of the search"),
)

_ALIGNMENT: Final = {"alignment": "S", "jaccard_adjusted": "overlap"}


@dataclass(frozen=True, slots=True)
class SliceTable:
    """Parts as text.

    Attributes:
        columns: the part, n, and a figure each.
        meanings: of each column, for help texts.
        rows: as many cells as columns.
    """

    columns: tuple[str, ...]
    meanings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class SlicesView:
    """The parts of one candidate's texts on a page."""

    report: SliceReport
    parts: SliceTable
    found: SliceTable


def slices_view(report: SliceReport | None) -> SlicesView | None:
    """The tables of a report's parts; None where no part was asked for."""
    if report is None:
        return None
    return SlicesView(report, slice_table(report.rows), slice_table(report.found))


def slice_table(rows: Sequence[SliceRow]) -> SliceTable:
    """One row a part; a column that no part has a figure for is left out."""
    explainers = dict.fromkeys(
        one.explainer for row in rows for one in row.measures if one.explainer is not None
    )
    wanted: list[tuple[str, Of, str | None, str]] = [(key, of, None, title) for key, of, title in _COLUMNS]
    wanted += [
        (key, "pair", explainer, f"{explainer_title(explainer)} {title}")
        for explainer in explainers
        for key, title in _ALIGNMENT.items()
    ]
    wanted += [(key, of, None, title) for key, of, title in _LAST]
    kept = [
        (key, of, explainer, title)
        for key, of, explainer, title in wanted
        if any(_figure(row, key, of, explainer) is not None for row in rows)
    ]
    return SliceTable(
        columns=("Part", "n", *(title for *_, title in kept)),
        meanings=(
            "What the texts have in common",
            "Texts in the part",
            *(f"{CATALOGUE[key].title}. {CATALOGUE[key].meaning}" for key, *_ in kept),
        ),
        rows=tuple(
            (
                part_title(row.by, row.name),
                f"{row.n:,}",
                *(_cell(_figure(row, key, of, explainer), row.n) for key, of, explainer, _ in kept),
            )
            for row in rows
        ),
    )


def _figure(row: SliceRow, key: str, of: Of, explainer: str | None) -> MeasureRow | None:
    return next(
        (one for one in row.measures if (one.key, one.of, one.explainer) == (key, of, explainer)), None
    )


def _cell(figure: MeasureRow | None, n: int) -> str:
    """The figure with its limits; its own n only where it is not that of the part."""
    if figure is None:
        return NO_FIGURE
    if figure.unit == "p-value" and figure.value is not None:
        return f"{figure.value:.2g}"
    text = figure_text(figure)
    if figure.not_measured is not None:
        return f"{text.value}: {figure.not_measured}"
    if figure.low is None:
        return text.value
    limits = text.detail.split("interval ", maxsplit=1)[-1].rsplit(", n", maxsplit=1)[0]
    for unit in (" %", " points"):
        limits = limits.removesuffix(unit)
    own = "" if figure.n == n or figure.n is None else f", n = {figure.n:,}"
    return f"{text.value} ({limits}{own})"
