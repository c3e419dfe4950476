"""What to do next, from the verdict alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trust_core.domain.report import TestRow, Verdict
from trust_core.report.criteria import labels
from trust_core.report.verdict import held_back
from trust_core.report.wording import count, listed

EXPLAINED: Final = "Texts explained"
"""What the page New comparison calls the number of texts that are explained."""

_GO_AHEAD = (
    "Within these margins, on texts like these, the candidate can take the reference's place. Check that the "
    "margins fit your use and that the texts look like yours."
)


def next_steps(
    verdict: Verdict,
    *,
    controls_failed: Sequence[str] = (),
    flips_in: str = "pairs.parquet",
    explained_by: str = "--explain-limit",
) -> tuple[str, ...]:
    """What the reader can do about this verdict, the most useful step first.

    Args:
        verdict: of one candidate.
        controls_failed: names of the controls that came out wrong.
        flips_in: where this reader finds the texts that flipped.
        explained_by: with what this reader says how many texts are explained.
    """
    if controls_failed:
        names = listed([f"control {name}" for name in controls_failed])
        return (f"Look at {names} first: until the measurement is mended, no figure here counts.",)
    steps: list[str] = []
    parts = verdict.dimensions
    differing = {name for name, part in parts.items() if part.status == "different"}
    if verdict.overall == "equivalent":
        return (_GO_AHEAD,)
    if "answers" in differing:
        steps.append(
            f"Compress less, or train the candidate further; {flips_in} lists the texts that flipped."
        )
    if "reliability" in differing:
        steps.append(
            "Recalibrate the candidate on held-out texts (temperature scaling changes no answer) and compare "
            "again: a gap in confidence can often be closed, lost discrimination cannot."
        )
    if "reasons" in differing:
        steps.append(
            "Read the explained texts with the lowest alignment: the candidate gives its answers for other "
            "reasons. Distilling on more varied texts, or compressing less, brings them back."
        )
    if "confidence_use" in differing:
        steps.append(
            "Tune the threshold again on the candidate's own confidences: the reference's lets other errors "
            "through."
        )
    open_tests = [
        test
        for part in parts.values()
        if part.status in ("inconclusive", "not_measured")
        for test in part.tests
    ]
    # Once a dimension differs, more texts no longer change the answer.
    steps.extend(_open_steps(open_tests, explained_by, more_texts=verdict.overall != "different"))
    return tuple(steps)


def _open_steps(tests: list[TestRow], explained_by: str, *, more_texts: bool) -> list[str]:
    """What would settle what is open."""
    steps: list[str] = []
    open_tests = [test for test in tests if test.status == "inconclusive" or held_back(test)]
    countable = [test for test in open_tests if test.n_needed is not None]
    if countable and more_texts:
        most = max(countable, key=lambda test: test.n_needed or 0)
        steps.append(
            f"Test on more texts: about {count(most.n_needed or 0)} would settle {labels([most])}, the "
            f"hardest of the questions still open{_where(most, explained_by)}."
        )
    stuck = [test for test in open_tests if test.n_needed is None]
    if stuck:
        steps.append(
            f"More texts alone will not settle {labels(stuck)}: decide "
            "whether its margin is the right one for your use, before looking at the figure again."
        )
    held = [test for test in open_tests if held_back(test)]
    if held:
        steps.append(
            f"Take {labels(held)} seriously: beyond the margin when looked "
            "at alone, but one of several tests, which a false alarm can explain."
        )
    missing = [test for test in tests if test.status == "not_measured"]
    if missing:
        steps.append(f"Measure what is missing: {labels(missing)}; each says what it needs.")
    return steps


def _where(test: TestRow, explained_by: str) -> str:
    return f" (explained texts: {explained_by})" if test.explainer else ""
