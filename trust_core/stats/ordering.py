"""How often a value of one group lies above a value of another."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy.special import ndtri

from trust_core.domain.measures import LEVEL, MIN_TEXTS, Measured, NotMeasured
from trust_core.stats.rank_correlation import average_ranks

_HALVINGS = 60


def probability_above(
    group: Float[np.ndarray, " m"], others: Float[np.ndarray, " n"], *, named: tuple[str, str]
) -> Measured | NotMeasured:
    """P(a value of the group > one of the others) + P(equal) / 2: the area under the ROC curve.

    The interval is the fifth of Newcombe (2006, Statistics in Medicine 25): Hanley and McNeil's variance at
    the value that is tested, with the mean of both sample sizes. It has a width at 0 and 1, too.

    Args:
        group: m values.
        others: n values.
        named: what both groups are called, for the reason where one is too small.

    Returns:
        A value in [0, 1]; .5 where both groups are alike. NotMeasured with fewer than 20 values in either.
    """
    m, n = len(group), len(others)
    for size, name in zip((m, n), named, strict=True):
        if size < MIN_TEXTS:
            return NotMeasured(f"only {size} {name}", f"at least {MIN_TEXTS}")
    ranks = average_ranks(np.concatenate([group, others]))
    value = float((ranks[:m].sum() - m * (m + 1) / 2) / (m * n))
    z = float(ndtri((1 + LEVEL) / 2))
    low, high = (_limit(value, end, m, n, z) for end in (0.0, 1.0))
    return Measured(value=value, low=low, high=high, level=LEVEL, n=m + n)


def _limit(value: float, end: float, m: int, n: int, z: float) -> float:
    """The value farthest towards `end` that lies within z of its own standard errors of what was seen."""
    near, far = value, end
    for _ in range(_HALVINGS):
        middle = (near + far) / 2
        inside = abs(value - middle) <= z * _standard_error(middle, m, n)
        near, far = (middle, far) if inside else (near, middle)
    return (near + far) / 2


def _standard_error(value: float, m: int, n: int) -> float:
    """Hanley and McNeil's standard error with Newcombe's balanced sample size."""
    half = (m + n) / 2 - 1
    inner = 1 + half * ((1 - value) / (2 - value) + value / (1 + value))
    return float(np.sqrt(value * (1 - value) * inner / (m * n)))
