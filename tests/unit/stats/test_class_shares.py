"""Change of class shares, and the published test of independence."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from trust_core.domain.measures import Measured, NotMeasured
from trust_core.stats.class_shares import independence, share_shift


def true_w(shares: np.ndarray) -> float:
    """Cohen's w of the law that a table is drawn from."""
    difference = shares.sum(axis=1) - shares.sum(axis=0)
    covariance = -(shares + shares.T)
    np.fill_diagonal(covariance, shares.sum(axis=1) + shares.sum(axis=0) - 2 * np.diag(shares))
    return float(np.sqrt(difference @ np.linalg.pinv(covariance) @ difference))


LAWS = (
    [[0.32, 0.03, 0.02], [0.01, 0.30, 0.02], [0.01, 0.01, 0.28]],
    [[0.34, 0.0, 0.0], [0.0, 0.33, 0.0], [0.0, 0.0, 0.33]],
    [[0.35, 0.05], [0.05, 0.55]],
    [[0.20, 0.20, 0.05], [0.02, 0.30, 0.02], [0.01, 0.05, 0.15]],
)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("n", [40, 300, 3000])
def test_interval_of_the_effect_size_holds_the_truth(law: list[list[float]], n: int) -> None:
    """In 400 draws the 95 % interval holds the w of the law in at least 93 %."""
    shares = np.array(law)
    tables = np.random.default_rng(n).multinomial(n, shares.ravel(), size=400).reshape(-1, *shares.shape)
    truth, held = true_w(shares), 0
    for table in tables:
        found = share_shift(table)
        assert isinstance(found, Measured)
        assert found.low <= found.value <= found.high <= 1
        held += found.low - 1e-9 <= truth <= found.high + 1e-9
    assert held / 400 >= 0.93


def test_no_change_is_zero_with_room_for_what_was_not_seen() -> None:
    """Models that always agree have w = 0, and an upper limit that shrinks with the texts."""
    small, large = share_shift(np.diag([20, 20])), share_shift(np.diag([2000, 2000]))
    assert isinstance(small, Measured)
    assert isinstance(large, Measured)
    assert small.value == small.low == 0
    assert 0 < large.high < small.high


def test_a_change_of_every_text_is_one() -> None:
    """Where all texts go from one class to the other, w is 1 but for the degree of freedom."""
    found = share_shift(np.array([[0, 5000], [0, 0]]))
    assert isinstance(found, Measured)
    assert found.value == pytest.approx(1.0, abs=1e-3)


def test_too_few_texts_have_no_effect_size() -> None:
    """Nineteen texts are not measured."""
    assert isinstance(share_shift(np.array([[10, 9], [0, 0]])), NotMeasured)


@pytest.mark.parametrize("k", [2, 3, 5])
def test_independence_agrees_with_scipy(k: int) -> None:
    """The published test is Pearson's chi-squared of models by classes, without correction."""
    rng = np.random.default_rng(k)
    first, second = (
        rng.integers(0, k, 200),
        rng.choice(k, 200, p=np.arange(1, k + 1) / np.arange(1, k + 1).sum()),
    )
    table = [np.bincount(side, minlength=k) for side in (first, second)]
    expected = chi2_contingency(table, correction=False)
    found = independence(first, second, k)
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p == pytest.approx(expected.pvalue)
    assert found.degrees == k - 1


def test_classes_that_nobody_uses_take_no_degree_of_freedom() -> None:
    """An unused class changes nothing, and a single class leaves nothing to test."""
    first, second = np.array([0, 0, 1, 1] * 10), np.array([0, 1, 1, 1] * 10)
    assert independence(first, second, 5) == independence(first, second, 2)
    assert independence(first * 0, second * 0, 3).p == 1.0
