import numpy as np
import pytest

from tests.support.inference_bert import tiny_bert
from tests.support.inference_fakes import BagOfWords
from trust_core.errors import DeviceError
from trust_core.inference import engine as engine_module
from trust_core.inference.batching import buckets, inputs_from, joined
from trust_core.inference.engine import Engine, softmax
from trust_core.perturb.masks import MaskRule, compose_all
from trust_core.perturb.words import segment
from trust_core.ports import Encoded

_PAIRS = [
    ("A dog runs in the park.", "The dog sleeps."),
    ("A man plays a guitar.", ""),
    ("One", None),
    ("A dog runs in the park.", "The dog sleeps."),
    ("", ""),
    *((f"Text number {number} of " + "many " * (number % 5), f"so {number}") for number in range(30)),
]


def test_probabilities_are_those_of_one_text_at_a_time() -> None:
    """Batching, buckets and deduplication change no probability."""
    model = BagOfWords()
    expected = np.concatenate(
        [model.logits(np.array([one.ids]), np.array([one.types])) for one in model.encode(_PAIRS)]
    )
    outputs = Engine(model).predict(_PAIRS)
    np.testing.assert_allclose(outputs.logits, expected, atol=1e-12)
    np.testing.assert_allclose(outputs.probabilities, softmax(expected), atol=1e-12)
    np.testing.assert_allclose(outputs.probabilities.sum(axis=1), 1, atol=1e-12)


@pytest.mark.parametrize("batch_tokens", [1, 16, 10_000])
def test_order_and_batch_size_change_nothing(batch_tokens: int) -> None:
    """Any batch size and order give the same probabilities within 1e-6."""
    expected = Engine(BagOfWords()).predict(_PAIRS).probabilities
    order = np.random.default_rng(1).permutation(len(_PAIRS))
    model = BagOfWords()
    engine = Engine(model, batch_tokens=batch_tokens)
    shuffled = engine.probabilities([_PAIRS[row] for row in order])
    np.testing.assert_allclose(shuffled, expected[order], atol=1e-6)
    assert all(b == 1 or b * t <= batch_tokens for b, t in model.batches)


def test_a_text_that_comes_twice_is_run_once() -> None:
    """Passes count distinct token sequences, and tokens are real ones."""
    model = BagOfWords()
    engine = Engine(model)
    engine.predict([("a b", "c"), ("d", None), ("a b", "c")])
    assert (engine.usage.asked, engine.usage.passes, engine.usage.tokens) == (3, 2, 6 + 3)
    assert sum(b * t for b, t in model.batches) == engine.usage.tokens


def test_time_in_the_model_is_counted_by_the_given_clock() -> None:
    """Each batch adds the seconds that the clock saw pass."""
    ticks = iter(range(100))
    engine = Engine(BagOfWords(), clock=lambda: float(next(ticks)))
    engine.predict([("a", None), ("a b", None)])
    assert engine.usage.forward_s == 2.0


def test_texts_are_taken_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts are tokenised and run a chunk at a time, so memory does not grow with their number."""
    monkeypatch.setattr(engine_module, "CHUNK", 10)
    model = BagOfWords()
    seen = []

    def stream():  # type: ignore[no-untyped-def]
        for number in range(35):
            seen.append(model.encoded)
            yield (f"text {number}", None)

    outputs = Engine(model).predict(stream())
    assert outputs.probabilities.shape == (35, 3)
    assert max(number - encoded for number, encoded in enumerate(seen)) < 10


def test_truncated_texts_are_counted() -> None:
    """The count of texts that were cut includes each of two equal ones."""
    outputs = Engine(BagOfWords(max_length=6)).predict([("a b c d e f g", None)] * 2 + [("a", None)])
    assert outputs.truncated == 2


def test_no_texts_give_empty_results() -> None:
    """Nothing in, nothing out."""
    outputs = Engine(BagOfWords()).predict([])
    assert outputs.probabilities.shape == (0, 3)


def test_a_batch_that_does_not_fit_is_halved_until_it_does() -> None:
    """The engine recovers from a full memory with the same results, and batches grow again later."""
    expected = Engine(BagOfWords()).predict(_PAIRS).probabilities
    tight = BagOfWords(fits=25)
    engine = Engine(tight, batch_tokens=4096)
    np.testing.assert_allclose(engine.probabilities(_PAIRS), expected, atol=1e-12)
    assert max(b * t for b, t in tight.batches) <= 25
    tight.fits = None
    engine.probabilities([(f"other {number}", None) for number in range(400)])
    assert max(b * t for b, t in tight.batches) > 25


def test_a_single_text_that_does_not_fit_is_an_error() -> None:
    """One text beyond the memory ends in a device error that says what to do."""
    with pytest.raises(DeviceError, match="--device cpu"):
        Engine(BagOfWords(fits=3)).predict([("a b c d", None)])


@pytest.mark.parametrize("rule", ["delete", "mask"])
def test_masked_texts_get_the_probabilities_of_their_strings(rule: str) -> None:
    """Masks in one request or many give what composing, encoding and running each string gives."""
    rng = np.random.default_rng(0)
    texts = [segment(str(row), pair) for row, pair in enumerate(_PAIRS)]
    requests = [(text, rng.random((9, len(text))) < 0.6) for text in texts]
    requests[0] = (texts[0], np.ones((4, len(texts[0])), dtype=bool))
    model = BagOfWords()
    answers = Engine(model, batch_tokens=64).predict_masked(requests, rule=rule)  # type: ignore[arg-type]
    for (text, keep), answer in zip(requests, answers, strict=True):
        pairs = compose_all(text, keep, rule=rule, mask_token="[MASK]")  # type: ignore[arg-type]
        one_by_one = [
            model.logits(np.array([one.ids]), np.array([one.types]))
            for one in model.encode(pairs, masks=rule == "mask")
        ]
        np.testing.assert_allclose(answer, softmax(np.concatenate(one_by_one)), atol=1e-12)


def test_an_unmasked_text_that_spells_the_mask_token_is_read_as_typed() -> None:
    """With the rule `mask`, f(x) of a text that holds "[MASK]" is the model's own prediction of it."""
    pair = ("see [MASK] here", "and [MASK]")
    text = segment("t", pair)
    engine = Engine(BagOfWords())
    masked = engine.predict_masked([(text, np.ones((2, len(text)), dtype=bool))], rule="mask")[0]
    np.testing.assert_array_equal(masked, engine.probabilities([pair, pair]))


