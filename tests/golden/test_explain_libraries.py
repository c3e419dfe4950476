"""Our LIME and SHAP against the packages lime and shap, on real pairs and a model whose words interact."""

from pathlib import Path

import numpy as np
import pytest

from tests.support.inference_bert import real_pairs, tiny_bert
from trust_core.domain.texts import SegmentedText
from trust_core.explain import reference, shap_text
from trust_core.explain.library_check import LibraryCheck, library_check
from trust_core.explain.reference import MaskedPredict
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


def _checked(engine: Engine, text: SegmentedText, explainer: str, settings: Settings) -> LibraryCheck:
    return library_check(
        text,
        explainer,
        settings,
        predict=_masked(engine, text),
        run=lambda explained: next(explain([text], explained, engine)),
    )


def _masked(engine: Engine, text: SegmentedText) -> MaskedPredict:
    return lambda keep: engine.predict_masked([(text, keep)])[0]


def test_lime_given_its_own_masks(engine: Engine, texts: list[SegmentedText]) -> None:
    """With lime's masks and num_features = w our weights and R2 are lime's within 1e-6."""
    for text in texts:
        found = _checked(engine, text, "lime", Settings(seed=5, samples=120))
        theirs, ours = found.theirs, found.ours
        assert np.abs(theirs.weights).max() > 1e-3
        np.testing.assert_allclose(ours.weights, theirs.weights, atol=1e-6)
        np.testing.assert_allclose(ours.base, theirs.base, atol=1e-6)
        assert ours.fidelity[-1] == pytest.approx(theirs.fidelity[-1], abs=1e-6)
        assert found.library.startswith("lime 0.")
        assert found.same_order(0)


@pytest.mark.parametrize("scale", ["probability", "logit"])
def test_partition_given_our_masker_and_tree(engine: Engine, texts: list[SegmentedText], scale: str) -> None:
    """Given our words and our tree, PartitionExplainer gives our Owen values within 1e-5, and they add up."""
    settings = Settings(seed=5, scale=scale)  # type: ignore[arg-type]
    for text in texts if scale == "probability" else texts[:3]:
        found = _checked(engine, text, "shap", settings)
        assert np.abs(found.theirs.weights).max() > 1e-3
        assert found.ours.complete
        assert found.largest_difference < 1e-5
        np.testing.assert_allclose(found.ours.fidelity, 0, atol=1e-5)


def test_permutation_given_shaps_orders(engine: Engine, texts: list[SegmentedText]) -> None:
    """Given shap's orders, sampled Shapley values are shap's within 1e-5, and they add up."""
    for text in texts:
        found = _checked(engine, text, "shap-permutation", Settings(seed=5, permutations=4))
        assert found.largest_difference < 1e-5
        np.testing.assert_allclose(found.ours.fidelity, 0, atol=1e-5)


def test_exact_values_equal_shaps_exact_explainer(engine: Engine) -> None:
    """On short pairs our Shapley values are those of shap's ExactExplainer within 1e-5."""
    import shap

    settings = Settings(seed=5)
    texts = [segment("0", ("A dog runs.", "The dog sleeps.")), segment("1", ("Two men talk", ""))]
    for text, found in zip(texts, explain(texts, shap_text.exact(settings), engine), strict=True):
        masker = reference._Positions(len(text), clustering=None)
        values = shap.explainers.Exact(_masked(engine, text), masker)(np.arange(len(text))[None, :]).values[0]
        np.testing.assert_allclose(found.whole.weights, values, atol=1e-5)
