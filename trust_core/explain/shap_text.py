"""SHAP for text: three estimands that are never mixed (Owen values, sampled and exact Shapley values)."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator

import numpy as np
from jaxtyping import Bool, Float, Int

from trust_core.domain.arrays import BoolArray, FloatArray, IntArray
from trust_core.domain.attributions import Attribution, Explanation, Half
from trust_core.domain.requests import Explaining, MaskRequest
from trust_core.domain.texts import SegmentedText
from trust_core.errors import SpecError
from trust_core.explain.owen_tree import owen_values, plan
from trust_core.explain.settings import Settings, on_scale
from trust_core.stats.seeds import derived_rng

HALVES: tuple[Half, Half, Half] = ("all", "h1", "h2")

EXACT_WORDS = 10
"""The most words of a text that shap-exact takes: it needs 2^w masked texts."""


def partition(settings: Settings) -> Callable[[SegmentedText], Explaining]:
    """shap-partition: Owen values over a balanced binary tree of each text's words, joined at the root.

    Deterministic, so without halves. Agrees with shap's PartitionExplainer given the same tree and masks.
    """

    def explain(text: SegmentedText) -> Explaining:
        boundary = sum(word.segment == 0 for word in text.words)
        made = plan(len(text), boundary, settings.budget)
        probabilities = yield MaskRequest(made.keep)
        values = on_scale(probabilities, settings.scale)
        whole = _attribution(
            text,
            "shap-partition",
            "all",
            owen_values(made, values),
            ends=values[:2],
            passes=len(made.keep),
            complete=made.complete,
        )
        return Explanation(whole=whole, halves=None)

    return explain


def permutation(
    settings: Settings, *, orders: Callable[[SegmentedText], tuple[IntArray, IntArray]] | None = None
) -> Callable[[SegmentedText], Explaining]:
    """shap-permutation: Shapley values from orders of the words, each run forwards and backwards.

    Agrees with shap's PermutationExplainer given the same orders. Where all masks of a text are no more than
    those of its orders, they are run instead: the values are then exact, and both halves are the same.

    Args:
        settings: permutations, scale and seed.
        orders: where given, makes the orders (p / 2, w) of the two halves of a text in place of random ones.
    """

    def explain(text: SegmentedText) -> Explaining:
        w = len(text)
        if orders is None and w <= EXACT_WORDS and 2**w <= 2 + 2 * settings.permutations * (w - 1):
            whole, first_half, second_half = yield from _from_all_masks(text, settings)
            return Explanation(whole=whole, halves=(first_half, second_half))
        first, second = orders(text) if orders is not None else _draw_orders(text, settings)
        both = np.concatenate([first, second])
        keep = permutation_masks(both)
        probabilities = yield MaskRequest(keep)
        values = on_scale(probabilities, settings.scale)
        gains = permutation_gains(both, values)
        cut = len(first)
        rows_a_order = (len(keep) - 2) // max(1, len(both))

        def over(half: Half, part: slice, count: int) -> Attribution:
            return _attribution(
                text,
                "shap-permutation",
                half,
                gains[part].mean(axis=0),
                ends=values[:2],
                passes=2 + count * rows_a_order,
            )

        return Explanation(
            whole=over("all", slice(None), len(both)),
            halves=(over("h1", slice(0, cut), cut), over("h2", slice(cut, None), len(second))),
        )

    return explain


def exact(settings: Settings) -> Callable[[SegmentedText], Explaining]:
    """shap-exact: Shapley values from all 2^w masked texts, w <= 10. Deterministic, so without halves.

    Raises:
        SpecError: a text has more words.
    """

    def explain(text: SegmentedText) -> Explaining:
        w = len(text)
        if w > EXACT_WORDS:
            raise SpecError(
                f"The text {text.id!r} has {w} words, too many for shap-exact.",
                allowed=f"shap-exact takes texts of at most {EXACT_WORDS} words.",
                remedy="Use the explainer shap-partition or shap-permutation.",
            )
        whole, _, _ = yield from _from_all_masks(text, settings, explainer="shap-exact")
        return Explanation(whole=whole, halves=None)

    return explain


def _from_all_masks(
    text: SegmentedText, settings: Settings, *, explainer: str = "shap-permutation"
) -> Generator[MaskRequest, FloatArray, tuple[Attribution, Attribution, Attribution]]:
    """The exact values, as those of all samples and of either half."""
    w = len(text)
    keep = all_masks(w)
    probabilities = yield MaskRequest(keep)
    values = on_scale(probabilities, settings.scale)
    weights = shapley_values(w, values)
    whole, first, second = (
        _attribution(text, explainer, half, weights, ends=values[[0, -1]], passes=len(keep))
        for half in HALVES
    )
    return whole, first, second


def permutation_masks(orders: Int[np.ndarray, "p w"]) -> Bool[np.ndarray, "s w"]:
    """Masks of orders: nothing, everything; then for each order its beginnings and what they leave.

    Returns:
        (2 + 2 p (w - 1), w): row 2 on, for each order the words up to the 1st, 2nd, ... (w-1)-th place,
        then the words behind those places.
    """
    p, w = orders.shape
    ends = np.array([[False], [True]]) & np.ones((2, w), dtype=np.bool_)
    if w < 2:
        return ends
    place = orders.argsort(axis=1)
    beginnings = place[:, None, :] < np.arange(1, w)[None, :, None]
    inner = np.stack([beginnings, ~beginnings], axis=1)
    masks: BoolArray = np.concatenate([ends, inner.reshape(2 * p * (w - 1), w)])
    return masks


def permutation_gains(
    orders: Int[np.ndarray, "p w"], values: Float[np.ndarray, "s k"]
) -> Float[np.ndarray, "p w k"]:
    """What each word adds when its turn comes, mean of both directions, for each order.

    Args:
        orders: (p, w).
        values: (s, k) outputs for `permutation_masks(orders)`.
    """
    p, w = orders.shape
    k = values.shape[1]
    if w == 0:
        return np.zeros((p, 0, k))
    nothing = np.broadcast_to(values[0], (p, 1, k))
    everything = np.broadcast_to(values[1], (p, 1, k))
    inner = values[2:].reshape(p, 2, w - 1, k)
    forwards = np.diff(np.concatenate([nothing, inner[:, 0], everything], axis=1), axis=1)
    backwards = -np.diff(np.concatenate([everything, inner[:, 1], nothing], axis=1), axis=1)
    gains = np.empty((p, w, k))
    np.put_along_axis(gains, orders[:, :, None], (forwards + backwards) / 2, axis=1)
    return gains


def all_masks(w: int) -> Bool[np.ndarray, "s w"]:
    """All 2^w masks; bit i of the row's number says whether word i stays."""
    masks: BoolArray = (np.arange(2**w)[:, None] >> np.arange(w)[None, :]) & 1 == 1
    return masks


