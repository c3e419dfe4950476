"""Which of several candidates to take, in words and rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from trust_core.domain.report import Report
from trust_core.export.costs import COSTS, Cost, cost_of, cost_text, costs_of
from trust_core.export.figure_text import NO_FIGURE
from trust_core.export.foreign_text import titles
from trust_core.export.latency_note import backends_differ
from trust_core.report.choice import Standing, pick, standings
from trust_core.report.controls import failed

SUPERLATIVES: Final[dict[Cost, str]] = {
    "size": "smallest candidate",
    "latency": "fastest candidate",
    "parameters": "candidate with the fewest parameters",
}

CORRECTION: Final = (
    "Whoever picks the best of several candidates has tested several times. Inside all margins means here: "
    "still equivalent when the p-values of all candidates are corrected by Holm, at 5 %."
)


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One candidate.

    Attributes:
        name: of the candidate.
        standing: what its tests say once all candidates are counted.
        p, p_adjusted: its p-values as text.
        costs: what it costs, in the order of `Choice.costs`, as text.
    """

    name: str
    standing: str
    p: str
    p_adjusted: str
    costs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which candidate to take.

    Attributes:
        sentences: one for each cost that every model has.
        costs: titles of these costs.
        rows: the candidates.
    """

    sentences: tuple[str, ...]
    costs: tuple[str, ...]
    rows: tuple[ChoiceRow, ...]


def choice(report: Report) -> Choice | None:
    """The choice between the candidates of a report; None where there is only one."""
    if len(report.candidates) < 2:
        return None
    found = standings(report)
    names = titles([model.name for model in report.resolved.models])
    by_cost = costs_of(report)
    wrong = failed(report.controls)
    said = {cost: _costs_said(report, cost) for cost in by_cost}
    return Choice(
        sentences=tuple(
            _sentence(report, cost, None if wrong else pick(found, spent), names, len(found))
            for cost, spent in by_cost.items()
        )
        or (_without_costs(found, names),),
        costs=tuple(COSTS[cost][0] for cost in by_cost),
        rows=tuple(
            ChoiceRow(
                name=one.name,
                standing=one.why,
                p=_p(one.p),
                p_adjusted=_p(one.p_adjusted),
                costs=tuple(cells[one.name] for cells in said.values()),
            )
            for one in found
        ),
    )


def _sentence(report: Report, cost: Cost, picked: Standing | None, names: dict[str, str], m: int) -> str:
    title = COSTS[cost][0]
    if picked is None:
        return (
            f"{title}: no candidate is shown to be inside all margins, with all {m} candidates counted. "
            "Keep the reference."
        )
    said = _costs_said(report, cost)
    models = {model.name: model for model in report.resolved.models}
    reference = next(model for model in models.values() if model.role == "reference")
    spent, before = (cost_of(report, model, cost) for model in (models[picked.name], reference))
    gained = spent is not None and before is not None and spent < before
    return (
        f"{title}: {names.get(picked.name, picked.name)} is the {SUPERLATIVES[cost]} inside all margins, at "
        f"{said[picked.name]}; the reference is at {said[reference.name]}"
        f"{'' if gained else ', so nothing is gained'}. p = {_p(picked.p_adjusted)}, corrected for {m} "
        f"candidates.{_said_of_backends(report) if cost == 'latency' else ''}"
    )


def _said_of_backends(report: Report) -> str:
    said = backends_differ(report)
    return f" {said}" if said else ""


def _costs_said(report: Report, cost: Cost) -> dict[str, str]:
    """What every model costs, in words, by its name."""
    found = {model.name: cost_text(report, model, cost) for model in report.resolved.models}
    return {name: f"{text.value} ({text.detail})" for name, text in found.items() if text is not None}


def _without_costs(found: tuple[Standing, ...], names: dict[str, str]) -> str:
    inside = [names.get(one.name, one.name) for one in found if one.inside]
    if not inside:
        return f"No candidate is shown to be inside all margins, with all {len(found)} candidates counted."
    return f"Inside all margins, with all {len(found)} candidates counted: {', '.join(inside)}."


def _p(p: float | None) -> str:
    return NO_FIGURE if p is None else f"{p:.3g}"
