"""Equivalent, different or inconclusive: by measure, by dimension, overall."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy.special import ndtri

from trust_core.domain.catalogue.entry import DIMENSIONS, Dimension
from trust_core.domain.measures import TEST_LEVEL, Evidence, Findings, NotMeasured, Vote
from trust_core.domain.report import DimensionVerdict, Status, TestRow, Verdict
from trust_core.domain.spec import Margins
from trust_core.report.criteria import CRITERIA, Criterion, label
from trust_core.report.wording import count, listed
from trust_core.stats.equivalence import (
    MOST_TEXTS,
    TEST_ALPHA,
    half_width,
    judge,
    n_needed,
    p_different,
    p_equivalent,
)
from trust_core.stats.multiplicity import holm

NEVER_VOTES: Final[frozenset[Dimension]] = frozenset({"cost"})

WORDS: Final[Mapping[Dimension, str]] = {
    "answers": "answers",
    "reasons": "reasons",
    "reliability": "reliability",
    "confidence_use": "confidence in use",
    "cost": "cost",
}
"""Each dimension in words."""


@dataclass(frozen=True, slots=True)
class _Test:
    """A judged vote, and whether it is still different once all the candidate's tests are counted."""

    row: TestRow
    different: bool


def held_back(test: TestRow) -> bool:
    """Whether a test is different by itself, but not once all tests of the candidate are counted."""
    return test.status == "different" and test.p_adjusted is not None and test.p_adjusted > TEST_ALPHA


def not_after_correction(tests: int) -> str:
    """How a test that Holm's correction holds back is called."""
    return f"different alone, not after correction for {tests} tests"


def verdict(
    findings: Mapping[Dimension, Findings],
    margins: Margins,
    dimensions: Sequence[Dimension],
    *,
    controls_failed: Sequence[str] = (),
) -> Verdict:
    """The answer for one candidate.

    A measure is judged by its 90 % interval. A dimension is different if a measure of it is, also after
    Holm's correction over all tests of the candidate at 5 %; equivalent if all its measures are; else
    inconclusive. Overall likewise over the chosen dimensions.

    Args:
        findings: what the measures of each dimension found.
        margins: what counts as the same.
        dimensions: the dimensions that the verdict is about.
        controls_failed: names of controls that came out wrong; any makes the verdict inconclusive.
    """
    chosen = [dimension for dimension in DIMENSIONS if dimension in dimensions]
    tests = _tests(findings, margins, chosen)
    parts: dict[Dimension, DimensionVerdict] = {}
    for dimension in DIMENSIONS:
        judged = tests.get(dimension, ())
        if dimension in NEVER_VOTES:
            parts[dimension] = _cost(findings.get(dimension))
        elif dimension not in chosen:
            parts[dimension] = _left_out(judged)
        else:
            parts[dimension] = _dimension(judged)
    voting = [dimension for dimension in chosen if dimension not in NEVER_VOTES]
    overall, why = _overall({dimension: parts[dimension] for dimension in voting})
    if controls_failed:
        overall = "inconclusive"
        names = listed([f"control {name}" for name in controls_failed])
        why = (
            f"This run cannot judge: {names} came out wrong, so the measurement itself cannot be trusted. "
            f"The figures alone would read: {why}"
        )
    return Verdict(overall=overall, why=why, dimensions=parts)


def _tests(
    findings: Mapping[Dimension, Findings], margins: Margins, chosen: Sequence[Dimension]
) -> dict[Dimension, tuple[_Test, ...]]:
    """Every vote judged; Holm counts the tests of the chosen dimensions."""
    votes = [
        (dimension, vote)
        for dimension in DIMENSIONS
        if dimension in findings and dimension not in NEVER_VOTES
        for vote in findings[dimension].votes
    ]
    counted = [
        vote for dimension, vote in votes if dimension in chosen and isinstance(vote.evidence, Evidence)
    ]
    p_values = [
        p_different(vote.evidence, CRITERIA[vote.key].margin(margins), CRITERIA[vote.key].kind)
        for vote in counted
        if isinstance(vote.evidence, Evidence)
    ]
    corrected: list[float] = holm(np.asarray(p_values, dtype=np.float64)).tolist()
    adjusted = dict(zip(map(id, counted), corrected, strict=True))
    # A vote of a dimension that was not chosen has no corrected p-value: it is not counted.
    judged: dict[Dimension, tuple[_Test, ...]] = {}
    for dimension, vote in votes:
        test = _judged(vote, margins, adjusted.get(id(vote)), len(counted))
        judged[dimension] = (*judged.get(dimension, ()), test)
    return judged


