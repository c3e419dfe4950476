"""How far the top words of two explanations are the same words, and how far chance alone would make them so.

Orders are those of `ranking.rank_words`: the top-K set of a text is the first K of them, or all where fewer
words have weight.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from jaxtyping import Float, Int
from scipy.special import gammaln


def jaccard(order_a: Int[np.ndarray, "e"], order_b: Int[np.ndarray, "f"], k: int) -> float:
    """Share of the words in either top-K set that are in both, in [0, 1]; 1 is best.

    Raises:
        ValueError: both sets are empty; such a text has to be left out.
    """
    shared = len(np.intersect1d(order_a[:k], order_b[:k], assume_unique=True))
    union = min(k, len(order_a)) + min(k, len(order_b)) - shared
    if union == 0:
        raise ValueError("the Jaccard index of two empty sets is not defined: leave the text out")
    return shared / union


@lru_cache(maxsize=65536)
def expected_jaccard(w: int, k_a: int, k_b: int) -> float:
    """Mean Jaccard index of two random sets of k_a and k_b out of w words, in [0, 1].

    E[J] = sum_i Hypergeom(i; w, k_a, k_b) * i / (k_a + k_b - i). With k_a, k_b >= w it is 1.

    Raises:
        ValueError: a size is not in 1..w after it is cut to w.
    """
    k_a, k_b = min(k_a, w), min(k_b, w)
    if k_a < 1 or k_b < 1:
        raise ValueError(f"chance overlap needs sets of at least one word, not {k_a} and {k_b}")
    shared = np.arange(max(0, k_a + k_b - w), min(k_a, k_b) + 1)
    log_p = _log_choose(k_a, shared) + _log_choose(w - k_a, k_b - shared) - _log_choose(w, np.asarray(k_b))
    return min(1.0, float(np.exp(log_p) @ (shared / (k_a + k_b - shared))))


def adjust_for_chance(observed: float, chance: float) -> float:
    """An overlap on a scale where 0 is chance and 1 is identity: (J - E[J]) / (1 - E[J]).

    Raises:
        ValueError: chance alone gives 1, so there is nothing to adjust.
    """
    if chance >= 1:
        raise ValueError("sets that hold all words overlap fully by chance: leave the text out")
    return (observed - chance) / (1 - chance)


def sweep_jaccard(
    order_a: Int[np.ndarray, "e"], order_b: Int[np.ndarray, "f"], w: int
) -> tuple[Float[np.ndarray, "v"], Float[np.ndarray, "v"]]:
    """Jaccard index and its chance level at every K = 1..w-1.

    Returns:
        Two arrays of length v = w - 1: the index, and E[J] with the real set sizes at that K.
    """
    ks = np.arange(1, w)
    # A word enters the intersection at the K at which the later of the two lists has reached it.
    rank_a, rank_b = _ranks(order_a, w), _ranks(order_b, w)
    entered = np.bincount(np.maximum(rank_a, rank_b), minlength=w + 1)[: w - 1]
    shared = np.cumsum(entered)
    size_a, size_b = np.minimum(ks, len(order_a)), np.minimum(ks, len(order_b))
    chance = [expected_jaccard(w, int(a), int(b)) for a, b in zip(size_a, size_b, strict=True)]
    return shared / (size_a + size_b - shared), np.array(chance, dtype=np.float64)


def feature_agreement(order_a: Int[np.ndarray, "e"], order_b: Int[np.ndarray, "f"], k: int) -> float:
    """Share of the top-K words that both explanations name, in [0, 1]; 1 is best.

    |T_K(a) & T_K(b)| / K (Krishna et al., arXiv 2202.01602), with the size of the larger set for K, which is
    K itself wherever K words have weight. With full sets J = FA / (2 - FA).
    """
    shared = len(np.intersect1d(order_a[:k], order_b[:k], assume_unique=True))
    return shared / set_size(order_a, order_b, k)


def set_size(order_a: Int[np.ndarray, "e"], order_b: Int[np.ndarray, "f"], k: int) -> int:
    """Size of the larger of two top-K sets.

    Raises:
        ValueError: both are empty.
    """
    size = min(k, max(len(order_a), len(order_b)))
    if size == 0:
        raise ValueError("two empty sets have no overlap to measure: leave the text out")
    return size


def _ranks(order: Int[np.ndarray, "e"], w: int) -> Int[np.ndarray, "w"]:
    """Rank of each word from 0; w where it is in no top set."""
    ranks = np.full(w, w, dtype=np.int64)
    ranks[order] = np.arange(len(order))
    return ranks


def _log_choose(n: int, k: Int[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """Logarithm of the binomial coefficient."""
    logs: Float[np.ndarray, "..."] = np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))
    return logs
