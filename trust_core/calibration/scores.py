"""Figures that are means over texts: Brier, NLL, signed gap, confidence; all from one resampling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from trust_core.calibration.scoring_rules import WORST_NLL, brier_scores, negative_log_likelihoods
from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import Evidence, Measure, NotMeasured, Of
from trust_core.domain.predictions import Predictions
from trust_core.stats.bootstrap import Resamples, Span, evidence_from_draws
from trust_core.stats.evidence import measured

Evidences = dict[tuple[str, Of], Evidence | NotMeasured]
"""Evidence by the measure's key and whom it describes."""

GOLD_SCORES = ("brier", "nll", "signed_gap")
"""Keys that need gold classes, in the order in which they are shown."""

_SIDES: tuple[Of, ...] = ("reference", "candidate", "difference")


@dataclass(frozen=True, slots=True)
class Score:
    """A figure whose value is a mean over texts: (n,) values of each model, and the range of one value."""

    key: str
    reference: FloatArray
    candidate: FloatArray
    span: Span


def gold_scores(
    gold: Int[np.ndarray, " n"], reference: Predictions, candidate: Predictions
) -> tuple[tuple[Score, ...], tuple[str, ...]]:
    """Brier, NLL and signed gap of each text for both models, and notes on clipped probabilities."""
    losses, clipped = zip(
        *(negative_log_likelihoods(model, gold) for model in (reference, candidate)), strict=True
    )
    worst = max(WORST_NLL, float(losses[0].max()), float(losses[1].max()))
    notes = tuple(
        f"NLL of {model.model}: {count} {'probability' if count == 1 else 'probabilities'} of a gold class "
        f"below 1e-7 {'was' if count == 1 else 'were'} taken as 1e-7."
        for model, count in zip((reference, candidate), clipped, strict=True)
        if count
    )
    briers = [brier_scores(model.probabilities, gold) for model in (reference, candidate)]
    gaps = [model.confidence - (model.predicted == gold) for model in (reference, candidate)]
    scores = (
        Score("brier", briers[0], briers[1], (0.0, 2.0)),
        Score("nll", losses[0], losses[1], (0.0, worst)),
        Score("signed_gap", gaps[0], gaps[1], (-1.0, 1.0)),
    )
    return scores, notes


def score_evidence(scores: tuple[Score, ...], resamples: Resamples) -> Evidences:
    """Percentile limits of each score of the reference, of the candidate and of their paired difference."""
    columns = np.stack([side for score in scores for side in (score.reference, score.candidate)], axis=1)
    estimates, draws = columns.mean(axis=0), resamples.means(columns)
    found: Evidences = {}
    for index, score in enumerate(scores):
        a, b = 2 * index, 2 * index + 1
        width = score.span[1] - score.span[0]
        sides = (
            (estimates[a], draws[:, a], score.span),
            (estimates[b], draws[:, b], score.span),
            (estimates[b] - estimates[a], draws[:, b] - draws[:, a], (-width, width)),
        )
        for of, (estimate, drawn, span) in zip(_SIDES, sides, strict=True):
            found[score.key, of] = evidence_from_draws(drawn, float(estimate), n=resamples.n, span=span)
    return found


def confidence_evidence(reference: Predictions, candidate: Predictions, resamples: Resamples) -> Evidences:
    """Mean confidence of both models, and its difference: they need no gold."""
    score = Score("mean_confidence", reference.confidence, candidate.confidence, (0.0, 1.0))
    return score_evidence((score,), resamples)


def blocked_evidence(keys: tuple[str, ...], why: NotMeasured) -> Evidences:
    """The same reason for each score of each side."""
    return {(key, of): why for key in keys for of in _SIDES}


def score_measures(evidences: Evidences) -> list[Measure]:
    """The figures that are shown for these pieces of evidence, in their order."""
    return [Measure(key, of, measured(evidence)) for (key, of), evidence in evidences.items()]
