"""Whether two explanations push the same words in the same direction."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from trust_core.alignment.overlap import set_size


def sign_agreement(
    a: Float[np.ndarray, "w"],
    b: Float[np.ndarray, "w"],
    order_a: Int[np.ndarray, "e"],
    order_b: Int[np.ndarray, "f"],
    k: int,
) -> float:
    """Share of the top-K words that both explanations name with the same sign, in [0, 1]; 1 is best.

    SA of Krishna et al. (arXiv 2202.01602); never above feature agreement.
    """
    shared = np.intersect1d(order_a[:k], order_b[:k], assume_unique=True)
    same = np.count_nonzero(np.sign(a[shared]) == np.sign(b[shared]))
    return int(same) / set_size(order_a, order_b, k)


def signed_rank_agreement(
    a: Float[np.ndarray, "w"],
    b: Float[np.ndarray, "w"],
    order_a: Int[np.ndarray, "e"],
    order_b: Int[np.ndarray, "f"],
    k: int,
) -> float:
    """Share of the top-K places that hold the same word with the same sign, in [0, 1]; 1 is best.

    SRA of Krishna et al. (arXiv 2202.01602); never above rank or sign agreement.
    """
    depth = min(k, len(order_a), len(order_b))
    top_a, top_b = order_a[:depth], order_b[:depth]
    same = np.count_nonzero((top_a == top_b) & (np.sign(a[top_a]) == np.sign(b[top_b])))
    return int(same) / set_size(order_a, order_b, k)


def signed_mass_agreement(a: Float[np.ndarray, "w"], b: Float[np.ndarray, "w"]) -> float:
    """Share of the signed weight that two explanations lay on the same words, in [0, 1]; 1 is best.

    1 - 0.5 * || a/|a|_1 - b/|b|_1 ||_1: the same word with opposite signs counts as no agreement.
    Neither explanation may be all zero.
    """
    gap = np.abs(a / np.abs(a).sum() - b / np.abs(b).sum()).sum()
    return float(np.clip(1 - gap / 2, 0, 1))
