"""What a reliability diagram shows of both models, for any bins, of the top label or of one class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import csr_array, hstack

from trust_core.calibration.binning import assign_bins, membership
from trust_core.calibration.smooth import (
    CELLS,
    NARROWEST,
    cell_centres,
    cell_membership,
    gap_curve,
    smooth_cells,
    smooth_ece,
)
from trust_core.calibration.views import Dealt
from trust_core.domain.arrays import BoolArray, FloatArray, IntArray
from trust_core.domain.measures import LEVEL
from trust_core.domain.predictions import Predictions
from trust_core.stats.bootstrap import Resamples
from trust_core.stats.intervals import wilson_interval

FEWEST = 5.0
"""Texts under the kernel below which a smooth curve is not drawn: it would show its own assumption."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a model says of one event in each of n texts, and whether the event came.

    Attributes:
        probability: (n,) how sure it is.
        target: (n,) the class whose arrival it announces: the predicted one, or one class throughout.
        came: (n,) whether that class is the gold one.
    """

    probability: FloatArray
    target: IntArray
    came: BoolArray

    def dealt(self, edges: Float[np.ndarray, " e"]) -> Dealt:
        """The texts in the bins between these edges."""
        return Dealt(membership(self.probability, edges), self.probability, self.target)


@dataclass(frozen=True, slots=True)
class BinnedClaims:
    """One model's claims in b bins; bins without a text have count 0 and means of 0.

    Attributes:
        edges: (b + 1,) their ends.
        place: (n,) the bin of each text.
        count: (b,) texts.
        said: (b,) mean probability.
        came: (b,) share of texts in which the event came.
        low, high: (b,) Wilson's 95 % interval of `came`.
    """

    edges: FloatArray
    place: IntArray
    count: IntArray
    said: FloatArray
    came: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True)
class Band:
    """A curve with its bootstrap band at m places.

    Attributes:
        at: (m,) probability.
        value: (m,) the curve.
        low, high: (m,) 95 % percentile limits, place by place.
        share: (m,) density of the texts there, of mean 1 over [0, 1].
    """

    at: FloatArray
    value: FloatArray
    low: FloatArray
    high: FloatArray
    share: FloatArray


def claims(predictions: Predictions, gold: Int[np.ndarray, " n"], *, of_class: int | None = None) -> Claims:
    """Claims of the predicted class, or those of one class whatever is predicted."""
    if of_class is None:
        target, probability = predictions.predicted, predictions.confidence
    else:
        target = np.full(len(predictions), of_class, dtype=np.int64)
        probability = np.ascontiguousarray(predictions.probabilities[:, of_class])
    return Claims(probability, target, target == gold)


def binned_claims(model: Claims, edges: Float[np.ndarray, " e"]) -> BinnedClaims:
    """Count, mean probability and share of arrivals of every bin."""
    place = assign_bins(model.probability, edges)
    bins = len(edges) - 1
    count = np.bincount(place, minlength=bins)
    safe = np.maximum(count, 1).astype(np.float64)
    events = np.bincount(place, weights=model.came, minlength=bins)
    low, high = wilson_interval(events, safe)
    said = np.bincount(place, weights=model.probability, minlength=bins) / safe
    return BinnedClaims(edges, place, count, said, events / safe, low, high)


def binned_gap_difference(
    reference: Claims, candidate: Claims, edges: Float[np.ndarray, " e"], *, resamples: Resamples
) -> tuple[IntArray, Band]:
    """Gap of the candidate minus gap of the reference in each bin where both have texts.

    A gap is mean probability minus share of arrivals. Limits are percentiles of a bootstrap over texts with
    the bins held fixed; resamples in which a model has no text in the bin say nothing about it.

    Returns:
        The bins (v,) and the difference there, at the mean probability of both models together.
    """
    columns = csr_array(hstack([_gap_columns(m, edges) for m in (reference, candidate)], format="csr"))
    estimate = _gaps(columns.sum(axis=0)[None] / resamples.n)[0]
    used = np.flatnonzero(~np.isnan(estimate))
    drawn = _gaps(resamples.means(columns))[:, used]
    low, high = np.nanquantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0) if len(used) else ([], [])
    sides = [binned_claims(model, edges) for model in (reference, candidate)]
    count = sides[0].count + sides[1].count
    said = sum(side.said * side.count for side in sides) / np.maximum(count, 1)
    share = count / (2 * resamples.n) / np.diff(edges)
    return used, Band(said[used], estimate[used], np.asarray(low), np.asarray(high), share[used])


def _gap_columns(model: Claims, edges: Float[np.ndarray, " e"]) -> csr_array:
    """(n, 2 b) per text: its bin, then its bin times (probability - arrival)."""
    inside = membership(model.probability, edges)
    residual = model.probability - model.came
    return csr_array(hstack([inside, inside * residual[:, None]], format="csr"))


def _gaps(means: Float[np.ndarray, "draws m"]) -> Float[np.ndarray, "draws b"]:
    """Difference of the gaps in every bin; NaN where either model has no text."""
    share_a, residual_a, share_b, residual_b = np.split(means, 4, axis=-1)
    both = (share_a > 0) & (share_b > 0)
    safe_a, safe_b = np.where(both, share_a, 1.0), np.where(both, share_b, 1.0)
    gaps: FloatArray = np.where(both, residual_b / safe_b - residual_a / safe_a, np.nan)
    return gaps


def smooth_curves(reference: Claims, candidate: Claims, *, resamples: Resamples) -> tuple[Band, Band, Band]:
    """Arrivals over probability of both models, and the difference of their gaps, smoothed by a kernel.

    All three have the larger of the two models' SmoothECE bandwidths, held fixed in the resamples, so that
    what is drawn is what the distance of the gap curves adds up. A curve ends where fewer than `FEWEST`
    texts lie under the kernel; the difference is drawn where both models' curves are.
    """
    n = resamples.n
    columns = csr_array(hstack([_cell_columns(m) for m in (reference, candidate)], format="csr"))
    means = np.concatenate([columns.sum(axis=0)[None] / n, resamples.means(columns)])
    share_a, residual_a, share_b, residual_b = np.split(means, 4, axis=-1)
    bandwidth = float(max(NARROWEST, smooth_ece(np.stack([residual_a[0], residual_b[0]])).max()))
    gaps = [
        gap_curve(share, residual, bandwidth=bandwidth, n=n)
        for share, residual in ((share_a, residual_a), (share_b, residual_b))
    ]
    density = [smooth_cells(share[0], bandwidth) for share in (share_a, share_b)]
    # A Gaussian kernel counts as many texts as a box of 2 sqrt(pi) bandwidths.
    dense = [one * n * 2 * np.sqrt(np.pi) * bandwidth >= FEWEST for one in density]
    at = cell_centres()
    return (
        _band(at, np.clip(at - gaps[0], 0.0, 1.0), density[0], dense[0]),
        _band(at, np.clip(at - gaps[1], 0.0, 1.0), density[1], dense[1]),
        _band(at, gaps[1] - gaps[0], (density[0] + density[1]) / 2, dense[0] & dense[1]),
    )


def _cell_columns(model: Claims) -> csr_array:
    """(n, 2 CELLS) per text: its weight in each cell, then that times (probability - arrival)."""
    weights = cell_membership(model.probability)
    return csr_array(hstack([weights, weights * (model.probability - model.came)[:, None]], format="csr"))


def _band(
    at: FloatArray, curves: Float[np.ndarray, "draws 512"], density: FloatArray, shown: BoolArray
) -> Band:
    """The first curve with the limits of the others, at every second cell that is shown."""
    chosen = np.flatnonzero(shown & (np.arange(CELLS) % 2 == 0))
    low, high = np.quantile(curves[1:, chosen], [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return Band(at[chosen], curves[0, chosen], low, high, density[chosen])
