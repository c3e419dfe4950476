"""Temperature scaling: one number that makes a model's probabilities sharper or milder, and what it mends."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int
from scipy.optimize import brentq
from scipy.special import softmax

from trust_core.calibration.scoring_rules import SMALLEST
from trust_core.domain.arrays import BoolArray, FloatArray
from trust_core.domain.predictions import Predictions
from trust_core.stats.seeds import derived_rng

COLDEST, HOTTEST = 0.05, 20.0
"""Temperatures are looked for between these; a fit at an end says that no temperature helps."""


@dataclass(frozen=True, slots=True)
class Rescaled:
    """A model after cross-fitted temperature scaling.

    Attributes:
        predictions: every text's probabilities at the temperature fitted on the other half.
        temperatures: of the two halves; above 1 the model was too sure.
    """

    predictions: Predictions
    temperatures: tuple[float, float]


def scores_of(predictions: Predictions) -> FloatArray:
    """(n, k) what a temperature divides: the logits, or else logs of probabilities of at least 1e-7."""
    if predictions.logits is not None:
        return predictions.logits
    logs: FloatArray = np.log(np.maximum(predictions.probabilities, SMALLEST))
    return logs


def fit_temperature(scores: Float[np.ndarray, "n k"], gold: Int[np.ndarray, " n"]) -> float:
    """The temperature T > 0 at which softmax(scores / T) has the least NLL on these texts.

    Source: Guo et al. 2017, section 4.2. The NLL is convex in 1 / T, so the minimum is the only one.
    """
    given = scores[np.arange(len(gold)), gold]

    def slope(log_temperature: float) -> float:
        """Of the mean NLL by 1 / T: it falls with T."""
        shares = softmax(scores / np.exp(log_temperature), axis=1)
        return float(((shares * scores).sum(axis=1) - given).mean())

    coldest, hottest = float(np.log(COLDEST)), float(np.log(HOTTEST))
    if slope(coldest) <= 0:
        return COLDEST
    if slope(hottest) >= 0:
        return HOTTEST
    # Where the slope is 0 is found far more exactly than where the NLL is least.
    return float(np.exp(brentq(slope, coldest, hottest, xtol=1e-10)))


def halves(n: int, *, seed: int) -> BoolArray:
    """(n,) whether a text lies in the first half; the same for both models of a pair."""
    first = np.zeros(n, dtype=np.bool_)
    first[derived_rng(seed, "calibration", "temperature", str(n)).permutation(n)[: n // 2]] = True
    return first


def cross_fitted(predictions: Predictions, gold: Int[np.ndarray, " n"], *, seed: int) -> Rescaled:
    """The predictions with each half of the texts at the temperature that the other half asks for.

    No text helps to choose its own temperature, so what is gained is what another sample would gain. The
    halves depend on the seed and the number of texts alone: both models of a pair get the same.

    Args:
        predictions: of n >= 2 texts.
        gold: (n,) gold classes.
        seed: the spec's seed.
    """
    first = halves(len(gold), seed=seed)
    scores = scores_of(predictions)
    temperatures = (
        fit_temperature(scores[~first], gold[~first]),
        fit_temperature(scores[first], gold[first]),
    )
    each = np.where(first, *temperatures)
    return Rescaled(
        replace(predictions, probabilities=softmax(scores / each[:, None], axis=1), logits=None), temperatures
    )
