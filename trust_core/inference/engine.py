"""A model over many texts: each distinct input once, in batches of one exact length, so without padding."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from jaxtyping import Float, Int

from trust_core.domain.arrays import BoolArray, FloatArray
from trust_core.domain.texts import SegmentedText, TextPair
from trust_core.errors import DeviceError, OutOfMemory
from trust_core.inference.batching import Bucket, bucket_by_length, deduplicate
from trust_core.perturb.masks import MaskRule, compose_all
from trust_core.ports import Classifier, Clock, Encoded

CHUNK = 4096
"""Texts that are tokenised and held at a time: memory does not grow with the number of texts."""

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
    """

    asked: int = 0
    passes: int = 0
    tokens: int = 0
    forward_s: float = 0.0


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
            logits.append(self._logits(encoded))
        joined = np.concatenate(logits)
        return Outputs(probabilities=softmax(joined), logits=joined, truncated=truncated)

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
            rows, inverse = _distinct_rows(keep)
            distinct.append((text, rows))
            inverses.append(inverse)
            answers.append(np.empty((len(rows), len(self.classifier.classes))))
            self._count(asked=len(keep) - len(rows))
        for pieces in _portions(distinct):
            encoded: list[Encoded] = []
            for at, (_, _, keep) in pieces:
                encoded += self._encode_masked(distinct[at][0], keep, rule)
            found = softmax(self._logits(encoded))
            done = 0
            for at, (start, stop, _) in pieces:
                answers[at][start:stop] = found[done : done + stop - start]
                done += stop - start
        return [answer[inverse] for answer, inverse in zip(answers, inverses, strict=True)]

    def _encode_masked(self, text: SegmentedText, keep: BoolArray, rule: MaskRule) -> list[Encoded]:
        pairs = compose_all(text, keep, rule=rule, mask_token=self.classifier.mask_token)
        if rule == "delete":
            return self.classifier.encode(pairs)
        # The untouched text may spell out the mask token; there it is ordinary characters.
        encoded = list(self.classifier.encode(pairs, masks=True))
        for row in np.flatnonzero(keep.all(axis=1)).tolist():
            encoded[row] = self.classifier.encode([pairs[row]])[0]
        return encoded

    def _logits(self, encoded: Sequence[Encoded]) -> Float[np.ndarray, "n k"]:
        unique = deduplicate(encoded)
        logits = np.empty((len(unique.inputs), len(self.classifier.classes)))
        for bucket in bucket_by_length(unique.inputs):
            logits[bucket.rows] = self._run(bucket)
        self._count(asked=len(encoded))
        every: FloatArray = logits[unique.inverse]
        return every

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

    def _count(self, *, asked: int = 0, passes: int = 0, tokens: int = 0, forward_s: float = 0.0) -> None:
        before = self.usage
        self.usage = Usage(
            asked=before.asked + asked,
            passes=before.passes + passes,
            tokens=before.tokens + tokens,
            forward_s=before.forward_s + forward_s,
        )


def softmax(logits: Float[np.ndarray, "n k"]) -> Float[np.ndarray, "n k"]:
    """Probabilities of logits, in double precision: each row sums to 1."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: FloatArray = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _chunks(pairs: Iterable[TextPair]) -> Iterator[list[TextPair]]:
    remaining = iter(pairs)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def _distinct_rows(keep: BoolArray) -> tuple[BoolArray, Int[np.ndarray, " s"]]:
    """The distinct masks of a request, and which of them each mask is."""
    if keep.shape[1] == 0:
        return keep[:1], np.zeros(len(keep), dtype=np.int64)
    packed = np.packbits(keep, axis=1)
    keys = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    return keep[first], inverse.ravel()


_Piece = tuple[int, tuple[int, int, BoolArray]]


def _portions(requests: Sequence[tuple[SegmentedText, BoolArray]]) -> Iterator[list[_Piece]]:
    """The masks of all requests in portions that are held at a time; long texts count for more."""
    portion: list[_Piece] = []
    room = CHUNK
    for at, (text, keep) in enumerate(requests):
        cost = 1 + len(text) // 64
        start = 0
        while start < len(keep):
            stop = min(len(keep), start + max(1, room // cost))
            portion.append((at, (start, stop, keep[start:stop])))
            room -= (stop - start) * cost
            start = stop
            if room <= 0:
                yield portion
                portion, room = [], CHUNK
    if portion:
        yield portion
