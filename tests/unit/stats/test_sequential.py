import numpy as np
import pytest

from trust_core.domain.measures import ALPHAS, Evidence, NotMeasured
from trust_core.stats.sequential import log_wealth, mean_sequence

UNIT = (0.0, 1.0)


def test_wealth_is_the_mean_of_what_each_stake_has_become() -> None:
    """Two bets worked by hand: every stake multiplies its money by 1 + stake * gain / worst."""
    from trust_core.stats.sequential import STAKES

    gains = np.array([0.5, -0.2])
    expected = [
        np.log(np.mean(1 + STAKES * 0.25)),
        np.log(np.mean((1 + STAKES * 0.25) * (1 - STAKES * 0.1))),
    ]
    np.testing.assert_allclose(log_wealth(gains, 2.0), expected)


def test_wealth_from_fair_bets_stays_1_on_average() -> None:
    """Over all outcomes of eight fair bets the mean wealth is exactly 1: so it rarely reaches 1 / alpha."""
    outcomes = ((np.arange(256)[:, None] >> np.arange(8)) & 1) - 0.5
    wealth = np.exp(log_wealth(outcomes, 0.5))
    np.testing.assert_allclose(wealth.mean(axis=0), 1)
    assert (wealth.max(axis=1) >= 10).mean() <= 0.1


def test_limits_surround_the_estimate_and_widen_with_strictness() -> None:
    """Every limit is on its side of the mean, and a stricter error rate never gives a tighter one."""
    found = mean_sequence(np.random.default_rng(0).beta(4, 2, size=200), span=UNIT)
    assert isinstance(found, Evidence)
    assert (found.low <= found.estimate).all()
    assert (found.estimate <= found.high).all()
    assert (np.diff(found.low) <= 0).all()
    assert (np.diff(found.high) >= 0).all()
    low, high = found.interval(0.95)
    assert 0.5 < low < high < 0.8


def test_more_values_never_widen_the_interval() -> None:
    """All looks count together: the limits of a longer run lie within those of its beginning."""
    values = np.random.default_rng(1).random(300)
    found = [mean_sequence(values[:n], span=UNIT) for n in (20, 50, 120, 300)]
    intervals = [one.interval(0.95) for one in found if isinstance(one, Evidence)]
    assert len(intervals) == 4
    lows, highs = zip(*intervals, strict=True)
    assert list(lows) == sorted(lows)
    assert list(highs) == sorted(highs, reverse=True)
    assert highs[-1] - lows[-1] < 0.4 * (highs[0] - lows[0])


def test_values_at_the_end_of_the_span() -> None:
    """Twenty ones give no interval of zero width, and the upper limit is the end of the span."""
    found = mean_sequence(np.ones(20), span=UNIT)
    assert isinstance(found, Evidence)
    low, high = found.interval(0.95)
    assert 0.7 < low < 1
    assert high == 1


def test_another_span_shifts_and_stretches_the_limits() -> None:
    """Limits of 2 v - 1 on [-1, 1] are 2 L - 1."""
    values = np.random.default_rng(2).random(60)
    plain, wide = mean_sequence(values, span=UNIT), mean_sequence(2 * values - 1, span=(-1.0, 1.0))
    assert isinstance(plain, Evidence)
    assert isinstance(wide, Evidence)
    np.testing.assert_allclose(wide.low, 2 * plain.low - 1, atol=1e-9)
    np.testing.assert_allclose(wide.high, 2 * plain.high - 1, atol=1e-9)


def test_nineteen_values_give_no_interval() -> None:
    """As everywhere, fewer than twenty texts are refused."""
    assert isinstance(mean_sequence(np.ones(19), span=UNIT), NotMeasured)


@pytest.mark.slow
def test_the_truth_is_inside_at_all_times_in_at_least_95_percent_of_runs() -> None:
    """Of 300 runs of 200 skewed values, the 95 % limits after all looks exclude the mean in at most 5 %."""
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(300):
        found = mean_sequence(rng.beta(0.6, 0.25, size=200), span=UNIT)
        assert isinstance(found, Evidence)
        low, high = found.interval(0.95)
        held += low <= 0.6 / 0.85 <= high
    assert held >= 285
    assert len(ALPHAS) == len(found.low)
