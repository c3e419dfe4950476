"""Every figure of the dimension `reliability` for a reference and one candidate."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int

from trust_core.calibration.curve_distance import SWAPS, CurveDistance, curve_distance
from trust_core.calibration.errors import error_measures
from trust_core.calibration.scores import (
    GOLD_SCORES,
    Evidences,
    blocked_evidence,
    confidence_evidence,
    gold_scores,
    score_evidence,
    score_measures,
)
from trust_core.domain.measures import Figure, Findings, Measure, NotMeasured, Vote
from trust_core.domain.predictions import Predictions, demand_comparable
from trust_core.domain.texts import NO_LABEL
from trust_core.stats.bootstrap import Resamples
from trust_core.stats.evidence import measured, too_few

UNLABELLED = NotMeasured(reason="not every text has a gold label", needs="a gold label for every text")


def reliability_findings(
    gold: Int[np.ndarray, " n"],
    reference: Predictions,
    candidate: Predictions,
    *,
    bins: int,
    resamples: int,
    seed: int,
) -> Findings:
    """Brier, NLL, gaps, distance of the gap curves, and calibration errors with their levels.

    Args:
        gold: (n,) gold classes; where any is missing, only what needs no gold is measured.
        reference: the reference's predictions.
        candidate: the candidate's, on the same texts in the same order.
        bins: bins of the binned errors.
        resamples: bootstrap resamples.
        seed: the spec's seed.

    Returns:
        Every key of the catalogue's reliability section, the same list whether it could be measured or not;
        votes for brier, signed_gap and curve_distance.

    Raises:
        ValueError: the predictions are not of the same texts and classes, or not of as many as `gold`.
    """
    demand_comparable(gold, reference, candidate)
    n = len(gold)
    few = too_few(n)
    drawn = few or Resamples(n=n, count=resamples, seed=seed)
    confidences = (
        blocked_evidence(("mean_confidence",), drawn)
        if isinstance(drawn, NotMeasured)
        else confidence_evidence(reference, candidate, drawn)
    )
    labelled = drawn if few is not None or (gold != NO_LABEL).all() else UNLABELLED
    notes: tuple[str, ...] = ()
    scored: Evidences
    distance: CurveDistance | NotMeasured
    if isinstance(labelled, NotMeasured):
        scored, distance = blocked_evidence(GOLD_SCORES, labelled), labelled
    else:
        scores, notes = gold_scores(gold, reference, candidate)
        scored = score_evidence(scores, labelled)
        distance = curve_distance(gold, reference, candidate, resamples=labelled)
    measures = (
        *score_measures(scored),
        *_distance_measures(distance),
        *error_measures(gold, reference, candidate, bins=bins, resamples=labelled),
        *score_measures(confidences),
    )
    votes = (
        Vote("brier", scored["brier", "difference"]),
        Vote("signed_gap", scored["signed_gap", "difference"]),
        Vote("curve_distance", distance if isinstance(distance, NotMeasured) else distance.evidence),
    )
    return Findings(measures=measures, votes=votes, notes=notes)


def _distance_measures(distance: CurveDistance | NotMeasured) -> list[Measure]:
    """D and its level under random swaps."""
    figures: tuple[Figure, Figure]
    if isinstance(distance, NotMeasured):
        figures = distance, distance
    else:
        figures = measured(distance.evidence), distance.level
    return [
        Measure("curve_distance", "pair", figures[0]),
        Measure("curve_distance_level", "pair", figures[1], settings={"simulations": SWAPS}),
    ]
