"""What the models of a report cost: size, latency, parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from trust_core.domain.report import ModelInfo, Report
from trust_core.export.tables import median_latency

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


def cost_of(report: Report, model: ModelInfo, cost: Cost) -> float | None:
    """What a model costs, in the unit of `COSTS`; None where that is not known."""
    if cost == "latency":
        return median_latency(report, model.name)
    counted = model.size_bytes if cost == "size" else model.parameters
    return None if counted is None else counted / 1e6
