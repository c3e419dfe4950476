import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trust_core.domain.measures import Evidence
from trust_core.stats.bootstrap import Resamples, evidence_from_draws, mean_evidence
from trust_core.stats.equivalence import judge, p_different
from trust_core.stats.intervals import paired_difference_evidence, rate_evidence
from trust_core.stats.multiplicity import holm
from trust_core.stats.paired_tests import bowker, stuart_maxwell
from trust_core.stats.rank_correlation import kendall, spearman

bounded = st.floats(-1, 1, allow_nan=False, width=32)


def check(evidence, low, high):
    """Limits are nested, inside the range, hold the estimate at 95 % and are not empty."""
    assert isinstance(evidence, Evidence)
    assert (np.diff(evidence.low) <= 1e-12).all()
    assert (np.diff(evidence.high) >= -1e-12).all()
    assert low <= evidence.low.min()
    assert evidence.high.max() <= high
    at = evidence.interval(0.95)
    assert at[0] < at[1]


@given(st.integers(20, 6000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_rates_have_sound_limits(case):
    """Any count of any number of texts: nested limits in [0, 1] about the rate, never empty."""
    evidence = rate_evidence(*case)
    check(evidence, 0.0, 1.0)
    assert evidence.interval(0.95)[0] <= evidence.estimate <= evidence.interval(0.95)[1]


@given(st.integers(0, 3000), st.integers(0, 3000), st.integers(20, 3000))
def test_paired_differences_have_sound_limits(lost, gained, rest):
    """Any losses and gains: nested limits in [-1, 1], never empty; exchanging the models mirrors them."""
    n = lost + gained + rest
    there, back = paired_difference_evidence(lost, gained, n), paired_difference_evidence(gained, lost, n)
    check(there, -1.0, 1.0)
    np.testing.assert_allclose(there.low, -back.high, atol=1e-12)


@given(arrays(np.float64, st.integers(20, 60), elements=bounded), st.integers(0, 2**31))
def test_means_have_sound_limits(values, seed):
    """Any bounded values, constant ones included: nested limits inside the range, never empty."""
    before = values.copy()
    evidence = mean_evidence(values, Resamples(n=len(values), count=50, seed=seed), span=(-1.0, 1.0))
    check(evidence, -1.0, 1.0)
    assert (values == before).all()


@given(
    arrays(np.float64, 40, elements=bounded),
    bounded,
    st.sampled_from(["percentile", "basic", "outer"]),
)
def test_any_draws_have_sound_limits(draws, estimate, kind):
    """Any draws about any estimate: nested limits inside the range, never empty."""
    check(evidence_from_draws(draws, float(estimate), n=40, span=(-1.0, 1.0), kind=kind), -1.0, 1.0)


@given(
    arrays(np.float64, 30, elements=bounded),
    st.floats(0.001, 0.9),
    st.sampled_from(["difference", "upper"]),
)
def test_a_wider_margin_never_makes_a_pair_more_different(values, margin, kind):
    """The p-value for being different falls or stays as the margin shrinks, and agrees with the verdict."""
    evidence = mean_evidence(values, Resamples(n=30, count=60, seed=0), span=(-1.0, 1.0))
    assert isinstance(evidence, Evidence)
    p = p_different(evidence, margin, kind)
    assert p <= p_different(evidence, margin * 1.1, kind) + 1e-12
    assert 0.001 <= p <= 1
    assert (judge(evidence, margin, kind) == "different") == (p <= 0.05) or abs(p - 0.05) < 1e-9


@given(arrays(np.float64, st.integers(1, 12), elements=st.floats(0, 1)))
def test_holm_only_raises_and_keeps_the_order(p_values):
    """Adjusted p-values are at least the given ones, at most 1, and in the same order."""
    adjusted = holm(p_values)
    assert (adjusted >= p_values).all()
    assert (adjusted <= 1).all()
    order = np.argsort(p_values, kind="stable")
    assert (np.diff(adjusted[order]) >= 0).all()


@given(st.integers(2, 5).flatmap(lambda k: arrays(np.int64, (k, k), elements=st.integers(0, 60))))
def test_paired_tests_do_not_depend_on_the_names_of_classes(table):
    """Renaming the classes or exchanging the models changes no test; every p-value lies in (0, 1]."""
    order = np.arange(len(table))[::-1]
    for test in (stuart_maxwell, bowker):
        result = test(table)
        assert 0 <= result.p <= 1
        for other in (test(table[np.ix_(order, order)]), test(table.T.copy())):
            assert other.degrees == result.degrees
            assert other.statistic == pytest.approx(result.statistic, rel=1e-6, abs=1e-9)


@given(st.integers(2, 15).flatmap(lambda w: st.tuples(*[arrays(np.float64, w, elements=bounded)] * 2)))
def test_rank_correlations_are_symmetric_and_bounded(pair):
    """Exchanging the lists changes nothing, negating one turns the sign."""
    first, second = pair
    for measure in (spearman, kendall):
        value = measure(first, second)
        assert value == measure(second, first)
        if value is not None:
            assert -1 <= value <= 1
            assert measure(first, -second) == pytest.approx(-value, abs=1e-9)
            assert measure(first, first) == pytest.approx(1)
