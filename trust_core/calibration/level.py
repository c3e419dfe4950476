"""What a perfectly calibrated model would show: the finite-sample level of every calibration error."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from trust_core.calibration.views import View
from trust_core.domain.arrays import FloatArray, IntArray
from trust_core.domain.measures import LEVEL, Measured, NotMeasured
from trust_core.stats.evidence import too_few

SIMULATIONS = 400
"""Simulated gold sets behind a level: its mean is then known to about a hundredth of itself."""

_CELLS = 4_000_000


def simulate_gold(
    probabilities: Float[np.ndarray, "n k"], count: int, *, rng: np.random.Generator
) -> IntArray:
    """(count, n) gold classes drawn from the probabilities themselves: the world in which they are right."""
    steps = np.cumsum(probabilities, axis=1)
    # Divided by the last step, a row whose probabilities sum to 1 - 1e-9 still never draws a class k.
    steps /= steps[:, -1:]
    drawn = rng.random((count, len(probabilities)))
    gold = np.zeros(drawn.shape, dtype=np.int64)
    for column in range(steps.shape[1] - 1):
        gold += drawn >= steps[:, column]
    return gold


def simulate_levels(
    probabilities: Float[np.ndarray, "n k"],
    views: Sequence[View],
    *,
    rng: np.random.Generator,
    simulations: int = SIMULATIONS,
) -> list[dict[str, Measured | NotMeasured]]:
    """For each view, each error of models that are calibrated and have these probabilities.

    Gold is drawn from the probabilities, so correctness is z* ~ Bern(c), and the classes follow theirs.

    Returns:
        By the error's key: the mean over simulations, with the range that holds 95 % of them. Unlike an
        interval of an estimate, that range does not tell where the mean lies, but what a single calibrated
        model may show.
    """
    n = len(probabilities)
    refused = too_few(n)
    if refused is not None:
        return [{error.key: refused for error in view.errors} for view in views]
    values: list[dict[str, list[FloatArray]]] = [{error.key: [] for error in view.errors} for view in views]
    rows = max(1, _CELLS // n)
    for start in range(0, simulations, rows):
        gold = simulate_gold(probabilities, min(rows, simulations - start), rng=rng)
        for view, collected in zip(views, values, strict=True):
            for key, drawn in view.values(_simulated_means(view, gold)).items():
                collected[key].append(drawn)
    return [
        {key: simulated_range(np.concatenate(drawn), n) for key, drawn in collected.items()}
        for collected in values
    ]


def _simulated_means(view: View, gold: IntArray) -> FloatArray:
    """(draws, m) means of a view's columns under each drawn gold set; only the hits differ between draws."""
    draws, n = gold.shape
    parts: list[FloatArray] = []
    for dealt in view.dealt:
        share = dealt.weights.sum(axis=0) / n
        announced = dealt.weights.T @ dealt.probability / n
        hits = (gold == dealt.target).astype(np.float64)
        arrived = (dealt.weights.T.tocsr() @ hits.T).T / n
        parts += [np.tile(share, (draws, 1)), np.tile(announced, (draws, 1)), arrived]
    return np.concatenate(parts, axis=1)


def simulated_range(drawn: Float[np.ndarray, " draws"], n: int) -> Measured:
    """The mean of the draws with their central 95 %."""
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    mean = float(drawn.mean())
    return Measured(value=mean, low=min(float(low), mean), high=max(float(high), mean), level=LEVEL, n=n)
