"""Proper scoring rules, one value a text; their means are the scores, and can be resampled in pairs."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int
from scipy.special import logsumexp

from trust_core.domain.arrays import FloatArray
from trust_core.domain.predictions import Predictions

SMALLEST = 1e-7
"""Probabilities below this are taken as this in NLL, where no logits are given."""

WORST_NLL = float(-np.log(SMALLEST))
"""NLL of a text whose gold class has a probability of `SMALLEST` or less."""


def brier_scores(
    probabilities: Float[np.ndarray, "n k"], gold: Int[np.ndarray, " n"]
) -> Float[np.ndarray, " n"]:
    """(n,) Brier score of each text, sum over classes of (p - y)^2: in [0, 2], lower is better.

    For two classes it is twice the binary form. Source: Brier 1950. Agrees with scikit-learn's
    `brier_score_loss(scale_by_half=False)`.
    """
    own = probabilities[np.arange(len(gold)), gold]
    scores: FloatArray = np.square(probabilities).sum(axis=1) - 2 * own + 1
    # The expanded square can round to just below 0 for a certain and right answer.
    return np.clip(scores, 0.0, 2.0)


def negative_log_likelihoods(
    predictions: Predictions, gold: Int[np.ndarray, " n"]
) -> tuple[Float[np.ndarray, " n"], int]:
    """(n,) -log p(gold) of each text in nats, lower is better, and how many probabilities were clipped.

    From logits where there are any (nothing is clipped then), else from probabilities of at least 1e-7.
    Agrees with scikit-learn's `log_loss`.
    """
    rows = np.arange(len(gold))
    if predictions.logits is not None:
        losses: FloatArray = logsumexp(predictions.logits, axis=1) - predictions.logits[rows, gold]
        return np.maximum(losses, 0.0), 0
    own = predictions.probabilities[rows, gold]
    clipped = np.maximum(own, SMALLEST)
    return np.maximum(-np.log(clipped), 0.0), int((own < SMALLEST).sum())
