"""How far apart two models' laws of confidence lie, whatever the texts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import LEVEL, Evidence, Measured, NotMeasured
from trust_core.stats.bootstrap import Resamples, evidence_from_draws
from trust_core.stats.evidence import too_few
from trust_core.stats.seeds import derived_rng

SWAPS = 400
"""Random swaps behind the level."""

_CELLS = 2_000_000


@dataclass(frozen=True, slots=True)
class LawDistance:
    """The Wasserstein distance of two laws of confidence.

    Attributes:
        evidence: the distance with its limits.
        level: its mean when the two models are exchanged at random within texts, with the range that holds
            95 % of such swaps.
    """

    evidence: Evidence
    level: Measured


def wasserstein(
    reference: Float[np.ndarray, " n"],
    candidate: Float[np.ndarray, " n"],
    weights: Float[np.ndarray, "draws n"],
) -> Float[np.ndarray, " draws"]:
    """Wasserstein-1 distance: the area between the two distribution functions of confidence, in [0, 1].

    Source: Vallender 1974. Agrees with scipy's `wasserstein_distance`.

    Args:
        reference: confidences of the reference.
        candidate: of the candidate, on the same texts.
        weights: how often each text counts in each draw; -1 exchanges the models on a text.
    """
    n = len(reference)
    both = np.concatenate([reference, candidate])
    order = np.argsort(both, kind="stable")
    signs = np.where(order < n, 1.0, -1.0)
    steps = np.diff(both[order])
    rows = max(1, _CELLS // max(1, 2 * n))
    parts = [
        np.abs((weights[at : at + rows, order % n] * signs).cumsum(axis=1)[:, :-1]) @ steps / n
        for at in range(0, len(weights), rows)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


def law_distance(
    reference: Float[np.ndarray, " n"], candidate: Float[np.ndarray, " n"], *, resamples: Resamples
) -> LawDistance | NotMeasured:
    """The distance of two laws of confidence beside its level under random swaps.

    Noise lifts the distance above 0: the lower limit is the basic one, the upper the percentile one.

    Returns:
        NotMeasured with fewer than 20 texts.
    """
    n = len(reference)
    refused = too_few(n)
    if refused is not None:
        return refused
    value = float(wasserstein(reference, candidate, np.ones((1, n)))[0])
    draws = np.concatenate([wasserstein(reference, candidate, block) for block in resamples.counts()])
    evidence = evidence_from_draws(draws, value, n=n, span=(0.0, 1.0), kind="outer")
    if isinstance(evidence, NotMeasured):
        return evidence
    rng = derived_rng(resamples.seed, "wasserstein", "swaps", str(n))
    swapped = _swapped(reference, candidate, rng=rng)
    mean = float(swapped.mean())
    low, high = np.quantile(swapped, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    level = Measured(value=mean, low=min(float(low), mean), high=max(float(high), mean), level=LEVEL, n=n)
    return LawDistance(evidence, level)


def _swapped(reference: FloatArray, candidate: FloatArray, *, rng: np.random.Generator) -> FloatArray:
    """(SWAPS,) the distance after exchanging the models on a random half of the texts."""
    n = len(reference)
    rows = max(1, _CELLS // n)
    parts = [
        wasserstein(reference, candidate, rng.integers(0, 2, size=(min(rows, SWAPS - at), n)) * 2.0 - 1.0)
        for at in range(0, SWAPS, rows)
    ]
    return np.concatenate(parts)
