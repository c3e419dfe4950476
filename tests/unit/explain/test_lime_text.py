import numpy as np
import pytest

from tests.support.inference_fakes import BagOfWords
from trust_core.domain.attributions import Explanation
from trust_core.explain.lime_text import draw_halves, draw_masks, explainer, fit
from trust_core.explain.settings import Settings
from trust_core.inference.engine import Engine
from trust_core.inference.pool import explain
from trust_core.perturb.words import segment

_TEXT = segment("t", ("A dog runs in the park.", "The dog sleeps at home."))


def _explain(model: BagOfWords, text=_TEXT, **settings) -> Explanation:  # type: ignore[no-untyped-def]
    return next(explain([text], explainer(Settings(seed=7, **settings)), Engine(model)))


def test_masks_remove_a_uniform_number_of_words() -> None:
    """The first mask keeps all words; the others remove 1..w words equally often, each word equally often."""
    w, s = 8, 40_001
    keep = draw_masks(w, s, rng=np.random.default_rng(0))
    assert keep[0].all()
    removed = (~keep[1:]).sum(axis=1)
    shares = np.bincount(removed, minlength=w + 1)[1:] / (s - 1)
    assert (removed == 0).sum() == 0
    np.testing.assert_allclose(shares, 1 / w, atol=0.01)
    np.testing.assert_allclose((~keep[1:]).mean(axis=0), (w + 1) / (2 * w), atol=0.01)


def test_halves_are_independent_of_each_other_and_of_everything_else() -> None:
    """Masks depend on seed, text id and half alone: halves differ, and a second call repeats them."""
    first, second = draw_halves(_TEXT, Settings(seed=7, samples=100))
    again, _ = draw_halves(_TEXT, Settings(seed=7, samples=100))
    np.testing.assert_array_equal(first, again)
    assert first.shape == second.shape == (50, len(_TEXT))
    assert first[0].all()
    assert second[0].all()
    assert (first != second).any()
    other_seed, _ = draw_halves(_TEXT, Settings(seed=8, samples=100))
    other_text, _ = draw_halves(segment("u", _TEXT.pair), Settings(seed=7, samples=100))
    assert (first != other_seed).any()
    assert (first != other_text).any()


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
    keep = draw_masks(6, 80, rng=rng)
    values = rng.random((80, 3))
    fitted = fit(keep, values)
    for label in range(3):
        weights, intercept, r2 = _textbook(keep.astype(float), values[:, label])
        np.testing.assert_allclose(fitted.weights[:, label], weights, atol=1e-10)
        assert fitted.intercept[label] == pytest.approx(intercept, abs=1e-10)
        assert fitted.r2[label] == pytest.approx(r2, abs=1e-10)


@pytest.mark.parametrize("scale", ["probability", "logit"])
def test_the_deciding_word_ranks_first(scale: str) -> None:
    """A planted word gets the largest weight for its class, in the text in which it decides."""
    found = _explain(BagOfWords(planted={("dog", 1): 3.0}), samples=400, scale=scale)
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
    keep = np.concatenate(draw_halves(_TEXT, Settings(seed=7, samples=100)))
    values = Engine(BagOfWords()).predict_masked([(_TEXT, keep)])[0]
    np.testing.assert_allclose(found.whole.weights, fit(keep, values).weights, atol=1e-12)
    np.testing.assert_allclose(found.whole.full, values[0])
    np.testing.assert_allclose(found.whole.weights.sum(axis=1), 0, atol=1e-9)


@pytest.mark.parametrize("pair", [("", ""), ("...", None), ("one", None), ("", "two"), ("one", "two")])
def test_hardly_any_words(pair: tuple[str, str | None]) -> None:
    """Texts of no or one word, or with an empty side, are explained with finite figures."""
    text = segment("t", pair)
    found = _explain(BagOfWords(), text=text, samples=20)
    for attribution in found.attributions:
        assert attribution.weights.shape == (len(text), 3)
        assert np.isfinite(attribution.weights).all()
        assert np.isfinite(attribution.base).all()
        assert ((attribution.fidelity >= 0) & (attribution.fidelity <= 1)).all()


def test_a_constant_model_is_fitted_exactly() -> None:
    """Where there is nothing to explain, weights are 0 and R2 is 1."""
    fitted = fit(draw_masks(5, 30, rng=np.random.default_rng(0)), np.full((30, 2), 0.3))
    np.testing.assert_allclose(fitted.weights, 0, atol=1e-12)
    np.testing.assert_array_equal(fitted.r2, 1)
