import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest

from tests.support.inference_fakes import BagOfWords
from trust_core.domain.attributions import Explanation
from trust_core.errors import SpecError
from trust_core.explain import owen_tree
from trust_core.explain.methods import METHODS, NOISE_FREE, canonical_name, method
from trust_core.explain.owen_tree import children, owen_values, plan
from trust_core.explain.settings import Settings, on_scale
from trust_core.explain.shap_text import all_masks, permutation_gains, permutation_masks, shapley_values
from trust_core.inference.engine import Engine
from trust_core.inference.pool import explain
from trust_core.perturb.words import segment

_TEXT = segment("t", ("A dog runs in the park.", "The dog sleeps."))
_SHAP = sorted(name for name in METHODS if name.startswith("shap-"))


def _explain(name: str, model: BagOfWords, text=_TEXT, **settings) -> Explanation:  # type: ignore[no-untyped-def]
    return next(explain([text], method(name, Settings(seed=7, **settings)), Engine(model)))


def _game(w: int, seed: int = 0) -> Callable[[np.ndarray], np.ndarray]:
    """An arbitrary function of masks, with 2 outputs."""
    table = np.random.default_rng(seed).normal(size=(2**w, 2))
    return lambda keep: table[keep @ (1 << np.arange(w))]


def _owen_by_recursion(w: int, boundary: int, game: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Owen values from the definition: every group beside the way to the word in and out, equally often."""
    values = np.zeros((w, 2))

    def visit(start: int, stop: int, beside: list[tuple[int, int]]) -> None:
        if stop - start > 1:
            left, right = children(start, stop, boundary)
            visit(*left, [*beside, right])
            visit(*right, [*beside, left])
            return
        gains = []
        for states in itertools.product([False, True], repeat=len(beside)):
            keep = np.zeros(w, dtype=bool)
            for (first, last), inside in zip(beside, states, strict=True):
                keep[first:last] = inside
            with_word = keep.copy()
            with_word[start] = True
            gains.append(game(with_word[None])[0] - game(keep[None])[0])
        values[start] = np.mean(gains, axis=0)

    visit(0, w, [])
    return values


@pytest.mark.parametrize("w, boundary", [(1, 1), (2, 1), (5, 5), (7, 3), (8, 0), (9, 8), (6, 1)])
def test_owen_values_equal_the_definition(w: int, boundary: int) -> None:
    """The plan's masks and means give the Owen values that the recursion over states gives."""
    game = _game(w)
    made = plan(w, boundary, None)
    assert made.complete
    assert len(np.unique(made.keep, axis=0)) == len(made.keep)
    np.testing.assert_allclose(
        owen_values(made, game(made.keep)), _owen_by_recursion(w, boundary, game), atol=1e-12
    )


def test_the_root_of_a_pair_falls_into_its_two_texts() -> None:
    """The first split is the boundary between the texts; all others are in the middle."""
    assert children(0, 9, 2) == ((0, 2), (2, 9))
    assert children(2, 9, 2) == ((2, 6), (6, 9))
    assert children(0, 4, 4) == ((0, 2), (2, 4))


@pytest.mark.parametrize("budget", [2, 3, 4, 12, 30, 100])
def test_a_budget_is_kept_and_said(budget: int) -> None:
    """Within a budget the values still add up; words of a group that was not split share its credit."""
    game = _game(9)
    made = plan(9, 5, budget)
    assert len(made.keep) <= budget
    assert made.complete == (len(made.keep) == len(plan(9, 5, None).keep))
    values = owen_values(made, game(made.keep))
    ends = game(np.array([[False] * 9, [True] * 9]))
    np.testing.assert_allclose(values.sum(axis=0), ends[1] - ends[0], atol=1e-12)
    assert _explain("shap-partition", BagOfWords(), budget=budget).whole.complete == (budget == 100)


def test_200_words_make_a_complete_tree_and_far_more_do_not() -> None:
    """A pair of 100 and 100 words is complete; a text beyond the ceiling says that it is not."""
    made = plan(200, 100, None)
    assert made.complete
    assert len(made.keep) < owen_tree.MOST_PASSES
    beyond = plan(600, 300, None)
    assert not beyond.complete
    assert len(beyond.keep) <= owen_tree.MOST_PASSES


def test_shapley_values_equal_the_mean_over_all_orders() -> None:
    """Exact values, and permutation gains over all orders, equal the definition by orders."""
    w, game = 5, _game(5)
    expected = np.zeros((w, 2))
    for order in itertools.permutations(range(w)):
        keep = np.zeros(w, dtype=bool)
        for word in order:
            before = game(keep[None])[0]
            keep[word] = True
            expected[word] += (game(keep[None])[0] - before) / math.factorial(w)
    np.testing.assert_allclose(shapley_values(w, game(all_masks(w))), expected, atol=1e-12)
    orders = np.array(list(itertools.permutations(range(w))))
    gains = permutation_gains(orders, game(permutation_masks(orders)))
    np.testing.assert_allclose(gains.mean(axis=0), expected, atol=1e-12)


@pytest.mark.parametrize("w", [0, 1, 2, 6])
def test_permutation_masks_are_beginnings_and_what_they_leave(w: int) -> None:
    """Two ends, then w - 1 beginnings of each order and their complements."""
    orders = np.random.default_rng(0).random((3, w)).argsort(axis=1)
    keep = permutation_masks(orders)
    assert keep.shape == (2 + 2 * 3 * max(0, w - 1), w)
    rows = iter(keep[2:].tolist())
    for order in orders.tolist() if w > 1 else []:
        beginnings = [[word in order[:size] for word in range(w)] for size in range(1, w)]
        assert [next(rows) for _ in range(w - 1)] == beginnings
        assert [next(rows) for _ in range(w - 1)] == [[not x for x in row] for row in beginnings]


@pytest.mark.parametrize("scale", ["probability", "logit"])
@pytest.mark.parametrize("name", _SHAP)
def test_values_add_up_and_find_the_deciding_word(name: str, scale: str) -> None:
    """The weights sum to f(x) - f(empty) within 1e-5, and the planted word has the largest."""
    model = BagOfWords(planted={("dog", 0): 3.0})
    found = _explain(name, model, scale=scale)
    for one in found.attributions:
        np.testing.assert_allclose(one.weights.sum(axis=0), one.full - one.base, atol=1e-5)
        np.testing.assert_allclose(one.fidelity, 0, atol=1e-5)
        top = _TEXT.words[int(one.weights[:, 0].argmax())]
        assert (top.text, top.segment) == ("dog", 0)
    whole = Engine(model).probabilities([_TEXT.pair])
    np.testing.assert_allclose(found.whole.full, on_scale(whole, scale)[0], atol=1e-12)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", _SHAP)
@pytest.mark.parametrize("pair", [("", ""), ("...", None), ("one", None), ("", "two"), ("one", "two")])
def test_hardly_any_words(name: str, pair: tuple[str, str | None]) -> None:
    """Texts of no or one word, or with an empty side, are explained and add up."""
    text = segment("t", pair)
    for one in _explain(name, BagOfWords(), text=text).attributions:
        assert one.weights.shape == (len(text), 3)
        np.testing.assert_allclose(one.fidelity, 0, atol=1e-12)


def test_noise_free_explainers_have_no_halves() -> None:
    """Complete trees and exact values repeat exactly; sampled orders come in two different halves."""
    for name in METHODS:
        found = _explain(name, BagOfWords(), samples=40, permutations=4)
        assert found.noise_free == (name in NOISE_FREE)
        assert found.whole.explainer == canonical_name(name)
        if found.halves is not None:
            assert (found.halves[0].weights != found.halves[1].weights).any()


def test_whole_of_sampled_orders_is_the_mean_of_the_halves() -> None:
    """Both halves have as many orders, so their mean is the estimate from all of them."""
    found = _explain("shap-permutation", BagOfWords(), permutations=6)
    assert found.halves is not None
    mean = (found.halves[0].weights + found.halves[1].weights) / 2
    np.testing.assert_allclose(found.whole.weights, mean, atol=1e-12)
    w = len(_TEXT)
    assert [one.passes for one in found.attributions] == [2 + 12 * (w - 1)] + [2 + 6 * (w - 1)] * 2


def test_too_many_words_for_exact_values_are_refused() -> None:
    """shap-exact names the text, its limit and the other explainers."""
    with pytest.raises(SpecError, match="at most 10 words"):
        _explain("shap-exact", BagOfWords(), text=segment("long", ("a " * 11, None)))


def test_unknown_explainers_are_refused_with_the_nearest_name() -> None:
    """A misspelt explainer is answered with the name that was meant."""
    with pytest.raises(SpecError, match="shap-partition"):
        method("shap-partitions", Settings(seed=0))


@pytest.mark.parametrize("wrong", [{"samples": 5}, {"samples": 2}, {"permutations": 3}, {"budget": 1}])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, int]) -> None:
    """Halves need even numbers, and a tree needs its two ends."""
    with pytest.raises(ValueError, match="not "):
        Settings(seed=0, **wrong)


def test_permutations_of_a_short_text_are_exact_where_that_takes_no_more() -> None:
    """With 20 orders a text of 8 words is explained from all 256 masks; both halves and shap-exact agree."""
    text = segment("short", ("A dog runs home fast.", "It sleeps now."))
    assert len(text) == 8
    model = BagOfWords(planted={("dog", 0): 2.0})
    sampled = _explain("shap-permutation", model, text, permutations=20)
    exactly = _explain("shap-exact", model, text)
    assert [one.half for one in sampled.attributions] == ["all", "h1", "h2"]
    for one in sampled.attributions:
        assert one.passes == 256
        np.testing.assert_array_equal(one.weights, exactly.whole.weights)


def test_permutations_are_drawn_where_all_masks_would_be_more() -> None:
    """With 4 orders the same text is explained from 2 + 2 * 4 * 7 masks, in two different halves."""
    text = segment("short", ("A dog runs home fast.", "It sleeps now."))
    found = _explain("shap-permutation", BagOfWords(planted={("dog", 0): 2.0}), text, permutations=4)
    assert found.whole.passes == 58
    assert found.halves is not None
    assert (found.halves[0].weights != found.halves[1].weights).any()
