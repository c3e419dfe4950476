"""A model over many texts: each distinct input once, in batches of one exact length, so without padding."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from jaxtyping import Float, Int

from trust_core.domain.arrays import BoolArray, FloatArray, IntArray
from trust_core.domain.texts import SegmentedText, TextPair
from trust_core.errors import DeviceError, OutOfMemory
from trust_core.inference.batching import Bucket, Inputs, buckets, distinct_rows, inputs_from, joined
from trust_core.inference.composition import compose_ids
from trust_core.perturb.masks import MaskRule, compose_all
from trust_core.ports import Classifier, Clock, TakesParts

CHUNK = 4096
"""Texts that are tokenised and held at a time: memory does not grow with the number of texts."""

MASKS = 16_384
"""Masked texts that are held at a time; the more, the fuller are the batches of one exact length."""

_CALM_BATCHES = 32
"""After that many batches that fit, a lowered limit is doubled again."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a model says of n texts.

    Attributes:
        probabilities: (n, k) softmax of the logits, in double precision.
        logits: (n, k).
        truncated: how many texts were cut to the model's longest input.
    """

    probabilities: FloatArray
    logits: FloatArray
    truncated: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What an engine has done so far.

    Attributes:
        asked: inputs that were asked for.
        passes: inputs that went through the model; the rest were duplicates.
        tokens: tokens in them. There is no padding.
        forward_s: seconds inside the model.
        masked: texts whose masked versions were asked for; a text counts anew in each request.
        spelled: how many of them had to be written out and tokenised whole, in some of their versions.
    """

    asked: int = 0
    passes: int = 0
    tokens: int = 0
    forward_s: float = 0.0
    masked: int = 0
    spelled: int = 0


