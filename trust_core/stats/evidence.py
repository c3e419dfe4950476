"""From limits at many error rates to the figures that are shown; what stands in for too few texts."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from trust_core.domain.arrays import FloatArray, locked_floats
from trust_core.domain.measures import ALPHAS, LEVEL, MIN_TEXTS, Evidence, Measured, NotMeasured

QUANTILES: FloatArray = locked_floats(-ndtri(ALPHAS))
"""(len(ALPHAS),) one-sided standard normal quantiles z with P(Z > z) = alpha: 0 at one half, rising."""


def too_few(n: int) -> NotMeasured | None:
    """Why n texts give no interval, or None where they are enough."""
    if n >= MIN_TEXTS:
        return None
    return NotMeasured(
        reason=f"{n} text{'' if n == 1 else 's'} are too few for an interval",
        needs=f"at least {MIN_TEXTS} texts",
    )


def measured(evidence: Evidence | NotMeasured) -> Measured | NotMeasured:
    """The figure that is shown for a piece of evidence: its estimate with the 95 % interval."""
    if isinstance(evidence, NotMeasured):
        return evidence
    low, high = evidence.interval(LEVEL)
    return Measured(value=evidence.estimate, low=low, high=high, level=LEVEL, n=evidence.n)


def unseen_share(n: int) -> FloatArray:
    """Upper limits of the share of a kind of text that none of n texts showed: Wilson's, z^2 / (n + z^2).

    Returns:
        (len(ALPHAS),) one limit for every error rate; 0 at one half.
    """
    squared = np.square(QUANTILES)
    limits: FloatArray = squared / (n + squared)
    return limits
