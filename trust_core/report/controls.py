"""Do the measures say "same" of a model and itself, and "different" of a broken one?

C0 compares the reference with itself, C1 with itself under other explainer seeds, C5 with itself under a
shuffled head. A control that comes out wrong says that the measurement, not the candidate, is at fault.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from trust_core.domain.catalogue.entry import Dimension
from trust_core.domain.measures import Evidence, Findings, NotMeasured, Vote
from trust_core.domain.report import ControlReport, TestRow
from trust_core.domain.spec import Margins
from trust_core.report.assemble import measure_rows
from trust_core.report.criteria import CRITERIA, explainer_title, label
from trust_core.report.verdict import verdict
from trust_core.report.wording import listed, spoken

CONTROLS: Final[Mapping[str, str]] = {
    "C0": "The reference against itself",
    "C1": "The reference against itself, explained with other seeds",
    "C5": "The reference against itself with its head shuffled",
}
"""The controls of every run, in words."""


def identity_control(findings: Mapping[Dimension, Findings]) -> ControlReport:
    """C0: a model against itself must have every voting measure at its best value, exactly.

    Not nearly: both sides are computed from the same numbers, so the smallest difference is a mistake.
    """
    votes = _votes(findings)
    measured = [vote for vote in votes if isinstance(vote.evidence, Evidence)]
    if not measured:
        return _unmeasured(votes)
    wrong = [vote for vote in measured if _estimate(vote) != CRITERIA[vote.key].best]
    rows = measure_rows(findings)
    if wrong:
        found = listed([f"{_title(vote)} {_estimate(vote):.6g}" for vote in wrong])
        why = f"The reference compared with itself is not found to be the same: {found}."
        return ControlReport(status="different", held=False, why=why, measures=rows)
    why = (
        f"The reference compared with itself is the same in every voting measure, exactly "
        f"({len(measured)} measured).{_missing(votes)}"
    )
    return ControlReport(status="equivalent", held=True, why=why, measures=rows)


def ceiling_control(findings: Mapping[Dimension, Findings]) -> ControlReport:
    """C1: how alike the reference is to itself when the explainer draws other samples; a scale, no test."""
    votes = [vote for vote in _votes(findings) if vote.key == "alignment"]
    measured = [vote for vote in votes if isinstance(vote.evidence, Evidence)]
    if not measured:
        return _unmeasured(votes)
    said = listed([f"{spoken(_estimate(vote), 'plain')} by {_explainer(vote)}" for vote in measured])
    why = (
        f"Explained again with other seeds, the reference aligns with itself at {said}: the highest that a "
        f"candidate can be expected to reach on these texts.{_missing(votes)}"
    )
    return ControlReport(status="information", held=None, why=why, measures=measure_rows(findings))


def broken_control(
    findings: Mapping[Dimension, Findings], margins: Margins, dimensions: Sequence[Dimension]
) -> ControlReport:
    """C5: a model with a shuffled head (or shuffled predictions) must be called different."""
    votes = _votes(findings)
    if not any(isinstance(vote.evidence, Evidence) for vote in votes):
        return _unmeasured(votes)
    judged = verdict(findings, margins, dimensions)
    rows = measure_rows(findings)
    if judged.overall == "different":
        why = f"A broken model is recognised. {judged.why}"
        return ControlReport(status="different", held=True, why=why, measures=rows)
    why = f"A broken model is not recognised as different. {judged.why}"
    return ControlReport(status=judged.overall, held=False, why=why, measures=rows)


def skipped_control(why: str) -> ControlReport:
    """A control that this run cannot have, with the reason."""
    return ControlReport(status="not_measured", held=None, why=why)


def failed(controls: Mapping[str, ControlReport]) -> tuple[str, ...]:
    """Names of the controls that came out wrong."""
    return tuple(name for name, control in controls.items() if control.held is False)


def _votes(findings: Mapping[Dimension, Findings]) -> list[Vote]:
    return [vote for found in findings.values() for vote in found.votes]


def _estimate(vote: Vote) -> float:
    assert isinstance(vote.evidence, Evidence)
    return vote.evidence.estimate


def _title(vote: Vote) -> str:
    return label(
        TestRow(key=vote.key, explainer=vote.explainer, status="information", margin=0, why="")
    ).lower()


def _explainer(vote: Vote) -> str:
    return explainer_title(vote.explainer or "its explainer")


def _missing(votes: Sequence[Vote]) -> str:
    """A sentence on what could not be measured, with a space before it; empty if nothing is missing."""
    absent = [vote for vote in votes if isinstance(vote.evidence, NotMeasured)]
    return f" Not measured here: {listed([_title(vote) for vote in absent])}." if absent else ""


def _unmeasured(votes: Sequence[Vote]) -> ControlReport:
    reasons = dict.fromkeys(vote.evidence.reason for vote in votes if isinstance(vote.evidence, NotMeasured))
    said = "; ".join(reasons) or "there is nothing to compare"
    return skipped_control(f"Not measured: {said.rstrip('.')}.")
