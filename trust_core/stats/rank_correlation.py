"""Rank correlations of two lists of word weights; no value where a list is constant."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from trust_core.domain.arrays import FloatArray


def average_ranks(values: Float[np.ndarray, " w"]) -> Float[np.ndarray, " w"]:
    """Ranks 1..w, equal values sharing the mean of their ranks. Agrees with scipy's `rankdata`."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: FloatArray = (last - (counts - 1) / 2)[inverse]
    return ranks


def spearman(first: Float[np.ndarray, " w"], second: Float[np.ndarray, " w"]) -> float | None:
    """Spearman's rho: the correlation of the ranks, ties sharing a rank.

    Returns:
        A value in [-1, 1], or None where a list has no two different values. Agrees with scipy's
        `spearmanr`.
    """
    middle = (len(first) + 1) / 2
    x, y = average_ranks(first) - middle, average_ranks(second) - middle
    scale = float(x @ x) * float(y @ y)
    if scale == 0:
        return None
    return float(np.clip((x @ y) / np.sqrt(scale), -1.0, 1.0))


def kendall(first: Float[np.ndarray, " w"], second: Float[np.ndarray, " w"]) -> float | None:
    """Kendall's tau-b: pairs of words in the same order minus pairs in opposite order, corrected for ties.

    Returns:
        A value in [-1, 1], or None where a list has no two different values. Agrees with scipy's
        `kendalltau`.
    """
    x = np.sign(first[:, None] - first[None, :])
    y = np.sign(second[:, None] - second[None, :])
    scale = float(np.abs(x).sum()) * float(np.abs(y).sum())
    if scale == 0:
        return None
    return float(np.clip((x * y).sum() / np.sqrt(scale), -1.0, 1.0))
