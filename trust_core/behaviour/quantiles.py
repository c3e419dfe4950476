"""Percentiles over texts, with an interval that holds whatever the distribution."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float
from scipy.stats import binom

from trust_core.domain.measures import ALPHAS, LEVEL, Measured, NotMeasured
from trust_core.stats.evidence import too_few, unseen_share


def quantile_figure(values: Float[np.ndarray, "n"], q: float, *, highest: float) -> Measured | NotMeasured:
    """The q-quantile of per-text values with its distribution-free 95 % interval.

    The limits are order statistics: the value of rank l is above the quantile with probability
    P(Bin(n, q) < l), that of rank u below it with P(Bin(n, q) >= u), each at most 2.5 %. A percentile
    bootstrap of a far quantile can only repeat values that were seen. Where the limits are equal, the upper
    one allows for texts that were not seen as `evidence_from_draws` does.

    Args:
        values: (n,) one value a text, at least 0.
        q: which quantile, in (0, 1); the smallest value with a share of at least q at or below it.
        highest: the largest possible value.

    Returns:
        NotMeasured where n texts cannot bound the quantile: 72 texts bound the 95th percentile, 368 the 99th.
    """
    n, tail = len(values), (1 - LEVEL) / 2
    upper = int(binom.ppf(1 - tail, n, q)) + 1 if n else 1
    if too_few(n) is not None or upper > n:
        return NotMeasured(
            f"{n} texts do not reach beyond the {100 * q:g}th percentile",
            f"at least {math.ceil(math.log(tail) / math.log(q))} texts",
        )
    lower = max(1, int(binom.ppf(tail, n, q)))
    ordered = np.sort(values)
    value, low, high = (float(ordered[rank - 1]) for rank in (math.ceil(n * q - 1e-9), lower, upper))
    if low == high:
        strictness = int(np.argmin(np.abs(ALPHAS - tail)))
        high += float(unseen_share(n)[strictness]) * (highest - high)
    return Measured(value=value, low=low, high=high, level=LEVEL, n=n)
