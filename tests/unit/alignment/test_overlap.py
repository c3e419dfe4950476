from itertools import combinations

import numpy as np
import pytest

from trust_core.alignment.overlap import (
    adjust_for_chance,
    expected_jaccard,
    feature_agreement,
    jaccard,
    sweep_jaccard,
)
from trust_core.alignment.ranking import rank_words

CHANCE_TABLE = {
    3: dict(
        zip(
            (8, 10, 12, 14, 16, 18, 20, 22, 25, 30, 40, 60),
            (0.259, 0.201, 0.164, 0.139, 0.120, 0.106, 0.095, 0.086, 0.075, 0.062, 0.046, 0.031),
            strict=True,
        )
    ),
    5: dict(
        zip(
            (8, 10, 12, 14, 16, 18, 20, 22, 25, 30, 40, 60),
            (0.471, 0.350, 0.279, 0.232, 0.199, 0.174, 0.155, 0.139, 0.121, 0.099, 0.073, 0.048),
            strict=True,
        )
    ),
    10: dict(
        zip(
            (8, 10, 12, 14, 16, 18, 20, 22, 25, 30, 40, 60),
            (1, 1, 0.718, 0.562, 0.462, 0.392, 0.341, 0.302, 0.257, 0.207, 0.148, 0.095),
            strict=True,
        )
    ),
}


def order(*words: int) -> np.ndarray:
    """An order of words."""
    return np.array(words, dtype=np.int64)


def test_jaccard_counts_shared_words_over_all_top_words() -> None:
    """Two of three words in common are 2 of 4 words in the union."""
    assert jaccard(order(1, 2, 3, 4), order(3, 1, 5, 2), 3) == 2 / 4


def test_jaccard_uses_the_real_sizes_where_few_words_have_weight() -> None:
    """A model with a single weighted word can overlap in one of three words at the most."""
    assert jaccard(order(7), order(7, 1, 2), 3) == 1 / 3


def test_two_empty_sets_are_refused() -> None:
    """Nothing against nothing is no agreement of 0 and none of 1."""
    with pytest.raises(ValueError, match="leave the text out"):
        jaccard(order(), order(), 3)


@pytest.mark.parametrize(
    "k, w, expected", [(k, w, e) for k, row in CHANCE_TABLE.items() for w, e in row.items()]
)
def test_chance_levels_are_those_of_the_methods(k: int, w: int, expected: float) -> None:
    """docs/methods.md prints E[J] for three K and twelve lengths; with K >= w chance alone gives 1."""
    assert expected_jaccard(w, k, k) == pytest.approx(expected, abs=5.1e-4)


@pytest.mark.parametrize("w, k_a, k_b", [(5, 2, 2), (6, 3, 2), (6, 5, 4), (7, 1, 6), (4, 4, 2)])
def test_chance_is_the_mean_over_all_pairs_of_sets(w: int, k_a: int, k_b: int) -> None:
    """The formula equals the slow enumeration of every pair of sets."""
    slow = np.mean(
        [
            len({*a} & {*b}) / len({*a} | {*b})
            for a in combinations(range(w), k_a)
            for b in combinations(range(w), k_b)
        ]
    )
    assert expected_jaccard(w, k_a, k_b) == pytest.approx(slow, abs=1e-12)


def test_chance_needs_sets_with_words() -> None:
    """An empty set has no chance level."""
    with pytest.raises(ValueError, match="at least one word"):
        expected_jaccard(10, 0, 3)


def test_adjustment_maps_chance_to_zero_and_identity_to_one() -> None:
    """The adjusted scale has its zero at chance, and refuses sets for which chance is all there is."""
    assert adjust_for_chance(0.341, 0.341) == 0
    assert adjust_for_chance(1.0, 0.341) == 1
    with pytest.raises(ValueError, match="leave the text out"):
        adjust_for_chance(1.0, 1.0)


def test_random_top_sets_score_zero_on_average() -> None:
    """Two models without anything in common have an adjusted Jaccard index of 0 within sampling error."""
    rng = np.random.default_rng(4)
    chance = expected_jaccard(18, 4, 4)
    scores = [
        adjust_for_chance(jaccard(rng.permutation(18), rng.permutation(18), 4), chance) for _ in range(4000)
    ]
    assert abs(np.mean(scores)) < 4 * np.std(scores) / np.sqrt(len(scores))


def test_half_the_features_are_a_third_of_jaccard() -> None:
    """FA = .5 is J = 1/3: J = FA / (2 - FA)."""
    one, other = order(0, 1, 2, 3), order(0, 1, 4, 5)
    assert feature_agreement(one, other, 4) == 0.5
    assert jaccard(one, other, 4) == pytest.approx(1 / 3)


def test_the_sweep_equals_one_comparison_at_a_time() -> None:
    """The fast sweep over K gives what the sets give at each K, also where few words have weight."""
    rng = np.random.default_rng(1)
    for w, zeros in ((2, 0), (9, 0), (15, 6)):
        a, b = rng.normal(size=w), rng.normal(size=w)
        b[:zeros] = 0
        one = rank_words(a, tie_key=("t", "reference", "all"))
        other = rank_words(b, tie_key=("t", "candidate", "all"))
        observed, chance = sweep_jaccard(one, other, w)
        for k in range(1, w):
            x, y = set(one[:k].tolist()), set(other[:k].tolist())
            assert observed[k - 1] == pytest.approx(len(x & y) / len(x | y))
            assert chance[k - 1] == expected_jaccard(w, len(x), len(y))
        assert len(observed) == w - 1
