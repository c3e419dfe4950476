"""The range in which a calibrated model's bins lie."""

import numpy as np
import pytest

from trust_core.stats.consistency import consistency_limits


@pytest.mark.parametrize("spread", [0.0, 0.1])
def test_calibrated_bins_lie_inside(spread):
    """Of bins of a calibrated model at least 95 % lie in the range, also where its probabilities differ."""
    rng = np.random.default_rng(0)
    for n, centre in ((12, 0.85), (60, 0.6), (400, 0.9)):
        p = centre + spread * rng.uniform(-0.5, 0.5, size=n)
        low, high = consistency_limits(np.array([p.mean()]), np.array([n]))
        came = (rng.random((4000, n)) < p).mean(axis=1)
        inside = ((came >= low[0]) & (came <= high[0])).mean()
        assert inside >= 0.945
        wider = 1.5 / n
        assert np.quantile(came, 0.025) - low[0] <= wider + 0.02
        assert high[0] - np.quantile(came, 0.975) <= wider + 0.02


def test_sure_bins_have_no_width_and_empty_ones_all_of_it():
    """A probability of 0 or 1 leaves nothing to chance; a bin without a text may be anything."""
    low, high = consistency_limits(np.array([0.0, 1.0, 0.5]), np.array([10, 10, 0]))
    assert low.tolist() == [0.0, 1.0, 0.0]
    assert high.tolist() == [0.0, 1.0, 1.0]


def test_more_texts_leave_less_to_chance():
    """The range narrows with the number of texts and holds the mean probability."""
    said = np.full(3, 0.8)
    low, high = consistency_limits(said, np.array([10, 100, 1000]))
    assert (np.diff(high - low) < 0).all()
    assert (low <= 0.8).all()
    assert (high >= 0.8).all()
