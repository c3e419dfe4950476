"""Texts and the words in them that an explanation may remove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trust_core.domain.arrays import IntArray, locked_ints

NO_LABEL = -1
"""The gold value of a text without a label."""

TextPair = tuple[str, str | None]
"""One text as a model reads it: (text_a, text_b), with None where the task has single texts."""


@dataclass(frozen=True, slots=True)
class TextSet:
    """n texts in a fixed order, with their gold classes.

    Attributes:
        ids: unique names, n of them; results are keyed by them.
        text_a: first (or only) texts.
        text_b: second texts, or None for a single-text task.
        gold: (n,) index into `classes`, or NO_LABEL.
        classes: canonical class names, k of them.
        metadata: further columns by name, each of length n.
        source: what the texts are called in messages and reports.
        notes: what a reader should know (duplicates, empty texts), in sentences.
    """

    ids: tuple[str, ...]
    text_a: tuple[str, ...]
    text_b: tuple[str, ...] | None
    gold: IntArray
    classes: tuple[str, ...]
    metadata: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    source: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "gold", locked_ints(self.gold))
        n = len(self.ids)
        lengths = {len(self.text_a), len(self.gold), *(len(column) for column in self.metadata.values())}
        if self.text_b is not None:
            lengths.add(len(self.text_b))
        if lengths != {n}:
            raise ValueError(f"columns of {self.source!r} differ in length: {sorted(lengths | {n})}")
        if len(set(self.ids)) != n:
            raise ValueError(f"ids of {self.source!r} are not unique")

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def labelled(self) -> bool:
        """Whether every text has a gold class (False for an empty set)."""
        return len(self.ids) > 0 and bool((self.gold != NO_LABEL).all())

    @property
    def pairs(self) -> tuple[TextPair, ...]:
        """The texts as models read them."""
        if self.text_b is None:
            return tuple((a, None) for a in self.text_a)
        return tuple(zip(self.text_a, self.text_b, strict=True))

    def pairs_of(self, rows: Sequence[int]) -> tuple[TextPair, ...]:
        """The texts of these rows as models read them."""
        second = self.text_b
        return tuple((self.text_a[row], None if second is None else second[row]) for row in rows)

    def take(self, rows: Sequence[int]) -> TextSet:
        """The texts of these rows, in this order."""
        return TextSet(
            ids=tuple(self.ids[row] for row in rows),
            text_a=tuple(self.text_a[row] for row in rows),
            text_b=None if self.text_b is None else tuple(self.text_b[row] for row in rows),
            gold=self.gold[list(rows)],
            classes=self.classes,
            metadata={name: tuple(column[row] for row in rows) for name, column in self.metadata.items()},
            source=self.source,
            notes=self.notes,
        )


@dataclass(frozen=True, slots=True)
class Word:
    """A player of an explanation: one word at one position of one segment.

    Attributes:
        segment: 0 for text_a, 1 for text_b.
        position: 0, 1, ... within the segment.
        start: first character in the segment's text.
        end: one past the last character.
        text: the characters themselves.
    """

    segment: int
    position: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class SegmentedText:
    """A text with its w words, in reading order: all of text_a, then all of text_b."""

    id: str
    pair: TextPair
    words: tuple[Word, ...]

    def __len__(self) -> int:
        return len(self.words)
