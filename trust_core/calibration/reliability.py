"""Data of reliability diagrams: confidence and accuracy per bin, with Wilson intervals."""

from __future__ import annotations

from typing import Literal

import numpy as np
from jaxtyping import Float, Int

from trust_core.calibration.binning import BinningName, EdgesName, assign_bins, bin_edges
from trust_core.domain.predictions import Predictions
from trust_core.domain.report import ReliabilityCurve
from trust_core.domain.texts import NO_LABEL
from trust_core.stats.intervals import wilson_interval

Role = Literal["reference", "candidate"]

BINNINGS: tuple[BinningName, ...] = ("equal-width", "equal-mass")
EDGES: tuple[EdgesName, ...] = ("pooled", "own")


def reliability_curves(
    gold: Int[np.ndarray, " n"], reference: Predictions, candidate: Predictions, *, bins: int
) -> tuple[ReliabilityCurve, ...]:
    """Reliability diagrams of a pair: both models, equal-width and equal-mass bins, pooled and own edges.

    Args:
        gold: (n,) gold classes.
        reference: the reference's predictions.
        candidate: the candidate's, on the same texts.
        bins: how many bins; equal-mass bins with equal edges are merged.

    Returns:
        One curve for each; none for texts without gold classes or without any text.
    """
    if len(gold) == 0 or (gold == NO_LABEL).any():
        return ()
    both = np.concatenate([reference.confidence, candidate.confidence])
    roles: tuple[tuple[Role, Predictions], ...] = (("reference", reference), ("candidate", candidate))
    return tuple(
        reliability_curve(
            gold,
            predictions,
            of=of,
            candidate=candidate.model,
            binning=binning,
            bins=bins,
            edges=edges,
            pooled=both,
        )
        for edges in EDGES
        for binning in BINNINGS
        for of, predictions in roles
    )


def reliability_curve(
    gold: Int[np.ndarray, " n"],
    predictions: Predictions,
    *,
    of: Role,
    candidate: str,
    binning: BinningName,
    bins: int,
    edges: EdgesName,
    pooled: Float[np.ndarray, " both"],
) -> ReliabilityCurve:
    """One reliability diagram: for each bin that holds texts its ends, count, mean confidence and accuracy.

    The interval of the accuracy is Wilson's at 95 %.
    """
    confidence = predictions.confidence
    bounds = bin_edges(binning, pooled if edges == "pooled" else confidence, bins)
    index = assign_bins(confidence, bounds)
    size = len(bounds) - 1
    counts = np.bincount(index, minlength=size)
    used = counts > 0
    n = counts[used].astype(np.float64)
    right = np.bincount(index, weights=predictions.predicted == gold, minlength=size)[used]
    low, high = wilson_interval(right, n)
    return ReliabilityCurve(
        of=of,
        candidate=candidate,
        binning=binning,
        bins=bins,
        edges=edges,
        left=tuple(bounds[:-1][used].tolist()),
        right=tuple(bounds[1:][used].tolist()),
        n=tuple(counts[used].tolist()),
        conf=tuple((np.bincount(index, weights=confidence, minlength=size)[used] / n).tolist()),
        acc=tuple((right / n).tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
    )
