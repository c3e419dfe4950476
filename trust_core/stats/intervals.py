"""Closed-form intervals of rates and of the difference of two paired rates."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy.special import ndtri

from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import LEVEL, Evidence, NotMeasured
from trust_core.stats.evidence import QUANTILES, too_few


def wilson_limits(
    events: Float[np.ndarray, "*rates"],
    n: Float[np.ndarray, "*rates"],
    z: Float[np.ndarray, "*rates"] | float,
) -> tuple[FloatArray, FloatArray]:
    """Wilson's score limits of rates: never of zero width, never outside [0, 1] (Wilson 1927).

    Args:
        events: how often it happened.
        n: how often it could have happened, at least 1.
        z: standard normal quantile; 1.96 for a two-sided 95 % interval.

    Returns:
        Lower and upper limits. Agrees with statsmodels' `proportion_confint(method="wilson")`.
    """
    squared = np.square(z)
    rate = events / n
    centre = (rate + squared / (2 * n)) / (1 + squared / n)
    half = z * np.sqrt(rate * (1 - rate) / n + squared / (4 * n * n)) / (1 + squared / n)
    # At 0 and n events one limit is the rate itself, which rounding would miss by an ulp.
    low = np.where(events == 0, 0.0, np.clip(centre - half, 0.0, 1.0))
    high = np.where(events == n, 1.0, np.clip(centre + half, 0.0, 1.0))
    return low, high


def wilson_interval(
    events: Float[np.ndarray, "*rates"], n: Float[np.ndarray, "*rates"], *, level: float = LEVEL
) -> tuple[FloatArray, FloatArray]:
    """Wilson's two-sided interval of rates at `level`; see `wilson_limits`."""
    return wilson_limits(events, n, float(ndtri((1 + level) / 2)))


def rate_evidence(events: int, n: int) -> Evidence | NotMeasured:
    """Wilson limits of events out of n texts at every error rate; NotMeasured with fewer than 20 texts."""
    refused = too_few(n)
    if refused is not None:
        return refused
    shape = QUANTILES.shape
    low, high = wilson_limits(np.full(shape, float(events)), np.full(shape, float(n)), QUANTILES)
    return Evidence(estimate=events / n, n=n, low=low, high=high)


def paired_difference_evidence(lost: int, gained: int, n: int) -> Evidence | NotMeasured:
    """Bonett and Price's limits of the difference of two paired rates, rate(candidate) - rate(reference).

    One imagined text is lost and one gained, so the interval has a width even where no text is
    either (Bonett and Price 2012, Journal of Educational and Behavioral Statistics 37(4)).

    Args:
        lost: texts that the reference has right and the candidate wrong.
        gained: the reverse.
        n: texts.

    Returns:
        Evidence in [-1, 1] about the estimate (gained - lost) / n; NotMeasured with fewer than 20 texts.
    """
    refused = too_few(n)
    if refused is not None:
        return refused
    p_gained, p_lost = (gained + 1) / (n + 2), (lost + 1) / (n + 2)
    centre = p_gained - p_lost
    half = QUANTILES * np.sqrt((p_gained + p_lost - centre**2) / (n + 2))
    return Evidence(
        estimate=(gained - lost) / n,
        n=n,
        low=np.clip(centre - half, -1.0, 1.0),
        high=np.clip(centre + half, -1.0, 1.0),
    )