def shapley_values(w: int, values: Float[np.ndarray, "s k"]) -> Float[np.ndarray, "w k"]:
    """Shapley values: sum over sets S without i of |S|! (w - |S| - 1)! / w! (f(S + i) - f(S)).

    Args:
        w: words.
        values: (2^w, k) outputs for `all_masks(w)`.
    """
    numbers = np.arange(2**w)
    sizes = all_masks(w).sum(axis=1)
    share = np.array([1 / (w * math.comb(w - 1, size)) for size in range(w)])
    weights: FloatArray = np.zeros((w, values.shape[1]))
    for word in range(w):
        without = numbers[(numbers >> word) & 1 == 0]
        weights[word] = share[sizes[without]] @ (values[without + 2**word] - values[without])
    return weights


def _draw_orders(text: SegmentedText, settings: Settings) -> tuple[IntArray, IntArray]:
    first, second = (
        derived_rng(settings.seed, "shap-permutation", text.id, half)
        .random((settings.permutations // 2, len(text)))
        .argsort(axis=1)
        for half in ("h1", "h2")
    )
    return first, second


def _attribution(
    text: SegmentedText,
    explainer: str,
    half: Half,
    weights: FloatArray,
    *,
    ends: FloatArray,
    passes: int,
    complete: bool = True,
) -> Attribution:
    """`ends`: (2, k) the outputs for no word and for all words."""
    return Attribution(
        text_id=text.id,
        explainer=explainer,
        half=half,
        weights=weights,
        base=ends[0],
        full=ends[1],
        fidelity=weights.sum(axis=0) - (ends[1] - ends[0]),
        fidelity_kind="additivity_gap",
        passes=passes,
        complete=complete,
    )
