import numpy as np
import pytest

from trust_core.alignment.ranking import choose_k, is_all_zero, rank_words

KEY = ("t1", "reference", "h1")


def test_words_come_by_falling_absolute_weight() -> None:
    """A strong word against the class ranks above a weak word for it."""
    assert rank_words(np.array([0.1, -0.9, 0.5]), tie_key=KEY).tolist() == [1, 2, 0]


def test_words_without_weight_are_left_out() -> None:
    """A word below a millionth of the largest weight is no top word; one just above is."""
    assert rank_words(np.array([1.0, 0.9e-6, -1.1e-6, 0.0]), tie_key=KEY).tolist() == [0, 2]


def test_an_all_zero_explanation_has_no_top_words() -> None:
    """Neither zeros nor rounding errors are a reason."""
    assert rank_words(np.zeros(4), tie_key=KEY).size == 0
    assert is_all_zero(np.full(4, 1e-17))
    assert is_all_zero(np.empty(0))
    assert not is_all_zero(np.array([0.0, 1e-9]))


def test_ties_are_broken_by_text_role_and_half() -> None:
    """The same key gives the same order, and another text, model or half another one."""
    tied = np.ones(12)
    orders = {
        key: tuple(rank_words(tied, tie_key=key))
        for key in (KEY, ("t2", "reference", "h1"), ("t1", "candidate", "h1"), ("t1", "reference", "h2"))
    }
    assert orders[KEY] == tuple(rank_words(tied, tie_key=KEY))
    assert len(set(orders.values())) == 4


def test_a_tie_does_not_favour_a_position() -> None:
    """Over many texts each of ten tied words comes first about equally often."""
    first = [int(rank_words(np.ones(10), tie_key=(str(text), "reference", "all"))[0]) for text in range(1000)]
    counts = np.bincount(first, minlength=10)
    assert counts.min() > 65
    assert counts.max() < 140


def test_weights_that_differ_by_rounding_alone_are_tied() -> None:
    """0.1 + 0.2 and 0.3 are one weight, so their order is the hash's and not the larger rounding error's."""
    orders = {
        tuple(rank_words(np.array([0.3, 0.1 + 0.2]), tie_key=(str(t), "reference", "all"))) for t in range(20)
    }
    assert orders == {(0, 1), (1, 0)}


@pytest.mark.parametrize(
    "w, fraction, expected",
    [(18, 0.2, 4), (20, 0.2, 4), (21, 0.2, 5), (1, 0.2, 1), (10, 0.7, 7), (15, 0.2, 3)],
)
def test_k_is_the_ceiling_of_a_share_of_the_words(w: int, fraction: float, expected: int) -> None:
    """K = ceil(fraction w), without the extra word that binary rounding would add to .7 * 10."""
    assert choose_k(w, fraction=fraction) == expected


def test_a_fixed_k_wins_over_the_share() -> None:
    """Who asks for ten words gets ten words in every text."""
    assert choose_k(50, fraction=0.2, fixed=10) == 10
