"""A text explained by the library and by ours: what is compared, and what is refused."""

import numpy as np
import pytest

from trust_core.domain.arrays import BoolArray, FloatArray
from trust_core.domain.attributions import Attribution, Explanation
from trust_core.domain.requests import MaskRequest
from trust_core.domain.texts import SegmentedText
from trust_core.errors import SpecError
from trust_core.explain.library_check import LibraryCheck, library_check
from trust_core.explain.methods import Explain
from trust_core.explain.settings import Settings
from trust_core.perturb.words import segment


def _predict(keep: BoolArray) -> FloatArray:
    """Two words that work together, the others on their own."""
    score = keep @ np.linspace(-1, 1, keep.shape[1]) + 2.0 * (keep[:, 0] & keep[:, 1])
    first = 1 / (1 + np.exp(-score))
    return np.stack([first, 1 - first], axis=1)


def _run(text: SegmentedText, explainer: Explain) -> Explanation:
    asking = explainer(text)
    try:
        request: MaskRequest = next(asking)
        while True:
            request = asking.send(_predict(request.keep))
    except StopIteration as done:
        found: Explanation = done.value
        return found


def _check(words: str, explainer: str) -> LibraryCheck:
    text = segment("t", (words, None))
    return library_check(
        text,
        explainer,
        Settings(seed=1, samples=60, permutations=4),
        predict=_predict,
        run=lambda ours: _run(text, ours),
    )


@pytest.mark.parametrize("explainer", ["lime", "shap", "shap-permutation"])
def test_ours_is_the_librarys(explainer: str) -> None:
    """On what the library drew, ours gives its weights and its order of words."""
    found = _check("a small dog runs over the wet grass", explainer)
    assert found.largest_difference < 1e-6
    assert np.abs(found.theirs.weights).max() > 0.01
    assert found.same_order(0)
    assert found.library.split()[0] in ("lime", "shap")


def test_another_order_is_seen() -> None:
    """Words that change places count, unless their weights nearly meet."""

    def attribution(*weights: float) -> Attribution:
        column = np.array(weights)[:, None]
        ends = np.zeros(1)
        return Attribution("t", "lime", "all", column, ends, ends, ends, "local_r2", 1)

    same = LibraryCheck("lime", attribution(0.3, 0.2, 0.1), attribution(0.3, 0.2, 0.1))
    near = LibraryCheck("lime", attribution(0.3, 0.2, 0.199999), attribution(0.3, 0.2, 0.2000001))
    other = LibraryCheck("lime", attribution(0.3, 0.2, 0.1), attribution(0.3, 0.1, 0.2))
    assert (same.same_order(0), near.same_order(0), other.same_order(0)) == (True, True, False)
    assert other.largest_difference == pytest.approx(0.1)


@pytest.mark.parametrize(
    "words, explainer, said",
    [("word", "shap", "1 words"), ("", "lime", "0 words"), ("a b", "shap-exact", "No library")],
)
def test_what_the_library_cannot_explain(words: str, explainer: str, said: str) -> None:
    """Too few words, and an explainer that no library has, are refused with what is allowed."""
    with pytest.raises(SpecError, match=said) as caught:
        _check(words, explainer)
    assert caught.value.allowed
