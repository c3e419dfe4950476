"""ECE at as many equal-mass bins as leave the accuracy rising with the confidence."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float

from trust_core.calibration.binning import equal_mass_edges
from trust_core.domain.arrays import FloatArray, IntArray

MOST_BINS = 200
"""The sweep ends here; it ends far earlier wherever a model errs."""

_ROUNDING = 1e-12


def sweep(
    confidence: Float[np.ndarray, " n"], right: Bool[np.ndarray, "draws n"]
) -> tuple[IntArray, FloatArray]:
    """The number of bins that the sweep stops at, and ECE there, for each row of answers.

    From one bin on the number of equal-mass bins grows as long as the accuracies of the bins do not fall from
    one bin to the next; the last number before they do is taken. Equal confidences stay in one bin.

    Source: Roelofs, Cain, Shlens and Mozer 2022, algorithm 1, with the absolute gap (p = 1) as in ECE.

    Args:
        confidence: of n texts.
        right: whether the answers are right; several rows where gold is simulated.

    Returns:
        (draws,) bins and (draws,) ECE.
    """
    draws, n = right.shape
    order = np.argsort(confidence, kind="stable")
    rising = confidence[order]
    sums = np.zeros((2, draws, n + 1))
    sums[0, :, 1:] = rising.cumsum()
    sums[1, :, 1:] = right[:, order].cumsum(axis=1)
    bins = np.ones(draws, dtype=np.int64)
    errors = np.abs(sums[0, :, -1] - sums[1, :, -1]) / n
    alive = np.arange(draws)
    for count in range(2, min(MOST_BINS, n) + 1):
        inner = equal_mass_edges(rising, count)[1:-1]
        # Equal confidences may leave a bin empty.
        cuts = np.unique(np.concatenate([[0], np.searchsorted(rising, inner, side="right"), [n]]))
        said, came = (np.diff(part[alive][:, cuts], axis=1) for part in sums)
        accuracy = came / np.diff(cuts)
        monotone = (np.diff(accuracy, axis=1) >= -_ROUNDING).all(axis=1)
        alive = alive[monotone]
        if not len(alive):
            break
        bins[alive] = count
        errors[alive] = np.abs(said - came)[monotone].sum(axis=1) / n
    return bins, np.asarray(errors)
