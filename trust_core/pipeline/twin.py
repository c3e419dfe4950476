"""The reference's twin in the figures of a candidate: paired comparison of the reasons, margins, labels."""

from __future__ import annotations

from dataclasses import dataclass, replace

from trust_core.alignment.beside_twin import alignment_beside_twin
from trust_core.domain.measures import Findings, Measure, NotMeasured, Vote
from trust_core.domain.spec import Margins, Spec
from trust_core.pipeline.measuring import CandidateResults, joined_findings
from trust_core.report.assemble import measure_rows
from trust_core.report.retraining import (
    PAIRED,
    Retraining,
    votes_from_floor,
    votes_from_twin,
    widened_margins,
)
from trust_core.stats.evidence import measured


@dataclass(frozen=True, slots=True)
class TwinResults:
    """What the reference's twin shows.

    Attributes:
        name: its name.
        found: every figure of the reference and the twin.
    """

    name: str
    found: CandidateResults

    @property
    def retraining(self) -> Retraining:
        """The same for the report."""
        by_dimension = self.found.by_dimension
        votes = tuple(vote for findings in by_dimension.values() for vote in findings.votes)
        return Retraining(self.name, measure_rows(by_dimension), votes)


def with_twin(spec: Spec, found: CandidateResults, twin: TwinResults) -> CandidateResults:
    """A candidate's figures with its alignment beside the twin's, by every explainer that both have.

    The new figure votes in place of the alignment where margins come from the twin.
    """
    measures, votes = [], []
    for explainer, ours in found.reasons.items():
        theirs = twin.found.reasons.get(explainer)
        evidence = (
            NotMeasured("the twin was not explained", "control_texts of 20 or more")
            if theirs is None
            else alignment_beside_twin(
                ours.halves,
                ours.text_ids,
                theirs.halves,
                theirs.text_ids,
                resamples=spec.resamples,
                seed=spec.seed,
            )
        )
        known = next((one for one in ours.findings.measures if one.key == "alignment"), None)
        settings = {} if known is None else {k: v for k, v in known.settings.items() if k != "interval"}
        measures.append(Measure(PAIRED, "pair", measured(evidence), explainer, settings))
        votes.append(Vote(PAIRED, evidence, explainer))
    reasons = joined_findings(
        [found.by_dimension["reasons"], Findings(tuple(measures), tuple(votes))]
        if measures
        else [found.by_dimension["reasons"]]
    )
    by_dimension = {**found.by_dimension, "reasons": reasons}
    chosen = votes_from_twin(by_dimension) if spec.margins_from_twin else votes_from_floor(by_dimension)
    return replace(found, by_dimension=chosen)


def applied_margins(spec: Spec, twin: TwinResults | None) -> Margins:
    """The margins that the verdicts are reached with."""
    if twin is None or not spec.margins_from_twin:
        return spec.margins
    return widened_margins(spec.margins, twin.retraining)
