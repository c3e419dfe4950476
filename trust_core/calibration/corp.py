"""CORP: the Brier score split into miscalibration, discrimination and uncertainty.

Recalibrating a model by isotonic regression takes away what can be mended without touching the order of its
answers; what remains is what the model can and cannot tell apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.optimize import isotonic_regression

from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import Measured, NotMeasured
from trust_core.stats.bootstrap import Resamples, evidence_from_draws
from trust_core.stats.evidence import measured, too_few

PARTS = ("miscalibration", "discrimination", "uncertainty")
"""The parts in the order of `brier_parts`: score = miscalibration - discrimination + uncertainty."""


@dataclass(frozen=True, slots=True)
class BrierSplit:
    """The parts of both models' Brier scores, each with a basic bootstrap interval (not a test).

    Attributes:
        reference, candidate, difference: by the names of `PARTS`; the difference is paired.
    """

    reference: dict[str, Measured | NotMeasured]
    candidate: dict[str, Measured | NotMeasured]
    difference: dict[str, Measured | NotMeasured]


def brier_parts(
    probabilities: Float[np.ndarray, "n k"],
    gold: Int[np.ndarray, " n"],
    *,
    weights: Float[np.ndarray, "draws n"] | None = None,
) -> Float[np.ndarray, "draws 3"]:
    """Miscalibration, discrimination and uncertainty, each class against the rest, summed over classes.

    Miscalibration is what isotonic recalibration would take off the score (lower is better), discrimination
    what the order of the answers takes off the uncertainty (higher is better), and uncertainty the score of
    the class shares themselves, which no model changes. All are in [0, 2]; miscalibration - discrimination +
    uncertainty is the Brier score in its sum form, exactly.

    Source: Dimitriadis, Gneiting and Jordan 2021 (CORP). Agrees with scikit-learn's isotonic regression.

    Args:
        probabilities: of each class.
        gold: gold classes.
        weights: how often each text counts, one row a resample; None for once each, in one row.
    """
    counts = np.ones((1, len(gold))) if weights is None else weights
    parts = np.zeros((len(counts), 3))
    for index, column in enumerate(np.ascontiguousarray(probabilities.T)):
        parts += _class_parts(column, (gold == index).astype(np.float64), counts)
    return parts


def _class_parts(
    probability: Float[np.ndarray, " n"], hit: Float[np.ndarray, " n"], counts: Float[np.ndarray, "draws n"]
) -> FloatArray:
    """(draws, 3) the parts of one class against the rest."""
    order = np.argsort(probability, kind="stable")
    # Texts of equal probability get one value, so they are one observation of their common mean.
    levels, starts = np.unique(probability[order], return_index=True)
    sorted_hit, squared = hit[order], levels**2
    parts = np.empty((len(counts), 3))
    for row, drawn in zip(parts, counts, strict=True):
        weight = drawn[order]
        mass, hits = weight, weight * sorted_hit
        if len(levels) < len(order):
            mass, hits = np.add.reduceat(mass, starts), np.add.reduceat(hits, starts)
        total, came = float(mass.sum()), float(hits.sum())
        rate = came / total
        recalibrated = _isotonic_score(mass, hits) / total
        score = float(mass @ squared - 2 * (levels @ hits) + came) / total
        uncertainty = rate * (1 - rate)
        row[:] = score - recalibrated, uncertainty - recalibrated, uncertainty
    return parts


def _isotonic_score(mass: Float[np.ndarray, " u"], hits: Float[np.ndarray, " u"]) -> float:
    """Summed squared error of the isotonic fit to the hits, levels in rising order."""
    used = np.flatnonzero(mass)
    mass, hits = mass[used], hits[used]
    fitted = isotonic_regression(hits / mass, weights=mass).x
    return float(mass @ fitted**2 - 2 * (fitted @ hits) + hits.sum())


def brier_split(
    gold: Int[np.ndarray, " n"],
    reference: Float[np.ndarray, "n k"],
    candidate: Float[np.ndarray, "n k"],
    *,
    resamples: int,
    seed: int,
) -> BrierSplit | NotMeasured:
    """The parts of both models and of their paired difference.

    Noise lifts miscalibration and discrimination alike, which a basic interval takes off once: it informs and
    is no test.

    Returns:
        NotMeasured with fewer than 20 texts.
    """
    n = len(gold)
    refused = too_few(n)
    if refused is not None:
        return refused
    values = [brier_parts(model, gold)[0] for model in (reference, candidate)]
    drawn: list[list[FloatArray]] = [[], []]
    for counts in Resamples(n=n, count=resamples, seed=seed).counts():
        for side, model in enumerate((reference, candidate)):
            drawn[side].append(brier_parts(model, gold, weights=counts))
    draws = [np.concatenate(side) for side in drawn]
    return BrierSplit(
        reference=_figures(values[0], draws[0], n, (0.0, 2.0)),
        candidate=_figures(values[1], draws[1], n, (0.0, 2.0)),
        difference=_figures(values[1] - values[0], draws[1] - draws[0], n, (-2.0, 2.0)),
    )


def _figures(
    values: FloatArray, draws: FloatArray, n: int, span: tuple[float, float]
) -> dict[str, Measured | NotMeasured]:
    return {
        part: measured(evidence_from_draws(draws[:, at], float(values[at]), n=n, span=span, kind="basic"))
        for at, part in enumerate(PARTS)
    }
