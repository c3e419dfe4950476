from collections.abc import Iterator

import numpy as np
import pytest

from tests.support.inference_fakes import BagOfWords
from trust_core.domain.requests import MaskRequest
from trust_core.domain.texts import SegmentedText
from trust_core.explain.methods import METHODS, method
from trust_core.explain.settings import Settings
from trust_core.inference.engine import Engine
from trust_core.inference.pool import explain
from trust_core.perturb.words import segment

_TEXTS = [
    segment(f"t{row}", pair)
    for row, pair in enumerate(
        [
            ("A dog runs.", "The dog sleeps."),
            ("one", ""),
            ("", ""),
            ("x y z", None),
            ("a a a", "a a"),
            ("q", "r"),
        ]
    )
]
_SETTINGS = Settings(seed=3, samples=40, permutations=4)


@pytest.mark.parametrize("name", sorted(METHODS))
def test_window_order_and_batch_change_nothing(name: str) -> None:
    """Explanations come in the order of the texts and do not depend on window, order or batch."""
    alone = {
        text.id: next(explain([text], method(name, _SETTINGS), Engine(BagOfWords()), window=1))
        for text in _TEXTS
    }
    for window, batch_tokens, texts in ((2, 8, _TEXTS), (50, 4096, _TEXTS[::-1])):
        engine = Engine(BagOfWords(), batch_tokens=batch_tokens)
        found = list(explain(texts, method(name, _SETTINGS), engine, window=window))
        assert [one.text_id for one in found] == [text.id for text in texts]
        for one in found:
            for ours, theirs in zip(one.attributions, alone[one.text_id].attributions, strict=True):
                assert (ours.half, ours.passes) == (theirs.half, theirs.passes)
                np.testing.assert_allclose(ours.weights, theirs.weights, atol=1e-6)


def test_explainers_may_ask_again_and_again() -> None:
    """Each request is answered with its own probabilities, however many an explainer makes."""
    engine = Engine(BagOfWords())
    expected = method("shap-partition", _SETTINGS)

    def in_pieces(text: SegmentedText):  # type: ignore[no-untyped-def]
        inner = expected(text)
        request = next(inner)
        first = yield MaskRequest(request.keep[:2])
        rest = yield MaskRequest(request.keep[2:])
        try:
            inner.send(np.concatenate([first, rest]))
        except StopIteration as done:
            return done.value
        raise RuntimeError("the explainer asks once")

    whole = list(explain(_TEXTS, expected, engine))
    for ours, theirs in zip(explain(_TEXTS, in_pieces, engine, window=3), whole, strict=True):
        np.testing.assert_allclose(ours.whole.weights, theirs.whole.weights, atol=1e-9)


def test_texts_are_taken_as_the_window_moves_on() -> None:
    """The pool takes no more texts than its window holds before it gives the first explanation."""
    taken = []

    def stream() -> Iterator[SegmentedText]:
        for text in _TEXTS * 3:
            taken.append(text.id)
            yield text

    explanations = explain(stream(), method("shap", _SETTINGS), Engine(BagOfWords()), window=4)
    next(explanations)
    assert len(taken) == 4
    assert len(list(explanations)) == 3 * len(_TEXTS) - 1


def test_no_texts_give_no_explanations() -> None:
    """An empty stream ends at once."""
    assert list(explain([], method("lime", _SETTINGS), Engine(BagOfWords()))) == []
