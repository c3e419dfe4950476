"""The distance of two laws of confidence."""

import numpy as np
import pytest
from scipy.stats import wasserstein_distance

from trust_core.calibration.wasserstein import law_distance, wasserstein
from trust_core.domain.measures import NotMeasured
from trust_core.stats.bootstrap import Resamples


@pytest.mark.parametrize("decimals", [1, 12])
def test_the_distance_is_scipys(decimals):
    """Every draw equals scipy's distance of the weighted samples, with and without equal confidences."""
    rng = np.random.default_rng(0)
    a, b = np.round(rng.random((2, 80)), decimals)
    counts = np.stack([np.ones(80), *(np.bincount(rng.integers(0, 80, 80), minlength=80) for _ in range(3))])
    expected = [wasserstein_distance(a, b, count, count) for count in counts]
    assert wasserstein(a, b, counts) == pytest.approx(expected, abs=1e-12)


def test_a_shift_is_the_distance():
    """Confidences that all lie .1 higher are .1 away, also for different texts."""
    a = np.linspace(0.4, 0.8, 50)
    assert wasserstein(a, a[::-1] + 0.1, np.ones((1, 50)))[0] == pytest.approx(0.1)


def test_exchanged_models_are_as_far_apart():
    """A swap on every text leaves the distance as it is."""
    rng = np.random.default_rng(1)
    a, b = rng.random((2, 60))
    assert wasserstein(a, b, -np.ones((1, 60)))[0] == pytest.approx(wasserstein(a, b, np.ones((1, 60)))[0])


def test_identical_models_are_at_zero_with_an_interval():
    """A model and itself: 0 exactly, level 0, an upper limit above 0."""
    a = np.random.default_rng(2).random(100)
    found = law_distance(a, a, resamples=Resamples(n=100, count=200, seed=0))
    assert not isinstance(found, NotMeasured)
    assert found.evidence.estimate == found.level.value == 0
    assert found.evidence.interval()[1] > 0


def test_a_general_shift_stands_out_of_the_swaps():
    """Surer throughout: the distance is beyond what swaps give; the same law: it is not."""
    rng = np.random.default_rng(3)
    a, same = rng.uniform(0.4, 0.9, size=(2, 400))
    resamples = Resamples(n=400, count=200, seed=0)
    shifted, alike = (law_distance(a, b, resamples=resamples) for b in (a + 0.1, same))
    assert not isinstance(shifted, NotMeasured)
    assert not isinstance(alike, NotMeasured)
    assert shifted.evidence.interval()[0] > shifted.level.high
    assert alike.evidence.estimate <= alike.level.high


def test_few_texts_are_refused():
    """Fewer than 20 texts give no interval."""
    assert isinstance(
        law_distance(np.ones(5), np.ones(5), resamples=Resamples(n=5, count=200, seed=0)), NotMeasured
    )
