import numpy as np
import pytest
from scipy.sparse import csr_array

from trust_core.domain.measures import ALPHAS, Evidence, NotMeasured
from trust_core.stats import bootstrap
from trust_core.stats.bootstrap import Resamples, evidence_from_draws, mean_evidence
from trust_core.stats.equivalence import judge
from trust_core.stats.evidence import measured


def test_means_are_the_means_of_the_resampled_texts():
    """Means through counts equal the means of the texts drawn one by one."""
    values = np.random.default_rng(0).normal(size=(30, 3))
    resamples = Resamples(n=30, count=50, seed=7)
    counts = np.concatenate(list(resamples.counts()))
    slow = [np.repeat(values, row.astype(int), axis=0).mean(axis=0) for row in counts]
    np.testing.assert_allclose(resamples.means(values), slow, atol=1e-14)
    assert (counts.sum(axis=1) == 30).all()


def test_sparse_columns_give_the_means_of_dense_ones():
    """A sparse matrix of values gives the same resampled means as the same matrix written out."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=(40, 6)) * (rng.random((40, 6)) < 0.2)
    resamples = Resamples(n=40, count=33, seed=3)
    np.testing.assert_allclose(resamples.means(csr_array(values)), resamples.means(values), atol=1e-14)


@pytest.mark.parametrize("cells", [1, 500, 10**7])
def test_draws_do_not_depend_on_the_size_of_the_blocks(cells, monkeypatch):
    """Whatever fits into memory at once, the draws are the same."""
    resamples = Resamples(n=25, count=101, seed=5)
    whole = np.concatenate(list(resamples.counts()))
    monkeypatch.setattr(bootstrap, "_CELLS", cells)
    assert (np.concatenate(list(resamples.counts())) == whole).all()


def test_equal_descriptions_are_equal_draws_and_others_differ():
    """Two measures with equal Resamples are paired; another seed or number of texts draws anew."""
    first = next(Resamples(n=25, count=10, seed=5).counts())
    assert (first == next(Resamples(n=25, count=10, seed=5).counts())).all()
    assert (first != next(Resamples(n=25, count=10, seed=6).counts())).any()


def test_counts_follow_the_multinomial_law():
    """A text comes about once in a resample, with a variance of 1 - 1/n."""
    counts = np.concatenate(list(Resamples(n=50, count=4000, seed=0).counts()))
    assert abs(counts.mean() - 1) < 1e-12
    np.testing.assert_allclose(counts.var(axis=0).mean(), 1 - 1 / 50, rtol=0.02)


def test_percentile_and_basic_limits_are_mirror_images():
    """A basic interval is the percentile interval reflected at the estimate."""
    draws = np.random.default_rng(0).gamma(2.0, size=2000)
    percentile = evidence_from_draws(draws, 3.0, n=100, span=(-100.0, 100.0))
    basic = evidence_from_draws(draws, 3.0, n=100, span=(-100.0, 100.0), kind="basic")
    assert isinstance(percentile, Evidence)
    assert isinstance(basic, Evidence)
    np.testing.assert_allclose(basic.low, 6.0 - percentile.high)
    np.testing.assert_allclose(basic.high, 6.0 - percentile.low)
    np.testing.assert_allclose(percentile.interval(0.95), np.quantile(draws, [0.025, 0.975]))


def test_outer_limits_are_basic_below_and_percentile_above_and_hold_the_estimate():
    """Outer evidence takes the basic lower and the percentile upper limit, never leaving the estimate out."""
    draws = np.random.default_rng(0).gamma(2.0, size=2000) + 1
    outer = evidence_from_draws(draws, 2.5, n=100, span=(0.0, 100.0), kind="outer")
    assert isinstance(outer, Evidence)
    strict = ALPHAS <= 0.1
    np.testing.assert_allclose(
        outer.low[strict], np.clip(5.0 - np.quantile(draws, 1 - ALPHAS[strict]), 0, None)
    )
    np.testing.assert_allclose(outer.high[strict], np.quantile(draws, 1 - ALPHAS[strict]))
    assert (outer.low <= 2.5).all()
    assert (outer.high >= 2.5).all()


def test_limits_widen_as_the_error_rate_gets_stricter():
    """Lower limits fall and upper limits rise along ALPHAS for every kind of interval."""
    draws = np.random.default_rng(0).normal(size=500)
    for kind in ("percentile", "basic", "outer"):
        evidence = evidence_from_draws(draws, 0.1, n=50, span=(-9.0, 9.0), kind=kind)
        assert isinstance(evidence, Evidence)
        assert (np.diff(evidence.low) <= 0).all()
        assert (np.diff(evidence.high) >= 0).all()


def test_limits_stay_inside_the_span():
    """A basic limit beyond what the statistic can be is cut off."""
    draws = np.random.default_rng(0).gamma(1.0, size=500)
    evidence = evidence_from_draws(draws, 0.1, n=50, span=(0.0, 2.0), kind="basic")
    assert isinstance(evidence, Evidence)
    assert evidence.low.min() >= 0
    assert evidence.high.max() <= 2


def test_equal_values_keep_the_width_that_rare_events_could_fill():
    """300 texts without a difference: Wilson's share of unseen texts times the span, not empty."""
    evidence = mean_evidence(np.zeros(300), Resamples(n=300, count=200, seed=0), span=(-2.0, 2.0))
    assert isinstance(evidence, Evidence)
    low, high = evidence.interval(0.90)
    z = 1.6448536269514722
    assert high == pytest.approx(2 * z**2 / (300 + z**2))
    assert low == pytest.approx(-high)
    assert judge(evidence, 0.03) == "equivalent"
    assert judge(evidence, 0.01) == "inconclusive"


