"""Small deterministic classifiers that stand in for models."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from trust_core.domain.arrays import FloatArray, IntArray
from trust_core.domain.texts import TextPair
from trust_core.errors import OutOfMemory
from trust_core.ports import Encoded

_TOKEN = re.compile(r"\[MASK\]|\w+|[^\w\s]")
_CLS, _SEP, _MASK = 1, 2, 3


@dataclass
class BagOfWords:
    """Adds up a weight for every token; the second text counts on its own, and pairs of words interact.

    Weights of unplanted tokens come from the token's spelling, so texts differ, always in the same way.

    Attributes:
        planted: token -> what it adds to class 0, in the segment it is planted for.
        fits: the most tokens that a batch may hold before the memory is full.
        interaction: weight of products of neighbouring tokens' weights: 0 is an additive model in logits.
        batches: (b, t) of every batch that was run.
    """

    planted: dict[tuple[str, int], float] = field(default_factory=dict)
    classes: tuple[str, ...] = ("entailment", "neutral", "contradiction")
    name: str = "bag"
    mask_token: str = "[MASK]"
    max_length: int = 512
    fits: int | None = None
    interaction: float = 0.1
    batches: list[tuple[int, int]] = field(default_factory=list)
    encoded: int = 0
    _vocabulary: dict[str, int] = field(default_factory=dict)

    def encode(self, pairs: Sequence[TextPair], *, masks: bool = False) -> list[Encoded]:
        return [self._encode(pair, masks=masks) for pair in pairs]

    def _encode(self, pair: TextPair, *, masks: bool) -> Encoded:
        self.encoded += 1
        ids, types = [_CLS], [0]
        for segment, text in enumerate(pair):
            if text is None:
                continue
            for token in _TOKEN.findall(text):
                if token == self.mask_token and masks:
                    pieces = [_MASK]
                else:
                    parts = ["[", "mask", "]"] if token == self.mask_token else [token.lower()]
                    pieces = [self._vocabulary.setdefault(part, len(self._vocabulary) + 10) for part in parts]
                ids += pieces
                types += [segment] * len(pieces)
            ids.append(_SEP)
            types.append(segment)
        cut = len(ids) > self.max_length
        return Encoded(tuple(ids[: self.max_length]), tuple(types[: self.max_length]), cut)

    def logits(self, ids: IntArray, types: IntArray | None) -> FloatArray:
        assert types is not None
        if self.fits is not None and ids.size > self.fits:
            raise OutOfMemory(f"{ids.size} tokens")
        self.batches.append((int(ids.shape[0]), int(ids.shape[1])))
        spelled = {number: token for token, number in self._vocabulary.items()}
        out = np.zeros((len(ids), len(self.classes)))
        for row, (tokens, segments) in enumerate(zip(ids.tolist(), types.tolist(), strict=True)):
            weights = np.array(
                [
                    self._weight(spelled.get(token, str(token)), seg)
                    for token, seg in zip(tokens, segments, strict=True)
                ]
            )
            out[row] = weights.sum(axis=0) + self.interaction * (weights[1:] * weights[:-1]).sum(axis=0)
        return out

    def _weight(self, token: str, segment: int) -> FloatArray:
        seed = [ord(character) for character in token] + [segment]
        weights = np.random.default_rng(seed).normal(0, 0.3, len(self.classes))
        if (token, segment) in self.planted:
            weights[0] += self.planted[token, segment]
        return weights