class Engine:
    """Runs one model.

    Batch size and order change results by rounding alone (1e-6 in single precision).

    Args:
        classifier: the model.
        batch_tokens: the most tokens in one batch; an input longer than that is a batch of its own.
        clock: counts the seconds in the model.
    """

    def __init__(
        self, classifier: Classifier, *, batch_tokens: int = 8192, clock: Clock = time.perf_counter
    ) -> None:
        self.classifier = classifier
        self.usage = Usage()
        self._clock = clock
        self._wanted_tokens = batch_tokens
        self._batch_tokens = batch_tokens
        self._calm = 0

    def predict(self, pairs: Iterable[TextPair]) -> Outputs:
        """Probabilities and logits of texts as they are.

        Raises:
            DeviceError: a single text does not fit into the device's memory.
        """
        logits = [np.empty((0, len(self.classifier.classes)))]
        truncated = 0
        for chunk in _chunks(pairs):
            encoded = self.classifier.encode(chunk)
            truncated += sum(one.truncated for one in encoded)
            logits.append(self._logits(inputs_from(encoded)))
        every = np.concatenate(logits)
        return Outputs(probabilities=softmax(every), logits=every, truncated=truncated)

    def probabilities(self, pairs: Sequence[TextPair]) -> FloatArray:
        """(n, k) probabilities of texts as they are: the port `PredictProbabilities`."""
        return self.predict(pairs).probabilities

    def predict_masked(
        self, requests: Sequence[tuple[SegmentedText, BoolArray]], *, rule: MaskRule = "delete"
    ) -> list[FloatArray]:
        """Probabilities of masked texts: for each request of s masks, an (s, k) array.

        Masks and token sequences that occur twice, in one request or in several, are run once.

        Args:
            requests: texts with their masks (s, w), True where a word stays.
            rule: how a word is taken out.

        Raises:
            DeviceError: a single text does not fit into the device's memory.
        """
        answers: list[FloatArray] = []
        inverses = []
        distinct = []
        for text, keep in requests:
            rows, inverse = _distinct_masks(keep)
            distinct.append((text, rows))
            inverses.append(inverse)
            answers.append(np.empty((len(rows), len(self.classifier.classes))))
            self._count(asked=len(keep) - len(rows))
        spelled: set[int] = set()
        for pieces in _portions(distinct):
            parts: list[_Part] = []
            for at, start, keep in pieces:
                composed, written = self._masked(distinct[at][0], keep, rule)
                parts += [(at, start + places, inputs) for places, inputs in (*composed, *written)]
                spelled |= {at} if written else set()
            found = softmax(self._logits(joined([inputs for _, _, inputs in parts])))
            done = 0
            for at, places, _ in parts:
                answers[at][places] = found[done : done + len(places)]
                done += len(places)
        self._count(masked=len(requests), spelled=len(spelled))
        return [answer[inverse] for answer, inverse in zip(answers, inverses, strict=True)]

    def _masked(self, text: SegmentedText, keep: BoolArray, rule: MaskRule) -> tuple[_Rows, _Rows]:
        """The inputs of a text under masks: put together, and written out (but for the original)."""
        model = self.classifier
        whole: BoolArray = np.logical_and.reduce(keep, axis=1)
        done: _Rows = []
        if whole.any():
            # The untouched text may spell out the mask token; there it is ordinary characters.
            original = inputs_from(model.encode([text.pair]) * int(whole.sum()))
            done.append((np.flatnonzero(whole), original))
        left = ~whole
        tokenizer = model.parts if isinstance(model, TakesParts) else None
        if tokenizer is not None and left.any():
            composed = compose_ids(text, keep, rule=rule, mask_token=model.mask_token, tokenizer=tokenizer)
            if composed is not None:
                done.append((composed.rows, composed.inputs))
                left[composed.rows] = False
        if not left.any():
            return done, []
        rows = np.flatnonzero(left)
        pairs = compose_all(text, keep[rows], rule=rule, mask_token=model.mask_token)
        return done, [(rows, inputs_from(model.encode(pairs, masks=rule == "mask")))]

    def _logits(self, inputs: Inputs) -> Float[np.ndarray, "n k"]:
        logits = np.empty((len(inputs), len(self.classifier.classes)))
        for bucket in buckets(inputs):
            logits[bucket.rows] = self._run(bucket)[bucket.inverse]
        self._count(asked=len(inputs))
        return logits

    def _run(self, bucket: Bucket) -> Float[np.ndarray, "b k"]:
        """The logits of inputs of one length, in as many batches as the memory asks for."""
        parts = []
        done = 0
        count, length = bucket.ids.shape
        while done < count:
            size = max(1, self._batch_tokens // length)
            part = slice(done, done + size)
            try:
                types = None if bucket.types is None else bucket.types[part]
                parts.append(self._forward(bucket.ids[part], types))
            except OutOfMemory as full:
                self._shrink(min(size, count - done), length, full)
            else:
                done += size
                self._relax()
        return np.concatenate(parts)

    def _forward(
        self, ids: Int[np.ndarray, "b t"], types: Int[np.ndarray, "b t"] | None
    ) -> Float[np.ndarray, "b k"]:
        began = self._clock()
        logits = self.classifier.logits(ids, types)
        self._count(passes=len(ids), tokens=ids.size, forward_s=self._clock() - began)
        return logits

    def _shrink(self, size: int, length: int, full: OutOfMemory) -> None:
        if size == 1:
            raise DeviceError(
                f"One text of {length} tokens does not fit into the memory of the device of "
                f"{self.classifier.name!r}.",
                remedy="Free memory on the device, choose another one (--device cpu), or shorten the text.",
            ) from full
        self._batch_tokens = max(1, size // 2) * length
        self._calm = 0

    def _relax(self) -> None:
        if self._batch_tokens < self._wanted_tokens:
            self._calm += 1
            if self._calm >= _CALM_BATCHES:
                self._batch_tokens = min(self._wanted_tokens, 2 * self._batch_tokens)
                self._calm = 0

    def _count(self, **more: int | float) -> None:
        self.usage = replace(self.usage, **{name: getattr(self.usage, name) + n for name, n in more.items()})


_Rows = list[tuple[IntArray, Inputs]]
_Part = tuple[int, IntArray, Inputs]


def softmax(logits: Float[np.ndarray, "n k"]) -> Float[np.ndarray, "n k"]:
    """Probabilities of logits, in double precision: each row sums to 1."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: FloatArray = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _chunks(pairs: Iterable[TextPair]) -> Iterator[list[TextPair]]:
    remaining = iter(pairs)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def _distinct_masks(keep: BoolArray) -> tuple[BoolArray, Int[np.ndarray, " s"]]:
    """The distinct masks of a request, and which of them each mask is."""
    if keep.shape[1] == 0:
        return keep[:1], np.zeros(len(keep), dtype=np.int64)
    first, inverse = distinct_rows(np.packbits(keep, axis=1))
    return keep[first], inverse


def _portions(
    requests: Sequence[tuple[SegmentedText, BoolArray]],
) -> Iterator[list[tuple[int, int, BoolArray]]]:
    """The masks of all requests in portions that are held at a time; long texts count for more.

    Yields:
        Request, the first of its masks, and the masks themselves.
    """
    portion: list[tuple[int, int, BoolArray]] = []
    room = MASKS
    for at, (text, keep) in enumerate(requests):
        cost = 1 + len(text) // 64
        start = 0
        while start < len(keep):
            stop = min(len(keep), start + max(1, room // cost))
            portion.append((at, start, keep[start:stop]))
            room -= (stop - start) * cost
            start = stop
            if room <= 0:
                yield portion
                portion, room = [], MASKS
    if portion:
        yield portion
