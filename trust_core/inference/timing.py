"""How long a model takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import bdtr

from trust_core.domain.arrays import FloatArray, locked_floats
from trust_core.domain.measures import LEVEL, MIN_TEXTS, Measured, NotMeasured
from trust_core.domain.texts import TextPair
from trust_core.errors import OutOfMemory
from trust_core.ports import Classifier, Clock
from trust_core.stats.bootstrap import Resamples

SINGLE = 1
BATCHED = 32
"""The batch sizes that are timed: one text that someone waits for, and texts in bulk."""

WARM_UP = 2
"""Calls before the clock counts: the first ones pay for allocation."""


RESAMPLES = 2000
"""Resamples of the calls, for the interval of the throughput."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds of single calls.

    Attributes:
        batch: texts a call.
        seconds: (c,) one for each call: tokenising, the model, the answer as numbers.
    """

    batch: int
    seconds: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "seconds", locked_floats(self.seconds))


def measure_latency(
    classifier: Classifier, pairs: Sequence[TextPair], *, batch: int, clock: Clock, calls: int
) -> Latency | NotMeasured:
    """Time calls of `batch` texts; a batch is one text many times over, so that it needs no padding.

    Returns:
        NotMeasured where there are no texts or a batch does not fit into the device's memory.
    """
    if not pairs:
        return NotMeasured(reason="there are no texts to time the model on", needs="at least one text")
    seconds = []
    for call in range(-WARM_UP, calls):
        together = [pairs[call % len(pairs)]] * batch
        began = clock()
        encoded = classifier.encode(together)
        ids = np.array([one.ids for one in encoded], dtype=np.int64)
        types = np.array([one.types for one in encoded], dtype=np.int64) if encoded[0].types else None
        try:
            classifier.logits(ids, types)
        except OutOfMemory:
            return NotMeasured(
                reason=f"a batch of {batch} texts does not fit into the device's memory",
                needs="more memory on the device",
            )
        if call >= 0:
            seconds.append(clock() - began)
    return Latency(batch=batch, seconds=np.array(seconds))


def percentile_interval(seconds: Float[np.ndarray, " c"], percentile: int) -> Measured | NotMeasured:
    """A percentile of latencies with its order-statistic interval, which assumes nothing of their law.

    The limits are the observed values whose ranks hold the percentile with at least 95 % probability,
    by the binomial law of how many values lie below it (David and Nagaraja 2003, section 7.1).

    Args:
        seconds: (c,) latencies in any unit; the result is in the same.
        percentile: in (0, 100).

    Returns:
        NotMeasured where even the extremes do not reach the level: 95 needs 72 values, 50 needs 6.
    """
    count = len(seconds)
    share, tail = percentile / 100, (1 - LEVEL) / 2
    at_most = bdtr(np.arange(count, dtype=np.float64), count, share)
    # `lower`: the highest rank with P(fewer than `lower` values below) <= tail; `upper` mirrors it.
    lower = int(np.count_nonzero(at_most <= tail))
    upper = int(np.count_nonzero(at_most < 1 - tail)) + 1
    if count < MIN_TEXTS or lower < 1 or upper > count:
        return NotMeasured(
            reason=f"{count} timed calls are too few for an interval of the {percentile}th percentile",
            needs=f"at least {_calls_needed(share, tail)} timed calls",
        )
    ordered = np.sort(seconds)
    return Measured(
        value=float(np.percentile(seconds, percentile)),
        low=float(ordered[lower - 1]),
        high=float(ordered[upper - 1]),
        level=LEVEL,
        n=count,
    )


def throughput(latency: Latency, *, seed: int) -> Measured | NotMeasured:
    """Texts a second, all calls together, with a percentile bootstrap over the calls."""
    count = len(latency.seconds)
    if count < MIN_TEXTS:
        return NotMeasured(
            reason=f"{count} timed calls are too few for an interval",
            needs=f"at least {MIN_TEXTS} timed calls",
        )
    means = Resamples(count, RESAMPLES, seed).means(latency.seconds[:, None])[:, 0]
    low, high = latency.batch / np.quantile(means, [(1 + LEVEL) / 2, (1 - LEVEL) / 2])
    return Measured(
        value=latency.batch / float(latency.seconds.mean()),
        low=float(low),
        high=float(high),
        level=LEVEL,
        n=count,
    )


def _calls_needed(share: float, tail: float) -> int:
    far = max(share, 1 - share)
    return max(MIN_TEXTS, int(np.ceil(np.log(tail) / np.log(far))))
