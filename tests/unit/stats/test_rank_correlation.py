import numpy as np
import pytest

from trust_core.stats.rank_correlation import average_ranks, kendall, spearman


def test_equal_values_share_their_mean_rank():
    """Two values tied for ranks 2 and 3 both get 2.5."""
    assert average_ranks(np.array([7.0, 1.0, 7.0, 9.0])).tolist() == [2.5, 1.0, 2.5, 4.0]


def test_orders_that_agree_or_oppose_are_the_ends():
    """The same order gives 1, the reverse order -1, whatever the spacing."""
    values = np.array([0.1, 0.5, 3.0, 40.0])
    for measure in (spearman, kendall):
        assert measure(values, values**2) == pytest.approx(1.0)
        assert measure(values, -values) == pytest.approx(-1.0)


@pytest.mark.parametrize("constant", [np.zeros(4), np.array([2.0]), np.zeros(0)])
def test_a_constant_list_has_no_rank_correlation(constant):
    """Without two different values there is no value, rather than 0 or NaN."""
    other = np.arange(len(constant), dtype=float)
    for measure in (spearman, kendall):
        assert measure(constant, other) is None
        assert measure(other, constant) is None


def test_kendall_is_the_loop_over_pairs():
    """tau-b by matrices equals the sum over pairs of words, with its correction for ties."""
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 4, 12).astype(float), rng.integers(0, 4, 12).astype(float)
    concordant = discordant = tied_x = tied_y = 0
    for i in range(12):
        for j in range(i):
            product = (x[i] - x[j]) * (y[i] - y[j])
            concordant += product > 0
            discordant += product < 0
            tied_x += x[i] == x[j]
            tied_y += y[i] == y[j]
    pairs = 12 * 11 / 2
    expected = (concordant - discordant) / np.sqrt((pairs - tied_x) * (pairs - tied_y))
    assert kendall(x, y) == pytest.approx(expected)
