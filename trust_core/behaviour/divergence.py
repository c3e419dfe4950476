"""How far apart the probabilities of two models lie, text by text."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float

from trust_core.domain.arrays import FloatArray

CLIP = 1e-7
"""Smaller probabilities are raised to this before logarithms, as for the log loss."""


def count_clipped(p: Float[np.ndarray, "n k"]) -> int:
    """How many texts have a probability that is raised to CLIP."""
    return int(np.any(p < CLIP, axis=1).sum())


def largest_kl(k: int) -> float:
    """The largest Kullback-Leibler divergence, in nats, that clipped probabilities of k classes can have."""
    return math.log((1 + k * CLIP) / CLIP)


def kl_nats(p: Float[np.ndarray, "n k"], q: Float[np.ndarray, "n k"]) -> Float[np.ndarray, "n"]:
    """Kullback-Leibler divergence KL(p || q) of each text in nats, at least 0; 0 is best.

    Probabilities below CLIP are raised to it and the rows made to sum to 1 again. Agrees with
    `scipy.stats.entropy(p, q)`.
    """
    p, q = _clip(p), _clip(q)
    divergence: FloatArray = np.maximum((p * (np.log(p) - np.log(q))).sum(axis=1), 0.0)
    return divergence


def js_bits(p: Float[np.ndarray, "n k"], q: Float[np.ndarray, "n k"]) -> Float[np.ndarray, "n"]:
    """Jensen-Shannon divergence of each text in bits, in [0, 1]; 0 is best, symmetric.

    Agrees with `scipy.spatial.distance.jensenshannon(p, q, base=2) ** 2`.
    """
    middle = (p + q) / 2
    divergence: FloatArray = np.clip((_bits(p, middle) + _bits(q, middle)) / 2, 0.0, 1.0)
    return divergence


def probability_loyalty(p: Float[np.ndarray, "n k"], q: Float[np.ndarray, "n k"]) -> Float[np.ndarray, "n"]:
    """1 - sqrt(JSD) of each text, base 2, in [0, 1]; 1 is best (Xu et al., arXiv 2109.03228)."""
    loyalty: FloatArray = 1 - np.sqrt(js_bits(p, q))
    return loyalty


def _bits(p: Float[np.ndarray, "n k"], middle: Float[np.ndarray, "n k"]) -> Float[np.ndarray, "n"]:
    """KL(p || middle) in bits; terms with p = 0 are 0, and middle is 0 only where p is."""
    ratio = np.divide(p, middle, out=np.ones_like(p), where=p > 0)
    bits: FloatArray = (p * np.log2(ratio)).sum(axis=1)
    return bits


def _clip(p: Float[np.ndarray, "n k"]) -> Float[np.ndarray, "n k"]:
    raised = np.maximum(p, CLIP)
    clipped: FloatArray = raised / raised.sum(axis=1, keepdims=True)
    return clipped
