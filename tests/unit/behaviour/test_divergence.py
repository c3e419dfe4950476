import math

import numpy as np
import pytest

from trust_core.behaviour.agreement import error_consistency, macro_f1
from trust_core.behaviour.divergence import count_clipped, js_bits, kl_nats, largest_kl, probability_loyalty
from trust_core.behaviour.quantiles import quantile_figure
from trust_core.domain.measures import Measured, NotMeasured

P = np.array([[0.5, 0.5], [1.0, 0.0], [0.9, 0.1]])
Q = np.array([[0.25, 0.75], [0.0, 1.0], [0.9, 0.1]])


def test_kl_is_the_textbook_sum() -> None:
    """The sum of p log(p / q) in nats, worked by hand for (.5, .5) against (.25, .75)."""
    expected = 0.5 * math.log(0.5 / 0.25) + 0.5 * math.log(0.5 / 0.75)
    assert kl_nats(P, Q)[0] == pytest.approx(expected)
    assert kl_nats(P, Q)[2] == 0


def test_kl_stays_finite_where_a_model_rules_a_class_out() -> None:
    """A probability of 0 counts as 1e-7: certain and opposite answers are 16.1 nats apart and no more."""
    assert kl_nats(P, Q)[1] == pytest.approx(math.log(1e7), abs=1e-5)
    assert kl_nats(P, Q)[1] <= largest_kl(2)
    assert count_clipped(P) == 1


def test_js_needs_no_floor_and_ends_at_one_bit() -> None:
    """Opposite certainty is one bit, equality 0, and loyalty 1 less the root."""
    np.testing.assert_allclose(js_bits(P, Q)[1:], [1, 0])
    np.testing.assert_allclose(probability_loyalty(P, Q), 1 - np.sqrt(js_bits(P, Q)))


def test_kappa_of_identical_models_is_one_and_of_unrelated_errors_zero() -> None:
    """Two models of accuracy .8: errors on the same texts give 1, agreement by chance 0."""
    half = np.array([0.8, 0.8])
    above, room = error_consistency(half, half, np.array([1.0, 0.68]))
    np.testing.assert_allclose(above / room, [1, 0], atol=1e-12)


def test_kappa_has_no_room_where_both_models_are_always_right() -> None:
    """c_exp = 1 leaves a quotient of 0 by 0, which is not to be taken."""
    _, room = error_consistency(np.ones(1), np.ones(1), np.ones(1))
    assert room[0] == 0


def test_macro_f1_leaves_out_classes_that_never_come_up() -> None:
    """A third class that nobody has and nobody predicts does not pull the mean down."""
    right, predicted, gold = (np.array([row]) for row in ([0.4, 0.4, 0.0], [0.5, 0.5, 0.0], [0.5, 0.5, 0.0]))
    assert macro_f1(right, predicted, gold)[0] == pytest.approx(0.8)


def test_a_percentile_has_the_limits_of_its_order_statistics() -> None:
    """Of 400 values the 95th percentile is the 380th, between the 371st and the 389th."""
    figure = quantile_figure(np.random.default_rng(0).permutation(400) + 1.0, 0.95, highest=1000.0)
    assert isinstance(figure, Measured)
    assert (figure.value, figure.low, figure.high) == (380, 371, 389)


def test_percentile_limits_hold_the_truth() -> None:
    """In at least 95 % of samples of a skewed law, the limits hold its 95th percentile."""
    rng = np.random.default_rng(1)
    truth = -math.log(0.05)
    held = 0
    for _ in range(1000):
        figure = quantile_figure(rng.exponential(size=150), 0.95, highest=100.0)
        assert isinstance(figure, Measured)
        held += figure.low <= truth <= figure.high
    assert held >= 940


@pytest.mark.parametrize("q, n", [(0.95, 72), (0.99, 368)])
def test_a_far_percentile_needs_texts_beyond_it(q: float, n: int) -> None:
    """With one text fewer the sample cannot bound the percentile, and the needed number is named."""
    assert isinstance(quantile_figure(np.arange(float(n)), q, highest=1e3), Measured)
    refused = quantile_figure(np.arange(float(n - 1)), q, highest=1e3)
    assert isinstance(refused, NotMeasured)
    assert str(n) in refused.needs


def test_equal_values_still_have_an_interval() -> None:
    """A hundred texts without any divergence leave room for those that were not seen."""
    figure = quantile_figure(np.zeros(100), 0.95, highest=1.0)
    assert isinstance(figure, Measured)
    assert (figure.value, figure.low) == (0, 0)
    assert figure.high > 0
