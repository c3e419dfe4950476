import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import SquareTable
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from trust_core.domain.measures import ALPHAS, Evidence
from trust_core.stats.bootstrap import Resamples, mean_evidence
from trust_core.stats.intervals import rate_evidence
from trust_core.stats.multiplicity import holm
from trust_core.stats.paired_tests import bowker, mcnemar, stuart_maxwell
from trust_core.stats.rank_correlation import average_ranks, kendall, spearman

pytestmark = pytest.mark.golden


@pytest.mark.parametrize("events, n", [(0, 20), (1, 300), (150, 300), (299, 300), (4999, 5000)])
def test_wilson_agrees_with_statsmodels(events, n):
    """Wilson's limits equal statsmodels' at every error rate kept."""
    evidence = rate_evidence(events, n)
    assert isinstance(evidence, Evidence)
    for index, alpha in enumerate(ALPHAS):
        low, high = proportion_confint(events, n, alpha=2 * float(alpha), method="wilson")
        assert (evidence.low[index], evidence.high[index]) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize("lost, gained", [(12, 5), (0, 4), (0, 1), (30, 30), (210, 160)])
def test_mcnemar_agrees_with_statsmodels(lost, gained):
    """The exact p-value equals statsmodels' exact test of the same table."""
    expected = statsmodels_mcnemar(np.array([[100, lost], [gained, 20]]), exact=True)
    result = mcnemar(lost, gained)
    assert (result.statistic, result.p) == (expected.statistic, pytest.approx(expected.pvalue))


@pytest.mark.parametrize("k", [2, 3, 5])
def test_stuart_maxwell_and_bowker_agree_with_statsmodels(k):
    """Statistic, degrees of freedom and p-value equal statsmodels' without its shift of zero cells."""
    table = np.random.default_rng(k).integers(1, 40, size=(k, k)) + 50 * np.eye(k, dtype=int)
    square = SquareTable(table, shift_zeros=False)
    for ours, theirs in ((stuart_maxwell(table), square.homogeneity()), (bowker(table), square.symmetry())):
        assert ours.statistic == pytest.approx(theirs.statistic)
        assert ours.degrees == theirs.df
        assert ours.p == pytest.approx(theirs.pvalue)


@pytest.mark.parametrize("levels", [3, 10, 10**6])
def test_rank_correlations_agree_with_scipy(levels):
    """Spearman, tau-b and average ranks equal scipy's, with many ties and without."""
    rng = np.random.default_rng(levels)
    for w in (2, 5, 18, 60):
        x, y = rng.integers(0, levels, w).astype(float), rng.integers(0, levels, w).astype(float)
        assert average_ranks(x).tolist() == stats.rankdata(x).tolist()
        if len(set(x)) > 1 and len(set(y)) > 1:
            assert spearman(x, y) == pytest.approx(stats.spearmanr(x, y).statistic)
            assert kendall(x, y) == pytest.approx(stats.kendalltau(x, y).statistic)


def test_holm_agrees_with_statsmodels():
    """Adjusted p-values equal statsmodels' step-down Holm."""
    p_values = np.random.default_rng(0).random(12) ** 3
    np.testing.assert_allclose(holm(p_values), multipletests(p_values, method="holm")[1])


def test_bootstrap_limits_agree_with_scipy():
    """Percentile limits of a mean equal scipy's bootstrap up to the noise of their draws."""
    values = np.random.default_rng(0).gamma(2.0, size=200)
    evidence = mean_evidence(values, Resamples(n=200, count=20_000, seed=0), span=(0.0, 50.0))
    assert isinstance(evidence, Evidence)
    theirs = stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, method="percentile", rng=np.random.default_rng(1)
    ).confidence_interval
    assert evidence.interval(0.95) == (
        pytest.approx(theirs.low, abs=0.01),
        pytest.approx(theirs.high, abs=0.01),
    )
