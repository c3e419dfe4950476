"""What retraining alone does, as the reference's twin shows it: beside every figure, and as a margin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.catalogue.entry import Dimension
from trust_core.domain.measures import LEVEL, Evidence, Findings, Vote
from trust_core.domain.report import BesideTwin, CandidateReport, MeasureRow, TestRow
from trust_core.domain.spec import Margins
from trust_core.report.criteria import CRITERIA, Criterion
from trust_core.report.wording import in_sentence, interval, listed, spoken, suffix

SAYS: Final[Mapping[str, str]] = {
    "within": "within what retraining does",
    "beyond": "beyond what retraining does",
}
"""How a figure is called that lies nearer, or farther, than another training of the reference reaches."""

RULE: Final = (
    "Beyond what retraining does: farther from the value of equal models than the upper 95 % limit of the "
    "reference's twin. Within: not farther."
)
"""The rule in words, for whoever shows it."""

PAIRED: Final = "alignment_beside_twin"
"""The vote on the reasons in place of the alignment where margins come from the twin."""

_INCIDENTAL: Final = frozenset({"interval", "left_out"})
"""Settings that say how the limits were made or what they rest on, not what the figure is."""

_LEVEL_OF: Final = "_level"
"""Ends the key of a chance level, of which retraining does nothing."""


@dataclass(frozen=True, slots=True)
class Retraining:
    """What the reference's twin shows.

    Attributes:
        twin: its name.
        rows: every figure of the reference and the twin.
        votes: evidence of the voting measures.
    """

    twin: str
    rows: tuple[MeasureRow, ...]
    votes: tuple[Vote, ...]


def widened_margins(given: Margins, retraining: Retraining) -> Margins:
    """Each margin, at least the upper 95 % limit of the twin's difference.

    The floor of the alignment stays as it is: reasons are compared with the twin's, text by text.
    """
    wider = {}
    for vote in retraining.votes:
        criterion = CRITERIA[vote.key]
        if criterion.kind not in ("difference", "upper") or not isinstance(vote.evidence, Evidence):
            continue
        low, high = vote.evidence.interval(LEVEL)
        reach = max(abs(low), abs(high)) if criterion.kind == "difference" else high
        wider[vote.key] = min(1.0, max(criterion.margin(given), reach))
    return given.model_copy(update=wider)


def margin_note(given: Margins, applied: Margins, retraining: Retraining) -> str:
    """Which margins the twin has widened, in a sentence."""
    changed = [
        f"{in_sentence(criterion.title)} {_bound(criterion, applied)} in place of {_bound(criterion, given)}"
        for criterion in CRITERIA.values()
        if criterion.margin(applied) != criterion.margin(given)
    ]
    said = listed(changed) or "none was smaller than that"
    return (
        f"Margins from the twin {retraining.twin}: no margin is smaller than the upper 95 % limit of what "
        f"retraining alone does on these texts ({said}). The fewer texts, the wider that limit: look at the "
        f"margins before the verdict. The reasons must not fall behind the twin's by "
        f"{applied.alignment_beside_twin:g} or more."
    )


def _bound(criterion: Criterion, margins: Margins) -> str:
    return criterion.bound(criterion.margin(margins)).removeprefix("margin ")


def votes_from_twin(findings: Mapping[Dimension, Findings]) -> dict[Dimension, Findings]:
    """The findings with the paired comparison of the reasons in place of the floor of the alignment."""
    reasons = findings.get("reasons")
    if reasons is None or not any(vote.key == PAIRED for vote in reasons.votes):
        return dict(findings)
    votes = tuple(vote for vote in reasons.votes if vote.key != "alignment")
    return {**findings, "reasons": Findings(reasons.measures, votes, reasons.notes)}


def votes_from_floor(findings: Mapping[Dimension, Findings]) -> dict[Dimension, Findings]:
    """The findings without the vote of the paired comparison; its figure stays."""
    reasons = findings.get("reasons")
    if reasons is None:
        return dict(findings)
    votes = tuple(vote for vote in reasons.votes if vote.key != PAIRED)
    return {**findings, "reasons": Findings(reasons.measures, votes, reasons.notes)}


def beside_twin(candidate: CandidateReport, retraining: Retraining) -> CandidateReport:
    """The candidate with the twin's figure beside each of its own.

    Every difference and every figure of the pair whose value for equal models is known says whether it lies
    within or beyond what retraining does; chance levels do not. A candidate that is the twin itself stays as
    it is.
    """
    if candidate.name == retraining.twin:
        return candidate
    known = {_name(row): row for row in retraining.rows}
    verdict = candidate.verdict
    dimensions = {
        name: part.model_copy(update={"tests": tuple(_test(test, retraining.rows) for test in part.tests)})
        for name, part in verdict.dimensions.items()
    }
    return candidate.model_copy(
        update={
            "verdict": verdict.model_copy(update={"dimensions": dimensions}),
            "measures": tuple(_row(row, known.get(_name(row))) for row in candidate.measures),
        }
    )


def twin_sentence(test: TestRow) -> str:
    """The twin's figure and what it says of a test; empty without one."""
    if test.twin is None:
        return ""
    criterion = CRITERIA[test.key]
    number = spoken(test.twin.value, criterion.unit) + suffix(criterion.unit)
    limits = interval(test.twin.low, test.twin.high, criterion.unit)
    return (
        f"Retraining alone: {number} (95 % interval {limits}, n = {test.twin.n:,}); "
        f"this is {SAYS[test.twin.says]}."
    )


def _row(row: MeasureRow, twin: MeasureRow | None) -> MeasureRow:
    beside = None if twin is None else _beside(row, twin)
    return row if beside is None else row.model_copy(update={"twin": beside})


def _test(test: TestRow, rows: Sequence[MeasureRow]) -> TestRow:
    """The test with the twin's figure, which its sentence then ends with."""
    if test.estimate is None:
        return test
    twin = next(
        (
            row
            for row in rows
            if (row.key, row.explainer) == (test.key, test.explainer) and row.of in ("difference", "pair")
        ),
        None,
    )
    beside = None if twin is None else _compared(test.estimate, twin)
    if beside is None:
        return test
    found = test.model_copy(update={"twin": beside})
    return found.model_copy(update={"why": f"{test.why} {twin_sentence(found)}"})


def _beside(row: MeasureRow, twin: MeasureRow) -> BesideTwin | None:
    return None if row.value is None else _compared(row.value, twin)


def _compared(value: float, twin: MeasureRow) -> BesideTwin | None:
    """The twin's figure beside a candidate's; None where nothing says which value equal models have."""
    best = _best(twin)
    if best is None or twin.value is None or twin.low is None or twin.high is None:
        return None
    assert twin.level is not None
    assert twin.n is not None
    reach = max(abs(twin.low - best), abs(twin.high - best), abs(twin.value - best))
    says = "within" if abs(value - best) <= reach else "beyond"
    return BesideTwin.model_validate(
        {
            "value": twin.value,
            "low": twin.low,
            "high": twin.high,
            "level": twin.level,
            "n": twin.n,
            "reach": reach,
            "says": says,
        }
    )


def _best(row: MeasureRow) -> float | None:
    """The value of equal models, which a figure counts from; None where that says nothing."""
    if row.of == "difference":
        return 0.0
    return CATALOGUE[row.key].identity if row.of == "pair" and not row.key.endswith(_LEVEL_OF) else None


def _name(row: MeasureRow) -> tuple[object, ...]:
    settings = {name: value for name, value in row.settings.items() if name not in _INCIDENTAL}
    return row.key, row.of, row.explainer, tuple(sorted(settings.items(), key=str))