def test_long_requests_are_split_into_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request larger than a chunk is answered in portions, with every row in its place."""
    text = segment("t", ("a b c d e f g h", "i j"))
    keep = np.random.default_rng(2).random((300, len(text))) < 0.5
    whole = Engine(BagOfWords()).predict_masked([(text, keep), (text, keep[::-1])])
    monkeypatch.setattr(engine_module, "MASKS", 7)
    parts = Engine(BagOfWords()).predict_masked([(text, keep), (text, keep[::-1])])
    for expected, found in zip(whole, parts, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_buckets_hold_one_length_each_longest_first() -> None:
    """Every input is in exactly one bucket, with its own tokens, and no token is padding."""
    inputs = [Encoded((1,) * length + (row,), (), False) for row, length in enumerate([3, 1, 3, 2, 1])]
    found = list(buckets(inputs_from(inputs)))
    assert [bucket.ids.shape for bucket in found] == [(2, 4), (1, 3), (2, 2)]
    for bucket in found:
        assert bucket.types is None
        for row, ids in zip(bucket.rows.tolist(), bucket.ids[bucket.inverse].tolist(), strict=True):
            assert tuple(ids) == inputs[row].ids


def test_inputs_with_other_segment_ids_are_not_duplicates() -> None:
    """The same tokens with another boundary are another input."""
    inputs = [Encoded((1, 2), (0, 0), False), Encoded((1, 2), (0, 1), False), Encoded((1, 2), (0, 0), True)]
    (bucket,) = buckets(inputs_from(inputs))
    assert bucket.types is not None
    assert len(bucket.ids) == 2
    assert bucket.types[bucket.inverse].tolist() == [[0, 0], [0, 1], [0, 0]]


def test_inputs_are_joined_in_their_order() -> None:
    """Joining keeps every input, and nothing joined is nothing."""
    one, other = ([Encoded((number,) * number, (0,) * number, False)] for number in (2, 3))
    both = joined([inputs_from(one), inputs_from([]), inputs_from(other)])
    assert (both.ids.tolist(), both.lengths.tolist()) == ([2, 2, 3, 3, 3], [2, 3])
    assert both.types is not None
    assert len(joined([])) == 0


_WRITTEN = [
    ("A dog runs in the park, doesn't it?", "The dog (small) sleeps."),
    ("One", ""),
    ("A dog runs.", None),
    ("odd \u200d joiner", "is written out"),
    ("A " + "long " * 600 + "text", "b"),
]


@pytest.mark.parametrize("rule", ["delete", "mask"])
def test_composed_inputs_get_the_probabilities_of_their_strings(rule: MaskRule) -> None:
    """Putting ids together changes no probability, and texts that had to be written out are counted."""
    model = tiny_bert([pair for pair in _WRITTEN if len(pair[0]) < 100])
    rng = np.random.default_rng(0)
    texts = [segment(str(row), pair) for row, pair in enumerate(_WRITTEN)]
    requests = [(text, rng.random((7, len(text))) < 0.9) for text in texts]
    engine = Engine(model)
    answers = engine.predict_masked(requests, rule=rule)
    assert (engine.usage.masked, engine.usage.spelled) == (5, 2)
    for (text, keep), answer in zip(requests, answers, strict=True):
        pairs = compose_all(text, keep, rule=rule, mask_token=model.mask_token)
        encoded = model.encode(pairs, masks=rule == "mask")
        rows = [model.logits(np.array([one.ids]), np.array([one.types])) for one in encoded]
        np.testing.assert_allclose(answer, softmax(np.concatenate(rows)), atol=1e-6)
