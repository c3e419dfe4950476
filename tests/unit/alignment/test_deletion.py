"""Texts with words kept or deleted: masks, orders, and the limits of a deletion curve."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trust_core.alignment.deletion import (
    TRIALS,
    CurveLimits,
    WordSets,
    curve_limits,
    mean_drop,
    random_words,
    read_trials,
    supporting_order,
    trial_masks,
)
from trust_core.domain.arrays import BoolArray, FloatArray

KEY = ("t1", "reference", "all")


def sets(own: list[int], reference: list[int], *, curve: bool = True) -> WordSets:
    """Sets of words of a text of five."""
    first, second = np.array(own, dtype=np.int64), np.array(reference, dtype=np.int64)
    none = np.empty(0, dtype=np.int64)
    drawn = random_words(5, len(own), seed=3, text_id="t1")
    return WordSets(5, first, second, drawn, first if curve else none, second if curve else none)


def answered(w: int, steps: int, output: Callable[[BoolArray], FloatArray], width: int) -> CurveLimits:
    """The limits that the search finds for a model of word masks."""
    search = curve_limits("t", w, steps, 0, width=width)
    request = next(search)
    while True:
        try:
            request = search.send(output(request.keep)[:, None])
        except StopIteration as done:
            found: CurveLimits = done.value
            return found


def test_masks_keep_and_delete_the_named_words() -> None:
    """The whole text, then own, reference's and random words kept and deleted, then both curves."""
    masks = trial_masks(sets([4, 0], [1, 2]))
    assert masks[0].all()
    assert masks[1].tolist() == [True, False, False, False, True]
    assert masks[3].tolist() == [False, True, True, False, False]
    for kept in (1, 3, 5):
        assert np.array_equal(masks[kept], ~masks[kept + 1])
    assert masks[5].sum() == 2
    assert masks[TRIALS].tolist() == [True, True, True, True, False]
    assert masks[TRIALS + 1].tolist() == [False, True, True, True, False]
    assert masks[TRIALS + 2].tolist() == [True, False, True, True, True]
    assert len(masks) == TRIALS + 4


def test_answers_are_read_in_the_order_of_the_masks() -> None:
    """Row i of the answers belongs to mask i; too few rows are an error."""
    given = sets([4, 0], [1, 2])
    answers = np.arange(TRIALS + 4, dtype=np.float64)[:, None] * [1.0, -1.0]
    found = read_trials("t1", given, answers)
    assert found.whole.tolist() == [0.0, 0.0]
    assert [row[0] for row in (found.own_kept, found.own_deleted, found.reference_kept)] == [1, 2, 3]
    assert [row[0] for row in (found.reference_deleted, found.random_kept, found.random_deleted)] == [4, 5, 6]
    assert found.own_curve[:, 0].tolist() == [7, 8]
    assert found.reference_curve[:, 0].tolist() == [9, 10]
    assert not found.same_words
    with pytest.raises(ValueError, match="10 answers to 11 masks"):
        read_trials("t1", given, answers[:-1])


def test_the_same_words_in_another_order_are_another_curve() -> None:
    """Sets are compared as sets, curves by their order."""
    answers = np.zeros((TRIALS + 4, 2))
    assert read_trials("t1", sets([0, 4], [0, 4]), answers).same_words
    assert not read_trials("t1", sets([4, 0], [0, 4]), answers).same_words
    assert read_trials("t1", sets([4, 0], [0, 4], curve=False), answers[:TRIALS]).same_words


def test_words_are_ordered_from_for_to_against() -> None:
    """The most positive weight comes first, the most negative last; tied words have no fixed place."""
    order = supporting_order(np.array([-0.5, 0.2, 0.0, 0.9]), tie_key=KEY)
    assert order.tolist() == [3, 1, 2, 0]
    tied = {tuple(supporting_order(np.zeros(4), tie_key=(f"t{at}", "reference", "all"))) for at in range(20)}
    assert len(tied) > 5
    assert supporting_order(np.empty(0), tie_key=KEY).size == 0


def test_the_drop_is_averaged_over_the_words_taken_away() -> None:
    """AOPC of 0.9 falling to 0.5 and 0.1 is (0.4 + 0.8) / 2; a rise counts below 0."""
    assert mean_drop(0.9, np.array([0.5, 0.1])) == pytest.approx(0.6)
    assert mean_drop(0.5, np.array([0.7])) == pytest.approx(-0.2)


@given(seed=st.integers(0, 200), w=st.integers(2, 5))
def test_a_wide_search_finds_the_limits_of_all_orders(seed: int, w: int) -> None:
    """With room for every set, the limits are those over all orders of the words, one by one."""
    rng = np.random.default_rng(seed)
    table = rng.random(1 << w)

    def output(masks: BoolArray) -> FloatArray:
        values: FloatArray = table[masks @ (1 << np.arange(w))]
        return values

    steps = max(1, w - 1)
    reached = []
    for order in permutations(range(w), steps):
        left = np.ones((steps, w), dtype=np.bool_)
        for place, word in enumerate(order):
            left[place:, word] = False
        reached.append(mean_drop(float(table[-1]), output(left)))
    wide = answered(w, steps, output, width=1 << w)
    assert (wide.low, wide.high) == (pytest.approx(min(reached)), pytest.approx(max(reached)))
    narrow = answered(w, steps, output, width=1)
    assert wide.low - 1e-12 <= narrow.low <= narrow.high <= wide.high + 1e-12


def test_of_an_additive_model_the_narrowest_search_is_exact() -> None:
    """Where words add up, deleting the heaviest first is the fastest fall, and the lightest the slowest."""
    weights = np.array([0.1, 0.4, -0.2, 0.3, 0.0])
    found = answered(5, 3, lambda masks: masks @ weights, width=1)
    assert found.high == pytest.approx((0.4 + 0.7 + 0.8) / 3)
    assert found.low == pytest.approx((-0.2 - 0.2 - 0.1) / 3)


def test_random_words_are_the_same_for_everybody() -> None:
    """They depend on the seed and the text alone."""
    first = random_words(9, 3, seed=1, text_id="a")
    assert first.tolist() == random_words(9, 3, seed=1, text_id="a").tolist()
    assert len(set(first.tolist())) == 3
    others = {tuple(random_words(9, 3, seed=1, text_id=f"t{at}").tolist()) for at in range(10)}
    assert len(others) > 5
