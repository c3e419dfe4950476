"""Which of several candidates: the smallest or fastest one that is still inside all margins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trust_core.domain.report import CandidateReport
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


def standings(candidates: Sequence[CandidateReport]) -> tuple[Standing, ...]:
    """Each candidate, with Holm's correction over all of them.

    A candidate is inside all margins if every one of its tests is, so its p-value is the largest of theirs
    (an intersection-union test needs no correction within a candidate). Whoever picks the best of m
    candidates tests m times: a candidate without a p-value counts as one that failed.
    """
    p_values = [_p(candidate) for candidate in candidates]
    adjusted: list[float] = holm(
        np.array([1.0 if p is None else p for p in p_values], dtype=np.float64)
    ).tolist()
    return tuple(
        _standing(candidate, p, None if p is None else corrected, len(candidates))
        for candidate, p, corrected in zip(candidates, p_values, adjusted, strict=True)
    )


def _p(candidate: CandidateReport) -> float | None:
    """The largest p-value of equivalence among the tests that vote."""
    tests = [
        test
        for dimension, part in candidate.verdict.dimensions.items()
        if part.status != "information" and dimension not in NEVER_VOTES
        for test in part.tests
    ]
    # A vote that could not be measured leaves the candidate open; older reports have no such p-values.
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
