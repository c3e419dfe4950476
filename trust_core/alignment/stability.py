"""Texts whose top-K set hangs on a difference that the explainer cannot see."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from scipy.special import ndtri

from trust_core.domain.arrays import FloatArray

CLOSE = 1e-5
"""Two words nearer than this may change places between machines or batch sizes."""


def border_gap(weights: Float[np.ndarray, "w"], k: int) -> float:
    """|weight| of the K-th word minus that of the (K+1)-th, at least 0.

    Raises:
        ValueError: the text has no (K+1)-th word.
    """
    if not 1 <= k < len(weights):
        raise ValueError(f"a text of {len(weights)} words has no border at K = {k}: K must be in 1..w-1")
    falling = np.sort(np.abs(weights))[::-1]
    return float(falling[k - 1] - falling[k])


def is_unstable(
    whole: Float[np.ndarray, "w"],
    first: Float[np.ndarray, "w"],
    second: Float[np.ndarray, "w"],
    k: int,
    *,
    level: float = 0.95,
) -> bool:
    """Whether the K-th and the (K+1)-th word cannot be told apart given the spread between two halves.

    The weights shown are about the mean of the halves, so half the difference of the halves is one draw of
    their error; its mean square over the text's words estimates the error variance v, and the gap at the
    border is compared with z * sqrt(2 v).

    Args:
        whole: (w,) weights fitted on all samples.
        first: (w,) weights of one half.
        second: (w,) weights of the other, independent half.
        k: size of the top set, less than w.
        level: two-sided level of the comparison.
    """
    spread = float(np.sqrt(2 * np.mean(((first - second) / 2) ** 2)))
    return border_gap(whole, k) < float(ndtri((1 + level) / 2)) * spread


def count_close_neighbours(weights: Sequence[FloatArray], ks: Sequence[int]) -> int:
    """In how many texts the K-th and the (K+1)-th word are nearer than 1e-5.

    Args:
        weights: one (w,) array a text.
        ks: the K of each text, less than its w.
    """
    return sum(border_gap(row, k) < CLOSE for row, k in zip(weights, ks, strict=True))
