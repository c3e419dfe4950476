"""Plans in words: what a number of texts can settle, and what a run would still take."""

from __future__ import annotations

from collections.abc import Sequence

from trust_core.domain.report import CandidateReport
from trust_core.export.figure_text import NO_FIGURE
from trust_core.report.criteria import Criterion, label
from trust_core.report.planning import MissingTexts, PlannedMeasure, assumed, missing_texts
from trust_core.report.verdict import WORDS, held_back
from trust_core.report.wording import bound, count

PLAN_COLUMNS = ("Dimension", "Figure", "Texts", "Settles", "Your margin", "That needs", "Enough")

MISSING_COLUMNS = (
    "Test",
    "Texts now",
    "These texts settle",
    "Margin",
    "Outcome",
    "Would settle it",
    "Missing",
)

MISSING_CAPTION = (
    "What these texts settle: the margin that would be kept with a probability of 90 % if there were no true "
    "difference (rates, distances and S: if the estimate were the truth), at the spread that the texts "
    "showed. What would settle a test holds if its estimate stays."
)


def plan_rows(planned: Sequence[PlannedMeasure]) -> tuple[tuple[str, ...], ...]:
    """One row a measure, as many cells as `PLAN_COLUMNS`."""
    return tuple(
        (
            WORDS[one.criterion.dimension] + ("" if one.votes else " (no vote)"),
            one.criterion.title,
            f"{one.n:,}",
            "too few texts" if one.settles is None else _said(one.criterion, one.settles),
            _said(one.criterion, one.margin),
            _needed(one),
            "yes" if one.enough else "no",
        )
        for one in planned
    )


def _needed(one: PlannedMeasure) -> str:
    if one.needed is not None:
        return count(one.needed)
    return "more than a million" if one.inside else "no number of texts"


def plan_lines(planned: Sequence[PlannedMeasure]) -> list[str]:
    """The plan for a terminal."""
    rows = [PLAN_COLUMNS, *plan_rows(planned)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(PLAN_COLUMNS))]
    return [
        "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def hopeless_lines(planned: Sequence[PlannedMeasure], discordance: float) -> list[str]:
    """A line for each expected rate that lies beyond its margin already, which no number of texts mends.

    Args:
        planned: the plan.
        discordance: that it was made for.
    """
    truths = assumed(discordance)
    return [
        f"  {one.criterion.title}: expected {truths[one.key].truth * 100:.1f} % already lies beyond "
        f"the margin of {_said(one.criterion, one.margin)}: give --discordance for closer pairs, or a larger "
        "margin."
        for one in planned
        if not one.inside and truths[one.key].kind == "upper" and truths[one.key].rate
    ]


def missing_rows(candidate: CandidateReport) -> tuple[tuple[str, ...], ...]:
    """One row a measured test, as many cells as `MISSING_COLUMNS`."""
    return tuple(_missing_row(one) for one in missing_texts(candidate))


def _missing_row(one: MissingTexts) -> tuple[str, ...]:
    test = one.test
    open_test = test.status == "inconclusive" or held_back(test)
    never = "not within a million" if open_test else NO_FIGURE
    return (
        label(test),
        f"{test.n:,}",
        _said(one.criterion, one.settles),
        _said(one.criterion, test.margin),
        "open" if open_test else test.status,
        never if one.needed is None else f"about {count(one.needed)}",
        never if one.missing is None else f"about {count(one.missing)}",
    )


def _said(criterion: Criterion, value: float) -> str:
    """A margin or a floor, with its sign."""
    sign = {"difference": "±", "loss": "\u2212"}.get(criterion.kind, "")
    return sign + bound(float(f"{value:.3g}"), criterion.unit)
