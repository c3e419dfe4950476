"""Limits that hold however often one looks: confidence sequences by betting.

Whoever looks at a 95 % interval after every text and stops when it suits errs far more often than in 5 of 100
cases. A confidence sequence holds at all times at once, so one may stop whenever one likes (Waudby-Smith and
Ramdas, arXiv 2010.09686). It rests on bets: if a mean is not above 0, nobody gets rich by betting that it is.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from trust_core.domain.arrays import FloatArray, locked_floats
from trust_core.domain.measures import ALPHAS, Evidence, NotMeasured
from trust_core.stats.bootstrap import Span
from trust_core.stats.evidence import too_few

STAKES: FloatArray = locked_floats([0.04, 0.1, 0.28, 0.46, 0.64, 0.82, 0.99])
"""Shares of the wealth that are bet, an equal part of the starting money on each: small ones win where a mean
is hardly above 0, large ones where it is far above."""

_MEANS = 200
"""Means between the ends of the span that are tried."""


def log_wealth(
    gains: Float[np.ndarray, "*rows t"], worst: Float[np.ndarray, "*#rows #t"] | float
) -> Float[np.ndarray, "*rows t"]:
    """Logarithm of what 1 has become after each bet that the mean of the gains is above 0.

    Where that mean is 0 or less, the wealth ever reaches 1 / alpha with a chance of at most alpha (Ville's
    inequality): reaching it refutes "the mean is not above 0" at error rate alpha, whenever it happens.

    Args:
        gains: values in the order in which they were seen.
        worst: no gain is below -worst; may depend on what was seen before, not on the gain itself.
    """
    returns = gains / worst
    logs = [np.log1p(stake * returns).cumsum(axis=-1) for stake in STAKES.tolist()]
    highest = np.maximum.reduce(logs)
    # One after the other: all at once would take the memory of as many arrays again.
    total = np.zeros_like(highest)
    for one in logs:
        total += np.exp(one - highest)
    wealth: FloatArray = highest + np.log(total / len(logs))
    return wealth


def log_thresholds() -> FloatArray:
    """(len(ALPHAS),) the log wealth that refutes at each error rate."""
    return -np.log(ALPHAS)


def refuted_below(
    evidence: Float[np.ndarray, " g"], grid: Float[np.ndarray, " g"], lowest: float
) -> FloatArray:
    """Lower limits at every error rate: up to where every value of a rising grid is refuted.

    Args:
        evidence: (g,) highest log wealth of the bets against "the value is at most this".
        grid: (g,) the values.
        lowest: the limit where not even the first is refuted.

    Returns:
        (len(ALPHAS),) limits; a limit is a value of the grid that is itself refuted.
    """
    standing = evidence[:, None] < log_thresholds()
    first = np.where(standing.any(axis=0), standing.argmax(axis=0), len(grid))
    return np.where(first == 0, lowest, grid[np.maximum(first - 1, 0)])


def refuted_above(
    evidence: Float[np.ndarray, " g"], grid: Float[np.ndarray, " g"], highest: float
) -> FloatArray:
    """Upper limits at every error rate: down to where every value of a rising grid is refuted."""
    return -refuted_below(evidence[::-1], -grid[::-1], -highest)


def mean_sequence(values: Float[np.ndarray, " t"], *, span: Span) -> Evidence | NotMeasured:
    """The mean of bounded values, with limits that hold at any stopping time.

    The limits are those of all looks so far together: they never widen as values are added.

    Args:
        values: (t,) in the random order in which they were seen.
        span: lowest and highest possible value.

    Returns:
        NotMeasured with fewer than 20 texts.
    """
    refused = too_few(len(values))
    if refused is not None:
        return refused
    lowest, highest = span
    means = np.linspace(lowest, highest, _MEANS + 2)[1:-1]
    gains = values - means[:, None]
    above = log_wealth(gains, (means - lowest)[:, None]).max(axis=1)
    below = log_wealth(-gains, (highest - means)[:, None]).max(axis=1)
    estimate = float(values.mean())
    return Evidence(
        estimate=estimate,
        n=len(values),
        low=np.minimum(refuted_below(above, means, lowest), estimate),
        high=np.maximum(refuted_above(below, means, highest), estimate),
    )
