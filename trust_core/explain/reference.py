"""Unmodified lime and shap over the same predict function: slow, to check the fast explainers against."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
from jaxtyping import Float

from trust_core.domain.arrays import BoolArray, FloatArray
from trust_core.domain.attributions import Attribution
from trust_core.domain.texts import SegmentedText
from trust_core.explain.owen_tree import children
from trust_core.explain.settings import Settings, on_scale
from trust_core.stats.seeds import derived_seed

MaskedPredict = Callable[[BoolArray], FloatArray]
"""Probabilities (s, k) of one text under masks (s, w), True where a word stays."""


def lime(text: SegmentedText, predict: MaskedPredict, settings: Settings) -> Attribution:
    """The lime package on our words: every position is a word of its own, and the boundary no word.

    lime sees a text of position numbers; each of its strings is read back as a mask. With num_features =
    w it leaves no word out of its regression.

    Args:
        text: the text, with at least one word.
        predict: probabilities of its masked versions.
        settings: samples, scale and seed.
    """
    from lime.lime_text import LimeTextExplainer

    w = len(text)
    ends = on_scale(predict(np.ones((1, w), dtype=np.bool_)), settings.scale)
    labels = range(ends.shape[1])

    def of_strings(strings: Sequence[str]) -> FloatArray:
        keep = np.zeros((len(strings), w), dtype=np.bool_)
        for row, string in zip(keep, strings, strict=True):
            row[[int(number) for number in string.split()]] = True
        return on_scale(predict(keep), settings.scale)

    explained = LimeTextExplainer(
        split_expression=str.split, random_state=_library_seed(settings, "lime", text.id)
    ).explain_instance(
        " ".join(map(str, range(w))), of_strings, labels=labels, num_features=w, num_samples=settings.samples
    )
    weights = np.zeros((w, len(labels)))
    for label in labels:
        for position, weight in explained.local_exp[label]:
            weights[position, label] = weight
    return Attribution(
        text_id=text.id,
        explainer="lime",
        half="all",
        weights=weights,
        base=np.array([explained.intercept[label] for label in labels]),
        full=ends[0],
        # lime keeps the score of the last class alone.
        fidelity=np.full(len(labels), explained.score),
        fidelity_kind="local_r2",
        passes=settings.samples,
    )


def shap_partition(text: SegmentedText, predict: MaskedPredict, settings: Settings) -> Attribution:
    """The PartitionExplainer of shap, given our words as its masker and our tree as its clustering.

    Args:
        text: the text, with at least two words: shap has no tree of one.
        predict: probabilities of its masked versions.
        settings: scale and budget; None gives shap as many evaluations as a complete tree asks for.
    """
    import shap

    w = len(text)
    boundary = sum(word.segment == 0 for word in text.words)
    masker = _Positions(w, clustering=linkage(w, boundary))
    counted = _Counted(predict, settings)
    explaining = shap.explainers.Partition(counted, masker)
    evaluations = 4 * w * w + 4 if settings.budget is None else settings.budget
    with library_seed(_library_seed(settings, "shap-partition", text.id)):
        found = explaining(np.arange(w)[None, :], max_evals=evaluations, batch_size=256, silent=True)
    return _shap_attribution(text, "shap-partition", found.values[0], counted)


def shap_permutation(text: SegmentedText, predict: MaskedPredict, settings: Settings) -> Attribution:
    """The PermutationExplainer of shap, given our words as its masker.

    Args:
        text: the text, with at least one word.
        predict: probabilities of its masked versions.
        settings: scale, permutations and seed.
    """
    import shap

    w = len(text)
    masker = _Positions(w, clustering=None)
    counted = _Counted(predict, settings)
    with library_seed(_library_seed(settings, "shap-permutation", text.id)) as seed:
        explaining = shap.explainers.Permutation(counted, masker, seed=seed)
        found = explaining(
            np.arange(w)[None, :], max_evals=settings.permutations * (2 * w + 1), batch_size=256, silent=True
        )
    return _shap_attribution(text, "shap-permutation", found.values[0], counted)


def linkage(w: int, boundary: int) -> Float[np.ndarray, "m 4"]:
    """Our tree of w words in the form of scipy's linkage matrices: two members, height, number of words.

    Returns:
        (w - 1, 4); words are members 0..w-1, row i is member w + i.
    """
    rows: list[tuple[int, int, int, int]] = []

    def member(start: int, stop: int) -> int:
        if stop - start == 1:
            return start
        left, right = (member(*part) for part in children(start, stop, boundary))
        rows.append((left, right, stop - start, stop - start))
        return w + len(rows) - 1

    member(0, w)
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


@contextmanager
def library_seed(seed: int) -> Iterator[int]:
    """Seed what shap draws from, numpy's and numba's global generators; put numpy's back afterwards."""
    state = np.random.get_state()  # noqa: NPY002  (shap draws from the global generator)
    np.random.seed(seed)  # noqa: NPY002
    _numba_seeder()(seed)
    try:
        yield seed
    finally:
        np.random.set_state(state)  # noqa: NPY002


@cache
def _numba_seeder() -> Callable[[int], None]:
    import numba

    # Compiled, this seeds numba's own generator.
    compiled: Callable[[int], None] = numba.njit(lambda value: np.random.seed(value))  # noqa: NPY002, PLW0108
    return compiled


class _Positions:
    """A masker for shap whose masked texts are the masks themselves."""

    immutable_outputs = True

    def __init__(self, w: int, clustering: FloatArray | None) -> None:
        self._w = w
        self.clustering = clustering

    def __call__(self, mask: BoolArray, _: Any) -> BoolArray:
        return np.asarray(mask, dtype=np.bool_)[None, :]

    def shape(self, _: Any) -> tuple[int, int]:
        return 1, self._w


class _Counted:
    """The model on the scale that is explained, counting what it is asked."""

    def __init__(self, predict: MaskedPredict, settings: Settings) -> None:
        self._predict = predict
        self._scale = settings.scale
        self.passes = 0

    def __call__(self, keep: BoolArray) -> FloatArray:
        self.passes += len(keep)
        return on_scale(self._predict(keep), self._scale)


def _shap_attribution(text: SegmentedText, name: str, weights: FloatArray, model: _Counted) -> Attribution:
    passes = model.passes
    base, full = model(np.array([[False], [True]]) & np.ones((2, len(text)), dtype=np.bool_))
    return Attribution(
        text_id=text.id,
        explainer=name,
        half="all",
        weights=weights,
        base=base,
        full=full,
        fidelity=weights.sum(axis=0) - (full - base),
        fidelity_kind="additivity_gap",
        passes=passes,
    )


def _library_seed(settings: Settings, *names: str) -> int:
    return derived_seed(settings.seed, "reference", *names) % 2**32
