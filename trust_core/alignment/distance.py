"""How near two vectors of word weights are, without any cut at K."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float


def cosine(a: Float[np.ndarray, "w"], b: Float[np.ndarray, "w"]) -> float:
    """Cosine of the angle between two signed weight vectors, in [-1, 1]; 1 is best.

    Neither may be all zero. Agrees with 1 - scipy.spatial.distance.cosine.
    """
    a, b = a / np.abs(a).max(), b / np.abs(b).max()
    return float(np.clip((a @ b) / np.sqrt((a @ a) * (b @ b)), -1, 1))


def ruzicka(a: Float[np.ndarray, "w"], b: Float[np.ndarray, "w"]) -> float:
    """Overlap of the shares of |weight| that each word has, in [0, 1]; 1 is best.

    sum min(p, q) / sum max(p, q) with p = |a|/|a|_1 and q = |b|/|b|_1: the weighted Jaccard index.
    Neither may be all zero.
    """
    p, q = np.abs(a) / np.abs(a).sum(), np.abs(b) / np.abs(b).sum()
    return float(np.minimum(p, q).sum() / np.maximum(p, q).sum())