def test_the_limit_for_unseen_events_holds_a_rare_event_as_often_as_it_says():
    """Where 1 text in 150 differs by 2, samples of 100 without one still hold the mean."""
    rng = np.random.default_rng(0)
    p, n = 1 / 150, 100
    held = []
    for seed in range(300):
        values = np.where(rng.random(n) < p, 2.0, 0.0)
        evidence = mean_evidence(values, Resamples(n=n, count=200, seed=seed), span=(-2.0, 2.0))
        assert isinstance(evidence, Evidence)
        low, high = evidence.interval(0.95)
        if values.max() == 0:
            held.append(low <= 2 * p <= high)
    assert len(held) > 100
    assert all(held)


def test_nineteen_texts_are_not_measured_and_twenty_are():
    """Below 20 texts there is a reason and a need instead of a figure."""
    values = np.random.default_rng(0).random(20)
    few = mean_evidence(values[:19], Resamples(n=19, count=100, seed=0), span=(0.0, 1.0))
    assert isinstance(few, NotMeasured)
    assert few.reason == "19 texts are too few for an interval"
    enough = mean_evidence(values, Resamples(n=20, count=100, seed=0), span=(0.0, 1.0))
    assert isinstance(enough, Evidence)
    figure = measured(enough)
    assert not isinstance(figure, NotMeasured)
    assert (figure.value, figure.n, figure.level) == (pytest.approx(values.mean()), 20, 0.95)
    assert measured(few) is few
    assert isinstance(evidence_from_draws(np.ones(5), 1.0, n=3, span=(0.0, 1.0)), NotMeasured)


def test_a_bootstrap_without_texts_or_with_other_rows_is_refused():
    """Resamples of nothing, and values of another number of texts, are programming errors."""
    with pytest.raises(ValueError, match="at least one text"):
        Resamples(n=0, count=10, seed=0)
    with pytest.raises(ValueError, match="4 rows of values for resamples of 5 texts"):
        Resamples(n=5, count=10, seed=0).means(np.ones((4, 1)))
