"""Tests for two classifications of the same texts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int
from scipy.special import bdtr, chdtrc

from trust_core.domain.arrays import IntArray


@dataclass(frozen=True, slots=True)
class TestResult:
    """A test's outcome.

    Attributes:
        statistic: the value of the test statistic.
        degrees: its degrees of freedom; 0 where the table holds no contradiction to the null hypothesis.
        p: the p-value, in (0, 1].
    """

    __test__ = False

    statistic: float
    degrees: int
    p: float


def cross_table(
    first: Int[np.ndarray, " n"], second: Int[np.ndarray, " n"], k: int
) -> Int[np.ndarray, "{k} {k}"]:
    """How many texts are of class i for the first (rows) and j for the second (columns)."""
    table: IntArray = np.bincount(first * k + second, minlength=k * k).reshape(k, k)
    return table


def mcnemar(lost: int, gained: int) -> TestResult:
    """McNemar's exact test: are losses and gains equally likely?

    Args:
        lost: texts that only the reference has right.
        gained: texts that only the candidate has right.

    Returns:
        The smaller of the two counts, and its two-sided binomial p-value; 1 where no text is lost or gained.
        Agrees with statsmodels' `mcnemar(exact=True)`.
    """
    smaller, both = min(lost, gained), lost + gained
    p = min(1.0, 2 * float(bdtr(smaller, both, 0.5))) if both else 1.0
    return TestResult(statistic=float(smaller), degrees=1 if both else 0, p=p)


def stuart_maxwell(table: Int[np.ndarray, "k k"]) -> TestResult:
    """The Stuart-Maxwell test: do both classifications have the same class shares?

    Classes that nobody uses, and groups of classes between which no text moves, take away degrees of freedom
    instead of making the covariance singular. Agrees with statsmodels' `SquareTable.homogeneity` where that
    is defined.

    Args:
        table: (k, k) counts, see `cross_table`.
    """
    counts = table.astype(np.float64)
    difference = counts.sum(axis=1) - counts.sum(axis=0)
    covariance = -(counts + counts.T)
    np.fill_diagonal(covariance, counts.sum(axis=1) + counts.sum(axis=0) - 2 * np.diag(counts))
    # The covariance is the Laplacian of the graph of moves: its rank is exact for integer weights.
    degrees = int(np.linalg.matrix_rank(covariance, hermitian=True))
    if degrees == 0:
        return TestResult(statistic=0.0, degrees=0, p=1.0)
    statistic = float(difference @ np.linalg.pinv(covariance, hermitian=True) @ difference)
    return TestResult(statistic=statistic, degrees=degrees, p=float(chdtrc(degrees, max(statistic, 0.0))))


def bowker(table: Int[np.ndarray, "k k"]) -> TestResult:
    """Bowker's test of symmetry: is every confusion as frequent as its reverse?

    Pairs of classes that are never confused take no degree of freedom. Agrees with statsmodels'
    `SquareTable.symmetry` where every pair occurs.

    Args:
        table: (k, k) counts, see `cross_table`.
    """
    upper = np.triu_indices(len(table), 1)
    one, other = table[upper].astype(np.float64), table.T[upper].astype(np.float64)
    seen = one + other > 0
    degrees = int(seen.sum())
    if degrees == 0:
        return TestResult(statistic=0.0, degrees=0, p=1.0)
    statistic = float((np.square(one - other)[seen] / (one + other)[seen]).sum())
    return TestResult(statistic=statistic, degrees=degrees, p=float(chdtrc(degrees, statistic)))
