"""Our LIME and SHAP against the packages lime and shap, on real pairs and a model whose words interact."""

from pathlib import Path

import numpy as np
import pytest

from tests.support.inference_bert import real_pairs, tiny_bert
from trust_core.domain.arrays import BoolArray, FloatArray
from trust_core.domain.texts import SegmentedText
from trust_core.explain import lime_text, reference, shap_text
from trust_core.explain.settings import Settings
from trust_core.inference.engine import Engine
from trust_core.inference.pool import explain
from trust_core.perturb.words import segment

pytestmark = [pytest.mark.golden, pytest.mark.slow]

_PAIRS = 50


@pytest.fixture(scope="module")
def texts(shared_data: Path) -> list[SegmentedText]:
    """The first pairs of SNLI's test set."""
    return [segment(str(row), pair) for row, pair in enumerate(real_pairs(shared_data, _PAIRS))]


@pytest.fixture(scope="module")
def engine(texts: list[SegmentedText]) -> Engine:
    """A small BERT with random weights, far from linear."""
    return Engine(tiny_bert([text.pair for text in texts]))


class _Recorded:
    """The engine on one text, remembering what it was asked."""

    def __init__(self, engine: Engine, text: SegmentedText) -> None:
        self.engine, self.text = engine, text
        self.asked: list[BoolArray] = []

    def __call__(self, keep: BoolArray) -> FloatArray:
        self.asked.append(keep)
        return self.engine.predict_masked([(self.text, keep)])[0]


def test_lime_given_its_own_masks(engine: Engine, texts: list[SegmentedText]) -> None:
    """With lime's masks and num_features = w our weights and R2 are lime's within 1e-6."""
    settings = Settings(seed=5, samples=120)
    expected, masks = {}, {}
    for text in texts:
        recorded = _Recorded(engine, text)
        expected[text.id] = reference.lime(text, recorded, settings)
        masks[text.id] = recorded.asked[-1]
    ours = lime_text.explainer(settings, masks=lambda text: (masks[text.id][:60], masks[text.id][60:]))
    for found in explain(texts, ours, engine):
        theirs = expected[found.text_id]
        assert np.abs(theirs.weights).max() > 1e-3
        np.testing.assert_allclose(found.whole.weights, theirs.weights, atol=1e-6)
        np.testing.assert_allclose(found.whole.base, theirs.base, atol=1e-6)
        assert found.whole.fidelity[-1] == pytest.approx(theirs.fidelity[-1], abs=1e-6)


@pytest.mark.parametrize("scale", ["probability", "logit"])
def test_partition_given_our_masker_and_tree(engine: Engine, texts: list[SegmentedText], scale: str) -> None:
    """Given our words and our tree, PartitionExplainer gives our Owen values within 1e-5, and they add up."""
    settings = Settings(seed=5, scale=scale)  # type: ignore[arg-type]
    some = texts if scale == "probability" else texts[:3]
    for found in explain(some, shap_text.partition(settings), engine):
        text = texts[int(found.text_id)]
        theirs = reference.shap_partition(text, _Recorded(engine, text), settings)
        assert np.abs(theirs.weights).max() > 1e-3
        assert found.whole.complete
        np.testing.assert_allclose(found.whole.weights, theirs.weights, atol=1e-5)
        np.testing.assert_allclose(found.whole.fidelity, 0, atol=1e-5)


def test_permutation_given_shaps_orders(engine: Engine, texts: list[SegmentedText]) -> None:
    """Given shap's orders, sampled Shapley values are shap's within 1e-5, and they add up."""
    settings = Settings(seed=5, permutations=4)
    orders, expected = {}, {}
    for text in texts:
        recorded = _Recorded(engine, text)
        expected[text.id] = reference.shap_permutation(text, recorded, settings)
        orders[text.id] = _orders(recorded.asked, len(text))
    ours = shap_text.permutation(settings, orders=lambda text: (orders[text.id][:2], orders[text.id][2:]))
    for found in explain(texts, ours, engine):
        theirs = expected[found.text_id]
        np.testing.assert_allclose(found.whole.weights, theirs.weights, atol=1e-5)
        np.testing.assert_allclose(found.whole.fidelity, 0, atol=1e-5)


def test_exact_values_equal_shaps_exact_explainer(engine: Engine) -> None:
    """On short pairs our Shapley values are those of shap's ExactExplainer within 1e-5."""
    import shap

    settings = Settings(seed=5)
    texts = [segment("0", ("A dog runs.", "The dog sleeps.")), segment("1", ("Two men talk", ""))]
    for text, found in zip(texts, explain(texts, shap_text.exact(settings), engine), strict=True):
        masker = reference._Positions(len(text), clustering=None)
        values = shap.explainers.Exact(_Recorded(engine, text), masker)(np.arange(len(text))[None, :]).values[
            0
        ]
        np.testing.assert_allclose(found.whole.weights, values, atol=1e-5)


def _orders(asked: list[BoolArray], w: int) -> np.ndarray:
    """The orders in which shap added the words, read off the masks that it asked for."""
    keep = np.concatenate(asked)
    runs = [start for start in range(len(keep) - 2 * w) if not keep[start].any() and keep[start + w].all()]
    found = []
    for start in runs:
        steps = np.diff(keep[start : start + w + 1].astype(int), axis=0)
        if (steps.sum(axis=1) == 1).all() and (steps >= 0).all():
            found.append(steps.argmax(axis=1))
    return np.array(found)
