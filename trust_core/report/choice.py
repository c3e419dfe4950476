"""Which of several candidates: the smallest or fastest one that is still inside all margins."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trust_core.domain.catalogue.entry import DIMENSIONS
from trust_core.domain.report import CandidateReport, Report, TestRow
from trust_core.report.verdict import NEVER_VOTES
from trust_core.stats.equivalence import TEST_ALPHA
from trust_core.stats.multiplicity import holm


@dataclass(frozen=True, slots=True)
class Standing:
    """What the tests of one candidate say once all candidates are counted.

    Attributes:
        name: of the candidate.
        p: the largest p-value of its tests of equivalence: of "it is outside some margin"; None where a
            vote was not measured.
        p_adjusted: the same after Holm's correction over the candidates.
        inside: whether it is shown to be inside all margins, all candidates counted.
        why: the same in words.
    """

    name: str
    p: float | None
    p_adjusted: float | None
    inside: bool
    why: str


def chosen_dimensions(report: Report) -> frozenset[str]:
    """The dimensions that a report's verdicts are about; cost never votes."""
    return frozenset(report.spec.get("dimensions", DIMENSIONS)) - NEVER_VOTES


def voting_tests(candidate: CandidateReport, dimensions: Collection[str]) -> tuple[TestRow, ...]:
    """The tests of a candidate in these dimensions."""
    return tuple(
        test
        for dimension, part in candidate.verdict.dimensions.items()
        if dimension in dimensions
        for test in part.tests
    )


def standings(report: Report) -> tuple[Standing, ...]:
    """Each candidate, with Holm's correction over all of them.

    A candidate is inside all margins if every one of its tests is, so its p-value is the largest of theirs
    (an intersection-union test needs no correction within a candidate). Whoever picks the best of m
    candidates tests m times: a candidate without a p-value counts as one that failed.
    """
    chosen = chosen_dimensions(report)
    p_values = [_p(voting_tests(candidate, chosen)) for candidate in report.candidates]
    adjusted: list[float] = holm(
        np.array([1.0 if p is None else p for p in p_values], dtype=np.float64)
    ).tolist()
    return tuple(
        _standing(candidate, p, None if p is None else corrected, len(p_values))
        for candidate, p, corrected in zip(report.candidates, p_values, adjusted, strict=True)
    )


def _p(tests: Sequence[TestRow]) -> float | None:
    """The largest p-value of equivalence; None where a vote was not measured, or an older report has none."""
    p_values = [test.p_equivalent for test in tests if test.p_equivalent is not None]
    return max(p_values) if tests and len(p_values) == len(tests) else None


def _standing(candidate: CandidateReport, p: float | None, p_adjusted: float | None, m: int) -> Standing:
    overall = candidate.verdict.overall
    inside = overall == "equivalent" and p_adjusted is not None and p_adjusted <= TEST_ALPHA
    if inside:
        why = "inside all margins"
    elif overall == "different":
        why = "beyond a margin"
    elif overall == "equivalent" and p_adjusted is not None:
        why = f"inside alone, not after correction for {m} candidates"
    else:
        why = "not settled"
    return Standing(candidate.name, p, p_adjusted, inside, why)


def pick(found: Sequence[Standing], costs: Mapping[str, float]) -> Standing | None:
    """The cheapest candidate that is inside all margins; None where none is.

    Args:
        found: all candidates.
        costs: size or time of each candidate by name; one without a cost cannot be picked.
    """
    inside = [one for one in found if one.inside and one.name in costs]
    return min(inside, key=lambda one: (costs[one.name], one.name)) if inside else None