def _judged(vote: Vote, margins: Margins, p_adjusted: float | None, tests: int) -> _Test:
    """One vote against its margin, in figures and in words."""
    criterion = CRITERIA[vote.key]
    margin = criterion.margin(margins)
    evidence = vote.evidence
    if isinstance(evidence, NotMeasured):
        row = TestRow(key=vote.key, explainer=vote.explainer, status="not_measured", margin=margin, why="")
        why = f"{label(row)}: not measured, {_inner(evidence.reason)}; it needs {_inner(evidence.needs)}."
        return _Test(row.model_copy(update={"why": why}), different=False)
    low, high = evidence.interval(TEST_LEVEL)
    status: Status = judge(evidence, margin, criterion.kind)
    row = TestRow(
        key=vote.key,
        explainer=vote.explainer,
        status=status,
        estimate=evidence.estimate,
        low=low,
        high=high,
        level=TEST_LEVEL,
        n=evidence.n,
        margin=margin,
        p=p_different(evidence, margin, criterion.kind),
        p_adjusted=p_adjusted,
        p_equivalent=p_equivalent(evidence, margin, criterion.kind),
        why="",
    )
    needed: int | None = None
    outcome: str = status
    if held_back(row):
        needed = _texts_to_survive(row)
        outcome = f"{not_after_correction(tests)}; {_what_would_settle(needed)}"
    elif status == "inconclusive":
        needed = _texts_needed(evidence, margin, criterion)
        outcome = f"not settled; {_what_would_settle(needed)}"
    why = (
        f"{label(row)}: {criterion.figure(evidence.estimate)} ({criterion.interval(low, high)}, "
        f"n = {evidence.n:,}), {criterion.bound(margin)}: {outcome}."
    )
    different = status == "different" and p_adjusted is not None and not held_back(row)
    return _Test(row.model_copy(update={"n_needed": needed, "why": why}), different)


def _texts_needed(evidence: Evidence, margin: float, criterion: Criterion) -> int | None:
    """How many texts would settle a measure; more than were measured, as those did not."""
    needed = n_needed(evidence.n, evidence.estimate, half_width(evidence), margin, criterion.kind)
    if needed is None or needed > evidence.n:
        return needed
    # The interval leans to the side of the margin: its longer side is what has to shrink.
    low, high = evidence.interval(TEST_LEVEL)
    longer = max(high - evidence.estimate, evidence.estimate - low)
    needed = n_needed(evidence.n, evidence.estimate, longer, margin, criterion.kind)
    return None if needed is None else max(needed, evidence.n + 1)


def _texts_to_survive(row: TestRow) -> int | None:
    """How many texts would carry a test that is held back through the correction, if its estimate stayed.

    The distance to the margin in standard errors grows with the square root of n; it has to reach the
    quantile of 5 % over the factor by which the correction has lifted this p-value.
    """
    assert row.n is not None
    assert row.p is not None
    assert row.p_adjusted is not None
    reached, asked = ndtri(1 - row.p), ndtri(1 - TEST_ALPHA * row.p / row.p_adjusted)
    needed = math.ceil(row.n * float(asked / reached) ** 2)
    return None if needed > MOST_TEXTS else max(needed, row.n + 1)


def _what_would_settle(needed: int | None) -> str:
    if needed is None:
        return "estimate and margin nearly meet, and not within a million texts would it be settled"
    return f"about {count(needed)} texts would settle it, if the estimate holds"


def _dimension(tests: Sequence[_Test]) -> DimensionVerdict:
    """What the tests of one chosen dimension say together."""
    rows = tuple(test.row for test in tests)
    measured = [row for row in rows if row.status != "not_measured"]
    if not measured:
        why = " ".join(row.why for row in rows) or "Nothing was measured here."
        return DimensionVerdict(status="not_measured", why=why, tests=rows)
    differing = [test.row for test in tests if test.different]
    status: Status
    if differing:
        status, reasons = "different", differing
    elif all(row.status == "equivalent" for row in rows):
        status, reasons = "equivalent", list(rows)
    else:
        status, reasons = "inconclusive", [row for row in rows if row.status != "equivalent"]
    return DimensionVerdict(status=status, why=" ".join(row.why for row in reasons), tests=rows)


def _left_out(tests: Sequence[_Test]) -> DimensionVerdict:
    """A dimension that was not chosen: its tests are shown and do not vote."""
    rows = tuple(test.row for test in tests)
    if not rows:
        return DimensionVerdict(
            status="not_measured", why="Not chosen for the verdict; it does not vote.", tests=rows
        )
    why = "Not chosen for the verdict: shown, but without a vote."
    return DimensionVerdict(status="information", why=why, tests=rows)


def _cost(findings: Findings | None) -> DimensionVerdict:
    if findings is None or not findings.measures:
        return DimensionVerdict(
            status="information", why="Size and speed were not measured; they never vote."
        )
    return DimensionVerdict(
        status="information", why="What is gained in size and speed is information and never votes."
    )


def _overall(
    voting: Mapping[Dimension, DimensionVerdict],
) -> tuple[Literal["equivalent", "different", "inconclusive"], str]:
    """The answer over the chosen dimensions, and the sentence that says it."""
    if not voting:
        return "inconclusive", "No dimension that can vote was chosen, so there is nothing to decide."
    by_status: dict[Status, list[str]] = {}
    for dimension, part in voting.items():
        by_status.setdefault(part.status, []).append(WORDS[dimension])
    same = by_status.get("equivalent", [])
    rest = [*by_status.get("inconclusive", []), *by_status.get("not_measured", [])]
    also = f" Within the margins: {listed(same)}." if same else ""
    open_too = f" Not settled: {listed(rest)}." if rest else ""
    if "different" in by_status:
        names = listed(by_status["different"])
        return "different", f"Beyond the margins: {names}.{open_too}{also}"
    if rest:
        return "inconclusive", f"These texts do not settle it. Open: {listed(rest)}.{also}"
    return "equivalent", f"Within the margins: {listed(same)}."


def _inner(sentence: str) -> str:
    """A sentence as part of another one: no stop at its end."""
    return sentence.strip().rstrip(".")
