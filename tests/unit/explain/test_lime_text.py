import dataclasses

import numpy as np
import pytest

from tests.support.inference_fakes import BagOfWords
from trust_core.domain.attributions import Explanation
from trust_core.explain.lime_sampling import draw_independent
from trust_core.explain.lime_text import draw_halves, explainer, fit
from trust_core.explain.settings import Settings
from trust_core.inference.engine import Engine
from trust_core.inference.pool import explain
from trust_core.perturb.words import segment

_TEXT = segment("t", ("A dog runs in the park.", "The dog sleeps at home."))


def _explain(model: BagOfWords, text=_TEXT, **settings) -> Explanation:  # type: ignore[no-untyped-def]
    return next(explain([text], explainer(Settings(seed=7, **settings)), Engine(model)))


@pytest.mark.parametrize("sampling", ["independent", "stratified"])
def test_halves_are_independent_of_each_other_and_of_everything_else(sampling: str) -> None:
    """Masks depend on seed, text id and half alone: halves differ, and a second call repeats them."""
    settings = Settings(seed=7, samples=100, sampling=sampling)  # type: ignore[arg-type]
    first, second = (half.keep for half in draw_halves(_TEXT, settings))
    again, _ = draw_halves(_TEXT, settings)
    np.testing.assert_array_equal(first, again.keep)
    assert first.shape == second.shape == (50, len(_TEXT))
    assert first[0].all()
    assert second[0].all()
    assert (first != second).any()
    other_seed, _ = draw_halves(_TEXT, dataclasses.replace(settings, seed=8))
    other_text, _ = draw_halves(segment("u", _TEXT.pair), settings)
    assert (first != other_seed.keep).any()
    assert (first != other_text.keep).any()


def _textbook(keep: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Weighted ridge for one output as normal equations with an unpenalised intercept, row by row."""
    w = keep.shape[1]
    weights = []
    for row in keep:
        cosine = row.sum() / (np.sqrt(row.sum()) * np.sqrt(w)) if row.sum() else 0.0
        weights.append(np.sqrt(np.exp(-((100 * (1 - cosine)) ** 2) / 25**2)))
    left, right = np.zeros((w + 1, w + 1)), np.zeros(w + 1)
    for row, value, weight in zip(keep, values, weights, strict=True):
        x = np.array([*row, 1.0])
        left += weight * np.outer(x, x)
        right += weight * value * x
    left[:w, :w] += np.eye(w)
    solution = np.linalg.solve(left, right)
    middle = np.average(values, weights=weights)
    explained = keep @ solution[:w] + solution[w]
    r2 = 1 - np.average((values - explained) ** 2, weights=weights) / np.average(
        (values - middle) ** 2, weights=weights
    )
    return solution[:w], float(solution[w]), float(r2)


def test_fit_equals_the_textbook_regression() -> None:
    """The one solve for all classes gives weights, intercept and R2 of the slow normal equations."""
    rng = np.random.default_rng(3)
    keep = draw_independent(6, 80, rng=rng).keep
    values = rng.random((80, 3))
    fitted = fit(keep, values)
    for label in range(3):
        weights, intercept, r2 = _textbook(keep.astype(float), values[:, label])
        np.testing.assert_allclose(fitted.weights[:, label], weights, atol=1e-10)
        assert fitted.intercept[label] == pytest.approx(intercept, abs=1e-10)
        assert fitted.r2[label] == pytest.approx(r2, abs=1e-10)


@pytest.mark.parametrize("sampling", ["independent", "stratified"])
@pytest.mark.parametrize("scale", ["probability", "logit"])
def test_the_deciding_word_ranks_first(scale: str, sampling: str) -> None:
    """A planted word gets the largest weight for its class, in the text in which it decides."""
    found = _explain(BagOfWords(planted={("dog", 1): 3.0}), samples=400, scale=scale, sampling=sampling)
    for attribution in found.attributions:
        top = _TEXT.words[int(np.abs(attribution.weights[:, 0]).argmax())]
        assert (top.text, top.segment) == ("dog", 1)


def test_halves_and_whole_account_for_all_samples() -> None:
    """`whole` is the fit on both halves' samples together."""
    found = _explain(BagOfWords(), samples=100)
    assert found.halves is not None
    assert [one.half for one in found.attributions] == ["all", "h1", "h2"]
    assert [one.passes for one in found.attributions] == [100, 50, 50]
    assert (found.halves[0].weights != found.halves[1].weights).any()
    halves = draw_halves(_TEXT, Settings(seed=7, samples=100))
    keep = np.concatenate([half.keep for half in halves])
    values = Engine(BagOfWords()).predict_masked([(_TEXT, keep)])[0]
    expected = fit(keep, values, np.concatenate([half.weights for half in halves]), pairs_of=100)
    np.testing.assert_allclose(found.whole.weights, expected.weights, atol=1e-12)
    np.testing.assert_allclose(found.whole.full, values[0])
    np.testing.assert_allclose(found.whole.weights.sum(axis=1), 0, atol=1e-9)


def test_independent_draws_are_fitted_on_words_alone() -> None:
    """With independent samples the weights are those of LIME's plain regression, as they ever were."""
    found = _explain(BagOfWords(), samples=100, sampling="independent")
    settings = Settings(seed=7, samples=100, sampling="independent")
    keep = np.concatenate([half.keep for half in draw_halves(_TEXT, settings)])
    values = Engine(BagOfWords()).predict_masked([(_TEXT, keep)])[0]
    np.testing.assert_allclose(found.whole.weights, fit(keep, values).weights, atol=1e-12)


def test_a_short_text_is_seen_whole() -> None:
    """Where half the samples would see every mask, each is run once and both halves agree exactly."""
    text = segment("short", ("A dog runs.", "It sleeps."))
    found = _explain(BagOfWords(planted={("dog", 0): 2.0}), text=text, samples=1000)
    assert found.halves is not None
    assert [one.passes for one in found.attributions] == [64, 32, 32]
    np.testing.assert_array_equal(found.halves[0].weights, found.halves[1].weights)


@pytest.mark.parametrize("sampling", ["independent", "stratified"])
@pytest.mark.parametrize("pair", [("", ""), ("...", None), ("one", None), ("", "two"), ("one", "two")])
def test_hardly_any_words(pair: tuple[str, str | None], sampling: str) -> None:
    """Texts of no or one word, or with an empty side, are explained with finite figures."""
    text = segment("t", pair)
    found = _explain(BagOfWords(), text=text, samples=20, sampling=sampling)
    for attribution in found.attributions:
        assert attribution.weights.shape == (len(text), 3)
        assert np.isfinite(attribution.weights).all()
        assert np.isfinite(attribution.base).all()
        assert ((attribution.fidelity >= 0) & (attribution.fidelity <= 1)).all()


def test_a_constant_model_is_fitted_exactly() -> None:
    """Where there is nothing to explain, weights are 0 and R2 is 1."""
    fitted = fit(draw_independent(5, 30, rng=np.random.default_rng(0)).keep, np.full((30, 2), 0.3))
    np.testing.assert_allclose(fitted.weights, 0, atol=1e-12)
    np.testing.assert_array_equal(fitted.r2, 1)
