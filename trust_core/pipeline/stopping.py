"""Which explanations are still needed: those whose test of the reasons is not settled yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from trust_core.domain.measures import Findings
from trust_core.domain.report import CandidateReport
from trust_core.explain.methods import GRADIENTS
from trust_core.pipeline.measuring import CandidateResults, ModelResults
from trust_core.report.criteria import explainer_title
from trust_core.report.verdict import held_back

Needed = Mapping[str, frozenset[str]]
"""Candidate -> explainers whose test is open."""


def open_explainers(candidates: Sequence[CandidateReport]) -> Needed:
    """The explainers whose test of the reasons is open, by candidate.

    A test is settled where it is equivalent, or different also after Holm's correction over all tests of the
    candidate: so the verdict of a run that stops here is the one that let it stop.
    """
    return {
        candidate.name: frozenset(
            test.explainer
            for test in candidate.verdict.dimensions["reasons"].tests
            if test.explainer is not None
            and (test.status in ("inconclusive", "not_measured") or held_back(test))
        )
        for candidate in candidates
    }


def with_counts(found: CandidateResults, candidate: ModelResults, most: int) -> CandidateResults:
    """The figures with a note on how many texts each explainer took.

    Args:
        found: figures of a candidate of a run that stops when it is settled.
        candidate: what the candidate said.
        most: how many texts would have been explained at the most.
    """
    notes = []
    for explainer, explained in candidate.explanations.items():
        if explainer in GRADIENTS:
            continue
        title, count = explainer_title(explainer), len(explained)
        if count < most:
            notes.append(f"{title} stopped early: its test was settled after {count:,} of {most:,} texts.")
        else:
            notes.append(
                f"{title} explained all {most:,} texts: its test was not settled before the last round."
            )
    reasons = found.by_dimension["reasons"]
    counted = Findings(reasons.measures, reasons.votes, (*reasons.notes, *notes))
    return replace(found, by_dimension={**found.by_dimension, "reasons": counted})
