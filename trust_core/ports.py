"""What the stages need from the outside, as protocols; adapters live in models, store, cli and ui."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from trust_core.domain.arrays import FloatArray, IntArray
from trust_core.domain.progress import Progress
from trust_core.domain.texts import TextPair


@dataclass(frozen=True, slots=True)
class Encoded:
    """One text as a model's input.

    Attributes:
        ids: token ids, t of them, special tokens included, no padding.
        types: segment ids of the same length; empty where the model has none.
        truncated: whether the text was cut to the model's longest input.
    """

    ids: tuple[int, ...]
    types: tuple[int, ...]
    truncated: bool


@runtime_checkable
class Classifier(Protocol):
    """A loaded model: tokenizer and forward pass, with the classes already in canonical order."""

    @property
    def name(self) -> str:
        """Its name in this run."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Canonical class names, k of them: the order of the columns of `logits`."""

    @property
    def mask_token(self) -> str:
        """What the rule `mask` puts for a word: a placeholder that no user's text holds.

        `encode(masks=True)` makes it the tokenizer's mask token, else its unknown token.
        """

    def encode(self, pairs: Sequence[TextPair], *, masks: bool = False) -> list[Encoded]:
        """Tokens of each text.

        Special-token strings in the texts are ordinary characters, but for `mask_token` where `masks`.
        """

    def logits(self, ids: IntArray, types: IntArray | None) -> FloatArray:
        """(b, k) logits of b inputs of one length t: ids (b, t), types (b, t) or None. Needs no padding.

        Raises:
            OutOfMemory: the batch does not fit.
        """


@dataclass(frozen=True, slots=True)
class Frame:
    """What a tokenizer puts around the tokens of a text or a pair.

    Attributes:
        before, between, after: special tokens; `between` is empty where there is no second text.
        types: segment ids of the tokens of the first and of the second text; empty where the model has none.
    """

    before: Encoded
    between: Encoded
    after: Encoded
    types: tuple[int, ...]


@runtime_checkable
class PartTokenizer(Protocol):
    """A tokenizer whose tokens never reach across a space: texts can be tokenised part by part.

    The tokens of "a b" are those of "a" at the start of a text and those of "b" behind a space.
    """

    @property
    def max_length(self) -> int:
        """Longest input in tokens, special tokens included."""

    def takes(self, text: str) -> bool:
        """Whether all characters are such that the above is known to hold."""

    def frame(self, *, pair: bool) -> Frame | None:
        """What stands around single texts or pairs; None where that is not always the same."""

    def part_ids(self, parts: Sequence[str], *, at_start: bool, masks: bool) -> list[tuple[int, ...]] | None:
        """Token ids of parts of texts that neither start nor end with a space; None where one is too long.

        Args:
            parts: the parts; single spaces may stand inside.
            at_start: whether they start a text, or stand behind a space.
            masks: whether the mask's placeholder in them is the mask.
        """


@runtime_checkable
class TakesParts(Protocol):
    """A classifier that may be able to tokenise texts part by part."""

    @property
    def parts(self) -> PartTokenizer | None:
        """Its tokenizer for parts of texts; None where only whole texts can be tokenised."""


@runtime_checkable
class PredictProbabilities(Protocol):
    """Probabilities (n, k) of n texts, in canonical class order."""

    def __call__(self, pairs: Sequence[TextPair]) -> FloatArray:
        """The probabilities of these texts."""


@runtime_checkable
class ProgressSink(Protocol):
    """Takes reports of progress."""

    def __call__(self, progress: Progress) -> None:
        """Take one report."""


@runtime_checkable
class Clock(Protocol):
    """Seconds on a clock that never goes back."""

    def __call__(self) -> float:
        """The seconds now."""
