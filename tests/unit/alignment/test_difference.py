import numpy as np
import pytest

from trust_core.alignment.difference import difference_noise


def test_equal_halves_leave_no_noise():
    """An explainer without sampling noise has a noise of 0."""
    weights = np.array([0.3, -0.1, 0.2])
    assert difference_noise(weights, weights) == 0


def test_the_limit_is_students_t_of_the_spread_between_halves():
    """The half-width is t, with w degrees of freedom, times the root mean square of half the differences."""
    first, second = np.array([0.2, 0.0, -0.1, 0.4]), np.array([0.0, 0.1, -0.1, 0.2])
    spread = np.sqrt((0.1**2 + 0.05**2 + 0 + 0.1**2) / 4)
    assert difference_noise(first, second) == pytest.approx(2.7764451 * spread)


def test_words_without_a_difference_lie_within_it_as_often_as_the_level_says():
    """Where two models differ by sampling alone, 95 % of the words' differences lie within the noise."""
    rng = np.random.default_rng(7)
    inside = []
    for _ in range(600):
        halves = rng.normal(scale=0.1, size=(2, 12))
        inside.append(np.abs(halves.mean(axis=0)) <= difference_noise(halves[0], halves[1]))
    assert np.mean(inside) == pytest.approx(0.95, abs=0.015)


def test_a_text_without_words_is_refused():
    """Without words there is nothing to judge."""
    with pytest.raises(ValueError, match="without words"):
        difference_noise(np.empty(0), np.empty(0))
