import numpy as np
import pytest
from scipy.stats import binom

from tests.support.inference_fakes import BagOfWords
from trust_core.domain.measures import Measured, NotMeasured
from trust_core.inference.timing import (
    BATCHED,
    SINGLE,
    Latency,
    measure_latency,
    percentile_interval,
    throughput,
)


class _Clock:
    """Every look at it takes `step` seconds."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def test_latency_is_what_the_clock_saw() -> None:
    """Each timed call, for one text and for 32, lasts from before tokenising to after the model."""
    model = BagOfWords()
    pairs = [("a b", "c"), ("d", None)]
    for named, batch in ((SINGLE, 1), (BATCHED, 32)):
        latency = measure_latency(model, pairs, batch=named, clock=_Clock(0.5), calls=6)
        assert isinstance(latency, Latency)
        assert (latency.batch, latency.seconds.tolist()) == (batch, [0.5] * 6)
    assert {b for b, _ in model.batches} == {1, 32}


def test_a_batch_that_does_not_fit_is_not_measured() -> None:
    """Where 32 texts exceed the memory their latency is not measured, and that of one text is."""
    single, batched = (
        measure_latency(BagOfWords(fits=40), [("a b", None)], batch=batch, clock=_Clock(0.1), calls=3)
        for batch in (SINGLE, BATCHED)
    )
    assert isinstance(single, Latency)
    assert isinstance(batched, NotMeasured)
    without_texts = measure_latency(BagOfWords(), [], batch=SINGLE, clock=_Clock(0.1), calls=3)
    assert isinstance(without_texts, NotMeasured)


@pytest.mark.parametrize("percentile, count", [(50, 20), (50, 101), (95, 72), (95, 200)])
def test_percentile_interval_has_its_level(percentile: int, count: int) -> None:
    """The ranks of the limits hold the percentile with at least 95 %, and no narrower pair of ranks is."""
    interval = percentile_interval(np.arange(1, count + 1, dtype=float), percentile)
    assert isinstance(interval, Measured)
    law = binom(count, percentile / 100)
    low, high = int(interval.low), int(interval.high)
    assert law.cdf(low - 1) <= 0.025 < law.cdf(low)
    assert law.sf(high - 1) <= 0.025 < law.sf(high - 2)


@pytest.mark.parametrize("percentile, count, needed", [(50, 19, 20), (95, 71, 72)])
def test_too_few_calls_give_no_percentile(percentile: int, count: int, needed: int) -> None:
    """Too few calls are said to be too few, with the number that would do."""
    found = percentile_interval(np.arange(count, dtype=float), percentile)
    assert isinstance(found, NotMeasured)
    assert str(needed) in found.needs


def test_throughput_is_texts_over_seconds() -> None:
    """All texts over all seconds, with an interval about it that varies with the calls."""
    seconds = np.linspace(0.5, 1.5, 40)
    found = throughput(Latency(32, seconds), seed=1)
    assert isinstance(found, Measured)
    assert found.value == pytest.approx(32 * 40 / seconds.sum())
    assert found.low < found.value < found.high
    assert isinstance(throughput(Latency(32, seconds[:19]), seed=1), NotMeasured)
