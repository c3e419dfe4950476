"""Where the bins of a calibrated model would lie."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int
from scipy.stats import binom

from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import LEVEL


def consistency_limits(
    said: Float[np.ndarray, " b"], count: Int[np.ndarray, " b"]
) -> tuple[FloatArray, FloatArray]:
    """Range of the share of arrivals in each bin, if every probability were right: at least 95 % of draws.

    Binomial quantiles at the bin's mean probability. That is a little wide where the probabilities of a bin
    differ, as their spread leaves less to chance. Unlike the interval of an observed share, the range tells
    what to expect before looking: a share outside of it speaks against calibration.

    Source: consistency bars, Broecker and Smith 2007.

    Args:
        said: mean probability of each bin.
        count: texts of each bin; bins without a text span everything.

    Returns:
        (b,) lower and upper ends.
    """
    tail = (1 - LEVEL) / 2
    safe = np.maximum(count, 1)
    chance = np.clip(said, 0.0, 1.0)
    low, high = (binom.ppf(level, safe, chance) / safe for level in (tail, 1 - tail))
    # The quantile of a probability of 0 is -1.
    empty = count == 0
    return (
        np.where(empty, 0.0, np.clip(low, 0.0, 1.0)),
        np.where(empty, 1.0, np.clip(high, 0.0, 1.0)),
    )
