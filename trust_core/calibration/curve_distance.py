"""D: how far apart the smoothed gap curves of two models lie, and how far chance alone puts them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import csr_array, hstack

from trust_core.calibration.smooth import NARROWEST, cell_membership, gap_curve, smooth_ece
from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import ALPHAS, LEVEL, Evidence, Measured, NotMeasured
from trust_core.domain.predictions import Predictions
from trust_core.stats.bootstrap import Resamples, Span, evidence_from_draws
from trust_core.stats.evidence import too_few
from trust_core.stats.seeds import derived_rng

SPAN: Span = (0.0, 2.0)
"""Gaps lie in [-1, 1], so curves are at most 2 apart."""

SWAPS = 1000
"""Random swaps behind the level and its p-value, whose smallest value is 1 / (swaps + 1)."""

_CELLS = 4_000_000


@dataclass(frozen=True, slots=True)
class CurveDistance:
    """The curve distance of a pair.

    Attributes:
        evidence: D with percentile upper and basic lower limits; null_p is the share of random swaps with at
            least this D.
        level: the mean of D under random swaps, with the range that holds 95 % of them.
        bandwidth: the bandwidth of both curves.
    """

    evidence: Evidence
    level: Measured
    bandwidth: float


def curve_columns(predictions: Predictions, gold: Int[np.ndarray, " n"]) -> csr_array:
    """(n, 2 CELLS) per text: its weight in each cell, then that weight times confidence - correctness."""
    weights = cell_membership(predictions.confidence)
    residual = predictions.confidence - (predictions.predicted == gold)
    return csr_array(hstack([weights, weights * residual[:, None]], format="csr"))


def distance_of_means(
    means: Float[np.ndarray, "*draws m"], *, bandwidth: float, n: int
) -> Float[np.ndarray, "*draws"]:
    """D = integral of |g_A(t) - g_B(t)| over the law of both models' confidences together.

    Args:
        means: (..., 4 CELLS) means of the reference's and the candidate's `curve_columns`.
        bandwidth: of both curves.
        n: how many texts.
    """
    share_a, residual_a, share_b, residual_b = np.split(means, 4, axis=-1)
    reference = gap_curve(share_a, residual_a, bandwidth=bandwidth, n=n)
    candidate = gap_curve(share_b, residual_b, bandwidth=bandwidth, n=n)
    return np.asarray((np.abs(reference - candidate) * (share_a + share_b) / 2).sum(axis=-1))


def shared_bandwidth(means: Float[np.ndarray, " m"]) -> float:
    """The larger SmoothECE bandwidth of the two models, from means as in `distance_of_means`."""
    _, residual_a, _, residual_b = np.split(means, 4)
    return float(max(NARROWEST, smooth_ece(np.stack([residual_a, residual_b])).max()))


def curve_distance(
    gold: Int[np.ndarray, " n"],
    reference: Predictions,
    candidate: Predictions,
    *,
    resamples: Resamples,
    swaps: int = SWAPS,
) -> CurveDistance | NotMeasured:
    """D of two models on the same labelled texts, judged against its level under random swaps.

    The bandwidth is chosen once and held in every resample and swap. A swap exchanges the two models' answers
    on each text with probability one half, which changes nothing where the models are reliable alike.

    Noise lifts D. The upper limit is the percentile one, which is lifted twice and so too high, if anything.
    The lower one is the basic one less sqrt(2) times the lift that resampling adds: of a curve that is all
    noise, sampling lifted D by 1 / (sqrt(2) - 1) = 1 + sqrt(2) times that, and the basic limit takes it off
    once. It is 0 at every error rate at which the swaps do not reject that the models are alike.

    Args:
        gold: (n,) gold classes.
        reference: the reference's predictions.
        candidate: the candidate's, on the same texts.
        resamples: the resampling shared by the measures of these texts; swaps come from its seed.
        swaps: how many random swaps.

    Returns:
        NotMeasured with fewer than 20 texts.
    """
    n = len(gold)
    refused = too_few(n)
    if refused is not None:
        return refused
    of_reference, of_candidate = curve_columns(reference, gold), curve_columns(candidate, gold)
    columns = csr_array(hstack([of_reference, of_candidate], format="csr"))
    means = columns.sum(axis=0) / n
    bandwidth = shared_bandwidth(means)
    distance = float(distance_of_means(means, bandwidth=bandwidth, n=n))
    draws = distance_of_means(resamples.means(columns), bandwidth=bandwidth, n=n)
    evidence = evidence_from_draws(draws, distance, n=n, span=SPAN, kind="outer")
    if isinstance(evidence, NotMeasured):
        return evidence
    lift = max(0.0, float(draws.mean()) - distance)
    low = np.maximum(evidence.low - np.sqrt(2) * lift, 0.0)
    rng = derived_rng(resamples.seed, "curve_distance", "swaps", str(n))
    difference = csr_array(of_candidate - of_reference)
    swapped = distance_of_means(_swapped_means(means, difference, swaps, rng=rng), bandwidth=bandwidth, n=n)
    # A swap that changes nothing but the order of the two models must count as reaching D.
    reached = int((swapped >= distance - 1e-12).sum())
    null_p = (1 + reached) / (1 + swaps)
    mean = float(swapped.mean())
    least, most = np.quantile(swapped, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return CurveDistance(
        evidence=replace(evidence, null_p=null_p, low=np.where(null_p <= ALPHAS, low, 0.0)),
        level=Measured(
            value=mean, low=min(float(least), mean), high=max(float(most), mean), level=LEVEL, n=n
        ),
        bandwidth=bandwidth,
    )


def _swapped_means(
    means: FloatArray, difference: csr_array, count: int, *, rng: np.random.Generator
) -> FloatArray:
    """(count, 4 CELLS) means after exchanging the models on a random half of the texts."""
    n = difference.shape[0]
    transposed = difference.T.tocsr()
    rows = max(1, _CELLS // n)
    blocks: list[FloatArray] = []
    for start in range(0, count, rows):
        swaps = rng.integers(0, 2, size=(min(rows, count - start), n)).astype(np.float64)
        moved = (transposed @ swaps.T).T / n
        blocks.append(means + np.concatenate([moved, -moved], axis=1))
    return np.concatenate(blocks)
