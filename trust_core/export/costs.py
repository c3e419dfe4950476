"""What the models of a report cost: size, latency, parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from trust_core.domain.report import ModelInfo, Report
from trust_core.export.figure_text import FigureText, figure_text
from trust_core.export.tables import latency_row, median_latency

Cost = Literal["size", "latency", "parameters"]

COSTS: Final[Mapping[Cost, tuple[str, str]]] = {
    "size": ("Size in memory", "MB"),
    "latency": ("Latency of one text, median", "ms"),
    "parameters": ("Parameters", "millions"),
}
"""What a model may cost: title and unit of the axis."""


def costs(report: Report) -> tuple[Cost, ...]:
    """The costs that every model of the report has; none for saved predictions."""
    return tuple(
        cost
        for cost in COSTS
        if all(cost_of(report, model, cost) is not None for model in report.resolved.models)
    )


def costs_of(report: Report) -> dict[Cost, dict[str, float]]:
    """Every cost that all models have, by the candidate's name."""
    found: dict[Cost, dict[str, float]] = {}
    for cost in costs(report):
        spent = {model.name: cost_of(report, model, cost) for model in report.resolved.models}
        found[cost] = {
            one.name: value for one in report.candidates if (value := spent.get(one.name)) is not None
        }
    return found


def cost_text(report: Report, model: ModelInfo, cost: Cost) -> FigureText | None:
    """What a model costs with its interval and calls, or `exact`; None where it is not known."""
    value = cost_of(report, model, cost)
    if value is None:
        return None
    unit = COSTS[cost][1]
    if cost == "latency":
        row = latency_row(report, model)
        if row is None or row.low is None:
            return FigureText(f"{value:.4g} {unit}", "its interval was not kept")
        text = figure_text(row)
        return FigureText(text.value, f"{text.detail} calls")
    return FigureText(f"{value:.4g} {unit}", "exact")


def cost_of(report: Report, model: ModelInfo, cost: Cost) -> float | None:
    """What a model costs, in the unit of `COSTS`; None where that is not known."""
    if cost == "latency":
        return median_latency(report, model.name)
    counted = model.size_bytes if cost == "size" else model.parameters
    return None if counted is None else counted / 1e6
