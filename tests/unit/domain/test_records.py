import dataclasses

import numpy as np
import pytest

from trust_core.domain.arrays import locked_bools, locked_floats, locked_ints
from trust_core.domain.attributions import Attribution, Explanation, Half, PublishedFeatures
from trust_core.domain.predictions import Predictions
from trust_core.domain.requests import MaskRequest
from trust_core.domain.texts import NO_LABEL, SegmentedText, TextSet, Word


def _texts(**changes: object) -> TextSet:
    content = {
        "ids": ("a", "b", "c"),
        "text_a": ("1", "2", "3"),
        "text_b": ("4", "5", "6"),
        "gold": np.array([0, 1, NO_LABEL]),
        "classes": ("x", "y"),
        "metadata": {"topic": ("t", "u", "v")},
        "source": "s",
        "notes": ("n",),
    }
    return TextSet(**{**content, **changes})


def _attribution(half: Half = "all", words: int = 2) -> Attribution:
    k = np.zeros(2)
    return Attribution("a", "lime", half, np.ones((words, 2)), k, k, k, "local_r2", passes=10)


@pytest.mark.parametrize(
    "lock, dtype", [(locked_floats, np.float64), (locked_ints, np.int64), (locked_bools, np.bool_)]
)
def test_locked_arrays(lock: object, dtype: type) -> None:
    """A locked array is a contiguous copy of one type that cannot be written."""
    mine = np.array([[1, 0], [0, 1]]).T[::-1]
    locked = lock(mine)
    assert locked.dtype == dtype
    assert locked.flags.c_contiguous
    mine[0, 0] = 7
    assert locked[0, 0] == 0
    with pytest.raises(ValueError, match="read-only"):
        locked[0, 0] = 1


def test_taken_texts() -> None:
    """Taking rows takes every column with them, in the order that was asked."""
    taken = _texts().take([2, 0])
    assert (taken.ids, taken.text_a, taken.text_b) == (("c", "a"), ("3", "1"), ("6", "4"))
    assert taken.gold.tolist() == [NO_LABEL, 0]
    assert taken.metadata == {"topic": ("v", "t")}
    assert (taken.source, taken.notes, taken.classes) == ("s", ("n",), ("x", "y"))
    assert _texts(text_b=None).take([1]).text_b is None


def test_pairs() -> None:
    """Models read pairs; of single texts the second part is None."""
    assert _texts().pairs == (("1", "4"), ("2", "5"), ("3", "6"))
    assert _texts(text_b=None).pairs == (("1", None), ("2", None), ("3", None))


def test_labelled() -> None:
    """Texts are labelled when each of them is; no texts at all are not."""
    assert not _texts().labelled
    assert _texts().take([0, 1]).labelled
    assert not _texts().take([]).labelled
    assert len(_texts().take([])) == 0


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"text_a": ("1",)}, "differ in length"),
        ({"text_b": ("1",)}, "differ in length"),
        ({"gold": np.zeros(2, dtype=np.int64)}, "differ in length"),
        ({"metadata": {"topic": ()}}, "differ in length"),
        ({"ids": ("a", "a", "b")}, "not unique"),
    ],
)
def test_broken_texts(changes: dict[str, object], said: str) -> None:
    """Columns of other lengths and ids that repeat cannot be made into texts."""
    with pytest.raises(ValueError, match=said):
        _texts(**changes)


def test_gold_is_a_locked_copy() -> None:
    """The gold classes do not follow the array that they came from."""
    mine = np.array([0, 1, 0])
    texts = _texts(gold=mine)
    mine[0] = 1
    assert texts.gold.tolist() == [0, 1, 0]
    assert not texts.gold.flags.writeable
    with pytest.raises(dataclasses.FrozenInstanceError):
        texts.ids = ()


def test_predictions() -> None:
    """The predicted class is the most probable, of equals the first; its probability is the confidence."""
    p = np.array([[0.2, 0.8], [0.5, 0.5], [0.9, 0.1]])
    predictions = Predictions("m", ("a", "b", "c"), ("x", "y"), p, logits=p * 2, truncated=1)
    assert predictions.predicted.tolist() == [1, 0, 0]
    assert predictions.confidence.tolist() == [0.8, 0.5, 0.9]
    taken = predictions.take([2, 0])
    assert taken.ids == ("c", "a")
    np.testing.assert_array_equal(taken.probabilities, p[[2, 0]])
    np.testing.assert_array_equal(taken.logits, 2 * p[[2, 0]])
    assert taken.truncated == 1
    assert Predictions("m", ("a",), ("x", "y"), p[:1]).take([0]).logits is None
    assert not predictions.probabilities.flags.writeable
    assert len(predictions) == 3


def test_broken_predictions() -> None:
    """Probabilities and logits have one row a text and one column a class."""
    p = np.full((2, 2), 0.5)
    with pytest.raises(ValueError, match=r"probabilities of 'm' have shape \(2, 2\), not \(3, 2\)"):
        Predictions("m", ("a", "b", "c"), ("x", "y"), p)
    with pytest.raises(ValueError, match=r"logits of 'm' have shape \(2, 3\), not \(2, 2\)"):
        Predictions("m", ("a", "b"), ("x", "y"), p, logits=np.zeros((2, 3)))


def test_explanations() -> None:
    """A sampled explanation has two halves; a noise-free one stands for both of its own."""
    sampled = Explanation(_attribution(), (_attribution("h1"), _attribution("h2")))
    assert sampled.text_id == "a"
    assert not sampled.noise_free
    assert [a.half for a in sampled.attributions] == ["all", "h1", "h2"]
    assert (sampled.half("h1").half, sampled.half("h2").half) == ("h1", "h2")
    exact = Explanation(_attribution(), None)
    assert exact.noise_free
    assert exact.attributions == (exact.whole,)
    assert exact.half("h1") is exact.half("h2") is exact.whole
    assert not exact.whole.weights.flags.writeable


def test_published_features() -> None:
    """Published features have one weight each."""
    assert not PublishedFeatures("a", "lime", 0, ("x", "x"), np.zeros(2)).weights.flags.writeable
    with pytest.raises(ValueError, match=r"2 features with weights of shape \(3,\)"):
        PublishedFeatures("a", "lime", 0, ("x", "y"), np.zeros(3))


def test_mask_requests() -> None:
    """A request for masked texts is a locked table of truth values."""
    assert not MaskRequest(np.ones((2, 3), dtype=np.bool_)).keep.flags.writeable
    with pytest.raises(ValueError, match=r"not one of shape \(3,\)"):
        MaskRequest(np.ones(3, dtype=np.bool_))


def test_segmented_text_counts_its_words() -> None:
    """The length of a segmented text is its number of words."""
    assert len(SegmentedText("a", ("x y", None), (Word(0, 0, 0, 1, "x"), Word(0, 1, 2, 3, "y")))) == 2
