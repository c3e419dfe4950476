"""Whether two explanations put the words in the same order."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from trust_core.alignment.overlap import set_size
from trust_core.stats import rank_correlation

PERSISTENCE = 0.8
"""p of rank-biased overlap: the first five words carry about 86 % of its weight."""


def rank_agreement(order_a: Int[np.ndarray, "e"], order_b: Int[np.ndarray, "f"], k: int) -> float:
    """Share of the top-K places that hold the same word, in [0, 1]; 1 is best.

    RA of Krishna et al. (arXiv 2202.01602); never above feature agreement.
    """
    depth = min(k, len(order_a), len(order_b))
    return int(np.count_nonzero(order_a[:depth] == order_b[:depth])) / set_size(order_a, order_b, k)


def rank_biased_overlap(
    order_a: Int[np.ndarray, "e"], order_b: Int[np.ndarray, "f"], *, p: float = PERSISTENCE
) -> float:
    """Agreement of two whole rankings in which the first places count most, in [0, 1]; 1 is best.

    (1-p) sum_d p^(d-1) X_d/d, extrapolated beyond the end of the lists, which may differ in length: RBO_EXT,
    equation 32 of Webber, Moffat, Zobel 2010 (ACM TOIS 28(4)). Neither list may be empty.

    Args:
        order_a: words of one explanation from the first place down.
        order_b: words of the other.
        p: how slowly attention fades with depth, in (0, 1).
    """
    short, long = sorted((order_a, order_b), key=len)
    s, d = len(short), np.arange(1, len(long) + 1)
    overlap = np.array([len(np.intersect1d(short[:depth], long[:depth], assume_unique=True)) for depth in d])
    x_s, x_l = overlap[s - 1], overlap[-1]
    seen = np.sum(overlap / d * p**d)
    beyond = d[s:]
    extended = np.sum(x_s * (beyond - s) / (s * beyond) * p**beyond)
    tail = ((x_l - x_s) / len(long) + x_s / s) * p ** len(long)
    return float(np.clip((1 - p) / p * (seen + extended) + tail, 0, 1))


def spearman(a: Float[np.ndarray, "w"], b: Float[np.ndarray, "w"]) -> float | None:
    """Spearman correlation of |weight| over all words, in [-1, 1]; None where one list is constant."""
    return rank_correlation.spearman(np.abs(a), np.abs(b))


def kendall(a: Float[np.ndarray, "w"], b: Float[np.ndarray, "w"]) -> float | None:
    """Kendall's tau-b of |weight| over all words, in [-1, 1]; None where one list is constant."""
    return rank_correlation.kendall(np.abs(a), np.abs(b))
