"""The pieces that a text is coloured by: its words, or its sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from trust_core.domain.arrays import FloatArray, IntArray, locked_ints
from trust_core.domain.texts import SegmentedText, Word

Granularity = Literal["word", "sentence"]

LONGEST_RUN: Final = 60
"""Characters without a space that are shown; the rest is cut off."""

_LONG_RUN = re.compile(rf"\S{{{LONGEST_RUN + 1},}}")
_SENTENCE_END = re.compile(r"(?:[.!?…]+[\"'”’)\]]*\s+|[。！？]+|\n+)")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Block:
    """One of the two texts in parts: (characters, index of the unit or -1 for what stands between units)."""

    label: str
    parts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Units:
    """The u units of a text.

    Attributes:
        kind: word or sentence.
        of_word: (w,) the unit that each word belongs to.
        names: what each unit is called, cut where it is very long.
        places: where each stands, in words.
        blocks: the texts in parts.
    """

    kind: Granularity
    of_word: IntArray
    names: tuple[str, ...]
    places: tuple[str, ...]
    blocks: tuple[Block, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "of_word", locked_ints(self.of_word))

    def __len__(self) -> int:
        return len(self.names)

    def summed(self, weights: FloatArray) -> FloatArray:
        """(u,) weights of the units: the sum of the weights of their words."""
        return np.bincount(self.of_word, weights=weights, minlength=len(self)).astype(np.float64)

    def shown(self) -> dict[str, Any]:
        """The units as the heatmap component takes them."""
        return {
            "unit": self.kind,
            "units": [
                {"name": name, "place": place} for name, place in zip(self.names, self.places, strict=True)
            ],
            "blocks": [
                {"label": block.label, "parts": [[text, unit] for text, unit in block.parts]}
                for block in self.blocks
            ],
        }


def units_of(text: SegmentedText, kind: Granularity, labels: tuple[str, str]) -> Units:
    """A text by word or by sentence.

    Args:
        text: the text with its words.
        kind: word or sentence. A sentence ends at . ! ? or … before a space, and at a line break.
        labels: what the first and the second text are called; a single text needs no name.
    """
    names: list[str] = []
    places: list[str] = []
    of_word: list[int] = []
    blocks: list[Block] = []
    segments = [content for content in text.pair if content is not None]
    for index, content in enumerate(segments):
        label = labels[index] if len(segments) > 1 else ""
        words = [word for word in text.words if word.segment == index]
        spans = _spans(content, words, kind)
        parts: list[tuple[str, int]] = []
        end = 0
        for number, (start, stop, members) in enumerate(spans, start=1):
            if start > end:
                parts.append((_gap(content[end:start]), -1))
            unit = len(names)
            parts.append((shortened(content[start:stop]), unit))
            names.append(shortened(content[start:stop]))
            places.append(f"{kind} {number} of {len(spans)}" + (f", {label}" if label else ""))
            of_word += [unit] * members
            end = stop
        if end < len(content):
            parts.append((_gap(content[end:]), -1))
        blocks.append(Block(label, tuple(parts)))
    return Units(kind, np.array(of_word, dtype=np.int64), tuple(names), tuple(places), tuple(blocks))


def shortened(text: str) -> str:
    """A text whose very long runs without a space are cut, so that no word fills the screen."""
    return _LONG_RUN.sub(lambda run: run.group()[: LONGEST_RUN - 1] + "…", text)


def _spans(content: str, words: list[Word], kind: Granularity) -> list[tuple[int, int, int]]:
    """Start, end and number of words of each unit of one text."""
    if kind == "word":
        return [(word.start, word.end, 1) for word in words]
    ends = [found.end() for found in _SENTENCE_END.finditer(content)] + [len(content)]
    spans = []
    start = 0
    for end in ends:
        members = sum(start <= word.start < end for word in words)
        if members:
            inside = content[start:end]
            lead = len(inside) - len(inside.lstrip())
            spans.append((start + lead, start + len(inside.rstrip()), members))
        start = end
    return spans


def _gap(text: str) -> str:
    """What stands between two units, with every run of white space made one space or one line break."""
    return shortened(_SPACE.sub(lambda run: "\n" if "\n" in run.group() else " ", text))
