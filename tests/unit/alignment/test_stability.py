import numpy as np
import pytest

from trust_core.alignment.stability import border_gap, count_close_neighbours, is_unstable


def test_the_border_lies_between_the_kth_and_the_next_word() -> None:
    """With weights .9, -.6, .5 the border at K = 2 is .1 wide, sign aside."""
    assert border_gap(np.array([0.5, 0.9, -0.6]), 2) == pytest.approx(0.1)


@pytest.mark.parametrize("k", [0, 3, 4])
def test_a_text_without_a_next_word_has_no_border(k: int) -> None:
    """K must leave a word out and take one in."""
    with pytest.raises(ValueError, match=r"1\.\.w-1"):
        border_gap(np.array([0.5, 0.9, -0.6]), k)


def test_near_ties_at_the_border_are_counted() -> None:
    """Of three texts, one has a near tie at its border; near ties elsewhere do not count."""
    weights = [np.array([0.5, 0.4, 0.4 - 9e-6]), np.array([0.5, 0.4, 0.4 - 2e-5]), np.array([0.5, 0.5, 0.1])]
    assert count_close_neighbours(weights, [2, 2, 2]) == 1


def test_a_gap_within_the_noise_is_unstable_and_one_beyond_it_is_not() -> None:
    """Halves that differ by .2 a word cannot tell .50 from .48 apart, but can tell .5 from .1."""
    whole = np.array([0.5, 0.48, 0.1, 0.02])
    wobble = np.array([0.1, -0.1, 0.1, -0.1]) / 2
    assert is_unstable(whole, whole + wobble, whole - wobble, 1)
    assert not is_unstable(whole, whole + wobble, whole - wobble, 2)


def test_the_threshold_is_calibrated() -> None:
    """Of two words with equal true weight, the test calls about 95 % of the draws indistinguishable."""
    rng = np.random.default_rng(8)
    unstable = 0
    for _ in range(600):
        # Two strong words with the same true weight, and many weak ones that tell how noisy the halves are.
        truth = np.array([5.0, 5.0] + [0.0] * 60)
        first, second = (truth + rng.standard_normal(62) for _ in range(2))
        unstable += is_unstable((first + second) / 2, first, second, 1)
    assert 0.92 < unstable / 600 < 0.98
