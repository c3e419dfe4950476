"""How far two classifications differ in how often they use each class."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Int
from scipy.special import chdtrc, chndtrinc

from trust_core.domain.measures import LEVEL, Measured, NotMeasured
from trust_core.stats.evidence import too_few
from trust_core.stats.intervals import wilson_interval
from trust_core.stats.paired_tests import TestResult, stuart_maxwell

_OFF_BY = 1e-9


def share_shift(table: Int[np.ndarray, "k k"]) -> Measured | NotMeasured:
    """Cohen's w of the change of class shares: 0 no change, 1 every text moves, and all in one direction.

    w^2 = (X - df) / n, at least 0, with X the Stuart-Maxwell statistic and df its degrees of freedom, so that
    chance alone gives 0 on average. The interval inverts the noncentral chi-squared law of X (Steiger and
    Fouladi 1997). Changes that no text showed may be hidden in a share of texts as large as Wilson's upper
    limit for 0 of n: the upper limit is never below the w that these could give.

    Args:
        table: (k, k) counts of the classes of the first (rows) and the second (columns).
    """
    n = int(table.sum())
    refused = too_few(n)
    if refused is not None:
        return refused
    test = stuart_maxwell(table)
    value, low, high = 0.0, 0.0, 0.0
    if test.degrees:
        value = math.sqrt(max(test.statistic - test.degrees, 0.0) / n)
        low = math.sqrt(_noncentrality(test, (1 + LEVEL) / 2) / n)
        high = math.sqrt(_noncentrality(test, (1 - LEVEL) / 2) / n)
    unseen = float(wilson_interval(np.array([0.0]), np.array([float(n)]))[1][0])
    high = min(1.0, max(high, value, math.sqrt(unseen)))
    return Measured(value=min(value, 1.0), low=min(low, value), high=high, level=LEVEL, n=n)


def _noncentrality(test: TestResult, share: float) -> float:
    """The noncentrality under which so large a share of statistics lies below the one that was seen."""
    if 1 - chdtrc(test.degrees, test.statistic) <= share + _OFF_BY:
        return 0.0
    return float(chndtrinc(test.statistic, test.degrees, share))


def independence(first: Int[np.ndarray, " n"], second: Int[np.ndarray, " n"], k: int) -> TestResult:
    """Pearson's chi-squared test that takes the models' answers for two independent samples.

    They are not: both models answer the same texts. It is here to be compared with published figures. Classes
    that nobody uses take no degree of freedom; no continuity correction.

    Args:
        first: predicted classes of the reference.
        second: of the candidate.
        k: classes.

    Returns:
        Agrees with scipy's `chi2_contingency(correction=False)`.
    """
    counts = np.stack([np.bincount(side, minlength=k) for side in (first, second)]).astype(np.float64)
    counts = counts[:, counts.sum(axis=0) > 0]
    degrees = counts.shape[1] - 1
    if degrees < 1:
        return TestResult(statistic=0.0, degrees=0, p=1.0)
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
    statistic = float((np.square(counts - expected) / expected).sum())
    return TestResult(statistic=statistic, degrees=degrees, p=float(chdtrc(degrees, statistic)))
