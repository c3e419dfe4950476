"""Trust against cost: what each candidate of a report keeps, and what it saves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from trust_core.charts.tradeoff import TradeoffAxes, TradeoffPoint
from trust_core.domain.report import CandidateReport, MeasureRow, ModelInfo, Report, TestRow
from trust_core.export.costs import COSTS, Cost, cost_of, cost_text
from trust_core.export.figure_text import figure_text, number
from trust_core.report.choice import chosen_dimensions, voting_tests
from trust_core.report.criteria import CRITERIA, explainer_title, label

WORST: Final = "worst"

WORST_TITLE: Final = "Worst test, in margins"
"""All tests of a candidate as one figure: below 1 it is equivalent."""


@dataclass(frozen=True, slots=True)
class Trust:
    """A voting measure that can be set against a cost: its key, its explainer where it has one, its title."""

    key: str
    explainer: str | None
    title: str


def trusts(report: Report) -> tuple[Trust, ...]:
    """What candidates of the report were tested by: all tests together, then alignment, then the others."""
    found = dict.fromkeys(
        (test.key, test.explainer) for candidate in report.candidates for test in _tests(candidate)
    )
    ordered = sorted(found, key=lambda pair: pair[0] != "alignment")
    worst = (
        [Trust(WORST, None, WORST_TITLE)]
        if any(worst_use(report, one) is not None for one in report.candidates)
        else []
    )
    return tuple(worst) + tuple(
        Trust(
            key,
            explainer,
            CRITERIA[key].title + (f", {explainer_title(explainer)}" if explainer else ""),
        )
        for key, explainer in ordered
        if key in CRITERIA
    )


def tradeoff_points(
    report: Report, trust: Trust, cost: Cost
) -> tuple[tuple[TradeoffPoint, ...], TradeoffAxes]:
    """One point a model that has both figures, the reference first; and the axes."""
    if trust.key == WORST:
        return _worst_points(report, cost)
    criterion = CRITERIA[trust.key]
    points = []
    margin = None
    for model in report.resolved.models:
        spent = cost_of(report, model, cost)
        if spent is None:
            continue
        if model.role == "reference":
            said = f"{number(criterion.best, '', scale=1.0)} (exact)"
            points.append(
                TradeoffPoint(
                    model.name,
                    "information",
                    spent,
                    criterion.best,
                    None,
                    None,
                    said,
                    _spent(report, model, cost),
                )
            )
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
                _spent(report, model, cost),
            )
        )
        test = next((one for one in _tests(candidate) if _same(one, trust)), None)
        margin = margin if test is None else test.margin
    title, unit = COSTS[cost]
    return tuple(points), TradeoffAxes(title, unit, trust.title, margin, criterion.best)


def _worst_points(report: Report, cost: Cost) -> tuple[tuple[TradeoffPoint, ...], TradeoffAxes]:
    """One point a model: how much of its margin the candidate's worst test uses."""
    points = []
    for model in report.resolved.models:
        spent = cost_of(report, model, cost)
        if spent is None:
            continue
        if model.role == "reference":
            points.append(
                TradeoffPoint(
                    model.name,
                    "information",
                    spent,
                    0.0,
                    None,
                    None,
                    "0 (exact)",
                    _spent(report, model, cost),
                )
            )
            continue
        candidate = next(one for one in report.candidates if one.name == model.name)
        used = worst_use(report, candidate)
        if used is not None:
            missing = f"; {used.unmeasured} not measured" if used.unmeasured else ""
            counted = "" if used.test.n is None else f"n = {used.test.n:,}, "
            said = (
                f"{used.value:.2f} margins (90 % interval {used.low:.2f} to {used.high:.2f}, "
                f"{counted}{label(used.test)}{missing})"
            )
            points.append(
                TradeoffPoint(
                    model.name,
                    candidate.verdict.overall,
                    spent,
                    used.value,
                    used.low,
                    used.high,
                    said,
                    _spent(report, model, cost),
                )
            )
    title, unit = COSTS[cost]
    return tuple(points), TradeoffAxes(title, unit, WORST_TITLE, 1.0, 0.0)


def _spent(report: Report, model: ModelInfo, cost: Cost) -> str:
    """What a model costs, in words."""
    text = cost_text(report, model, cost)
    return "" if text is None else f"{text.value} ({text.detail})"


@dataclass(frozen=True, slots=True)
class WorstUse:
    """How many margins the worst test of a candidate lies from the reference.

    Attributes:
        value: of the test that lies farthest.
        low, high: the largest lower and the largest upper 90 % limit of its tests.
        test: which test it is.
        unmeasured: votes without a figure, which may be worse.
    """

    value: float
    low: float
    high: float
    test: TestRow
    unmeasured: int


def worst_use(report: Report, candidate: CandidateReport) -> WorstUse | None:
    """Every test in units of its margin: the candidate is equivalent if the upper limit of all is below 1.

    None where no vote has a figure.
    """
    tests = voting_tests(candidate, chosen_dimensions(report))
    used = [(scaled, test) for test in tests if (scaled := _scaled(test)) is not None]
    if not used:
        return None
    (value, _, _), test = max(used, key=lambda one: one[0][0])
    return WorstUse(
        value,
        max(scaled[1] for scaled, _ in used),
        max(scaled[2] for scaled, _ in used),
        test,
        len(tests) - len(used),
    )


def _scaled(test: TestRow) -> tuple[float, float, float] | None:
    """How far a test lies from the best value, in margins: estimate, nearest and farthest limit."""
    if test.key not in CRITERIA or test.estimate is None or test.low is None or test.high is None:
        return None
    criterion = CRITERIA[test.key]
    scaled = [criterion.scaled(one, test.margin) for one in (test.estimate, test.low, test.high)]
    places = [one for one in scaled if one is not None]
    if len(places) < len(scaled):
        return None
    if criterion.kind != "difference":
        # Beyond the best value there is nothing left to be far from.
        places = [max(0.0, one) for one in places]
    middle, *ends = places
    nearest = 0.0 if min(ends) <= 0 <= max(ends) else min(map(abs, ends))
    return abs(middle), nearest, max(map(abs, ends))


def _tests(candidate: CandidateReport) -> list[TestRow]:
    return [test for part in candidate.verdict.dimensions.values() for test in part.tests]


def _same(one: TestRow | MeasureRow, trust: Trust) -> bool:
    return (one.key, one.explainer) == (trust.key, trust.explainer)


def _row(candidate: CandidateReport, trust: Trust) -> MeasureRow | None:
    return next(
        (row for row in candidate.measures if _same(row, trust) and row.of in ("pair", "difference")), None
    )
