"""Trust against cost: what each candidate of a report keeps, and what it saves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from trust_core.charts.tradeoff import TradeoffAxes, TradeoffPoint
from trust_core.domain.report import CandidateReport, MeasureRow, ModelInfo, Report, TestRow
from trust_core.export.figure_text import figure_text, number
from trust_core.export.tables import median_latency
from trust_core.report.criteria import CRITERIA, explainer_title

Cost = Literal["size", "latency", "parameters"]

COSTS: Final[Mapping[Cost, tuple[str, str]]] = {
    "size": ("Size in memory", "MB"),
    "latency": ("Latency of one text, median", "ms"),
    "parameters": ("Parameters", "millions"),
}
"""What a model may cost: title and unit of the axis."""


@dataclass(frozen=True, slots=True)
class Trust:
    """A voting measure that can be set against a cost: its key, its explainer where it has one, its title."""

    key: str
    explainer: str | None
    title: str


def trusts(report: Report) -> tuple[Trust, ...]:
    """The voting measures that some candidate of the report was tested by, alignment first."""
    found = dict.fromkeys(
        (test.key, test.explainer) for candidate in report.candidates for test in _tests(candidate)
    )
    ordered = sorted(found, key=lambda pair: pair[0] != "alignment")
    return tuple(
        Trust(
            key,
            explainer,
            CRITERIA[key].title + (f", {explainer_title(explainer)}" if explainer else ""),
        )
        for key, explainer in ordered
        if key in CRITERIA
    )


def costs(report: Report) -> tuple[Cost, ...]:
    """The costs that every model of the report has; none for saved predictions."""
    return tuple(
        cost
        for cost in COSTS
        if all(_cost(report, model, cost) is not None for model in report.resolved.models)
    )


def tradeoff_points(
    report: Report, trust: Trust, cost: Cost
) -> tuple[tuple[TradeoffPoint, ...], TradeoffAxes]:
    """One point a model that has both figures, the reference first; and the axes."""
    criterion = CRITERIA[trust.key]
    points = []
    margin = None
    for model in report.resolved.models:
        spent = _cost(report, model, cost)
        if spent is None:
            continue
        if model.role == "reference":
            said = number(criterion.best, "", scale=1.0)
            points.append(TradeoffPoint(model.name, "information", spent, criterion.best, None, None, said))
            continue
        candidate = next(one for one in report.candidates if one.name == model.name)
        row = _row(candidate, trust)
        if row is None or row.value is None:
            continue
        text = figure_text(row)
        points.append(
            TradeoffPoint(
                model.name,
                candidate.verdict.overall,
                spent,
                row.value,
                row.low,
                row.high,
                f"{text.value} ({text.detail})",
            )
        )
        test = next((one for one in _tests(candidate) if _same(one, trust)), None)
        margin = margin if test is None else test.margin
    title, unit = COSTS[cost]
    return tuple(points), TradeoffAxes(title, unit, trust.title, margin)


def _tests(candidate: CandidateReport) -> list[TestRow]:
    return [test for part in candidate.verdict.dimensions.values() for test in part.tests]


def _same(one: TestRow | MeasureRow, trust: Trust) -> bool:
    return (one.key, one.explainer) == (trust.key, trust.explainer)


def _row(candidate: CandidateReport, trust: Trust) -> MeasureRow | None:
    return next(
        (row for row in candidate.measures if _same(row, trust) and row.of in ("pair", "difference")), None
    )


def _cost(report: Report, model: ModelInfo, cost: Cost) -> float | None:
    if cost == "latency":
        return median_latency(report, model.name)
    counted = model.size_bytes if cost == "size" else model.parameters
    return None if counted is None else counted / 1e6
