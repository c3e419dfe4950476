"""Simulated predictions with a known truth."""

from __future__ import annotations

import numpy as np
from scipy.special import softmax

from trust_core.domain.arrays import FloatArray, IntArray
from trust_core.domain.predictions import Predictions

CLASSES = ("entailment", "neutral", "contradiction")


def predictions(
    probabilities: FloatArray, *, model: str = "model", classes: tuple[str, ...] = CLASSES
) -> Predictions:
    """Predictions with these probabilities under invented ids."""
    return Predictions(model, tuple(map(str, range(len(probabilities)))), classes, probabilities)


def simulated_pair(
    n: int, *, seed: int = 0, temperatures: tuple[float, float] = (0.5, 0.4), own_noise: float = 0.6
) -> tuple[IntArray, Predictions, Predictions]:
    """Gold and two correlated models of three classes; the second is weaker and more overconfident."""
    rng = np.random.default_rng(seed)
    gold = rng.integers(0, 3, size=n)
    shared = rng.standard_normal((n, 3))
    models = []
    for name, signal, temperature in zip(("a", "b"), (2.6, 2.3), temperatures, strict=True):
        logits = signal * np.eye(3)[gold] + shared + own_noise * rng.standard_normal((n, 3))
        models.append(predictions(softmax(logits / temperature, axis=1), model=name))
    return gold, models[0], models[1]


def two_class(confidence: FloatArray) -> Predictions:
    """A model of two classes that always answers the first, with these confidences of at least one half."""
    return predictions(np.stack([confidence, 1 - confidence], axis=1), classes=("yes", "no"))


def anchor_law(n: int, rng: np.random.Generator) -> tuple[IntArray, Predictions]:
    """Calibrated two-class answers with c = .5 + .5 u^(1/4), u uniform: the anchor of docs/methods.md, 12."""
    confidence = 0.5 + 0.5 * rng.random(n) ** 0.25
    gold = (rng.random(n) >= confidence).astype(np.int64)
    return gold, two_class(confidence)
