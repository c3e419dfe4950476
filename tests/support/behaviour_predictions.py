"""Simulated predictions of two related models."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from trust_core.domain.predictions import Predictions


def predictions(model: str, probabilities: NDArray[np.float64]) -> Predictions:
    """Predictions for texts t0000, t0001, ... and classes c0, c1, ..."""
    n, k = probabilities.shape
    ids = tuple(f"t{index:04d}" for index in range(n))
    return Predictions(model, ids, tuple(f"c{index}" for index in range(k)), probabilities)


def draw_pair(
    n: int, k: int, *, seed: int, apart: float = 0.7
) -> tuple[NDArray[np.int64], Predictions, Predictions]:
    """Gold classes and two models that share most of their mistakes."""
    rng = np.random.default_rng(seed)
    gold = rng.integers(0, k, size=n)
    shared = 1.5 * np.eye(k)[gold] + rng.standard_normal((n, k))
    reference = softmax(shared + apart * rng.standard_normal((n, k)), axis=1)
    candidate = softmax(shared + apart * rng.standard_normal((n, k)), axis=1)
    return gold, predictions("reference", reference), predictions("candidate", candidate)
