"""Texts with some of their words taken out; the boundary between the two texts of a pair is never touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Literal

import numpy as np
from jaxtyping import Bool

from trust_core.domain.arrays import BoolArray
from trust_core.domain.texts import SegmentedText, TextPair
from trust_core.perturb.words import is_cjk, is_one_word

MaskRule = Literal["delete", "mask"]
"""delete: a word goes and spacing is put right; mask: the model's mask token takes its place."""

_OPENERS = frozenset("([{<«‹“‘„\"'")
_CLOSERS = frozenset(".,;:!?)]}>»›”’%…、。，！？；：）」』】")


def compose(
    text: SegmentedText, keep: Bool[np.ndarray, " w"], *, rule: MaskRule, mask_token: str
) -> TextPair:
    """The text with the words of one mask left; see `compose_all`."""
    return compose_all(text, keep[None, :], rule=rule, mask_token=mask_token)[0]


def segment_writers(text: SegmentedText, *, rule: MaskRule, mask_token: str) -> list[SegmentWriter]:
    """What writes the texts of a pair under masks, one for each that is there; see `compose_all`."""
    return [
        SegmentWriter(text, index, rule, mask_token)
        for index, original in enumerate(text.pair)
        if original is not None
    ]


def compose_all(
    text: SegmentedText, keep: Bool[np.ndarray, "s w"], *, rule: MaskRule, mask_token: str
) -> list[TextPair]:
    """The text under each of s masks.

    A mask that keeps every word gives the original strings, character by character. Otherwise `delete`
    leaves single spaces, none at the ends and none before closing punctuation that a removed word stood
    before; words on both sides of a removed one never grow together. `mask` changes nothing but the words.
    Where the original holds the characters of the mask token itself, a space breaks them up, so that the
    tokenizer does not take them for a mask.

    Args:
        text: a text with w words.
        keep: (s, w) True where a word stays.
        rule: how a word is taken out.
        mask_token: what `mask` puts in a word's place.

    Returns:
        s pairs; a second text that was there stays a string (possibly empty), one that was not stays None.
    """
    segments = [
        [writer.write(row) for row in keep[:, writer.columns]]
        for writer in segment_writers(text, rule=rule, mask_token=mask_token)
    ]
    whole: list[bool] = np.all(keep, axis=1).tolist()
    second = segments[1] if len(segments) > 1 else [None] * len(keep)
    return [
        text.pair if untouched else (first, other)
        for untouched, first, other in zip(whole, segments[0], second, strict=True)
    ]


class SegmentWriter:
    """One of the two texts: its words and the gaps before, between and after them.

    Attributes:
        columns: where its words stand among all words of the text.
        words: its words, as they are written.
        gaps: what stands before each word and after the last; as in `compose_all`.
        write: the segment under one mask of its words.
    """

    def __init__(self, text: SegmentedText, index: int, rule: MaskRule, mask_token: str) -> None:
        original = text.pair[index] or ""
        spans = [(word.start, word.end) for word in text.words if word.segment == index]
        first = sum(word.segment < index for word in text.words)
        self.columns = slice(first, first + len(spans))
        starts = [start for start, _ in spans] + [len(original)]
        ends = [0] + [end for _, end in spans]
        self.write: Callable[[BoolArray], str]
        self.words = [original[start:end] for start, end in spans]
        self.gaps = [original[end:start] for end, start in zip(ends, starts, strict=True)]
        if rule == "delete":
            self.gaps = [_single_spaced(gap) for gap in self.gaps]
            self._joints: dict[tuple[int, int], str] = {}
            self.write = self._write_without
        else:
            self._break_up(original, mask_token, list(zip(ends, starts, strict=True)))
            self.write = partial(self._write_masked, mask_token)

    def _write_without(self, row: Bool[np.ndarray, " w"]) -> str:
        """The segment without the words that the row does not keep."""
        kept = np.flatnonzero(row).tolist()
        parts = []
        before = -1
        for word in kept:
            parts.append(self.joint(before, word))
            parts.append(self.words[word])
            before = word
        parts.append(self.joint(before, len(self.words)))
        return "".join(parts)

    def joint(self, before: int, after: int) -> str:
        """What stands between two kept words (or an end) when all words between them are gone."""
        joint = self._joints.get((before, after))
        if joint is None:
            joint = self._joints[before, after] = self._make_joint(before, after)
        return joint

    def _make_joint(self, before: int, after: int) -> str:
        joint = self.gaps[before + 1]
        for gap in self.gaps[before + 2 : after + 1]:
            joint = _close_up(joint, gap, at_start=before < 0)
        if before < 0:
            joint = joint.lstrip()
        if after == len(self.words):
            return joint.rstrip()
        if before >= 0 and after > before + 1 and self._grown_together(before, joint, after):
            joint += " "
        return joint

    def _grown_together(self, before: int, joint: str, after: int) -> bool:
        left, right = self.words[before], self.words[after]
        if not joint:
            return not (is_cjk(left[-1]) or is_cjk(right[0]))
        return is_one_word(left + joint + right)

    def _write_masked(self, mask_token: str, row: Bool[np.ndarray, " w"]) -> str:
        """The segment with the mask token for each word that the row does not keep."""
        return self.gaps[0] + "".join(
            (word if stays else mask_token) + gap
            for word, stays, gap in zip(self.words, row.tolist(), self.gaps[1:], strict=True)
        )

    def _break_up(self, original: str, mask_token: str, gap_spans: list[tuple[int, int]]) -> None:
        """Put a space after the first character of every mask token that the text itself spells out."""
        for cut in reversed(list(_occurrences(original, mask_token))):
            for index, (start, end) in reversed(list(enumerate(gap_spans))):
                if start <= cut <= end:
                    gap = self.gaps[index]
                    self.gaps[index] = gap[: cut - start] + " " + gap[cut - start :]
                    break
                if end < cut:
                    word = self.words[index]
                    self.words[index] = word[: cut - end] + " " + word[cut - end :]
                    break


def _occurrences(original: str, mask_token: str) -> Iterator[int]:
    """Where to cut each spelled-out mask token: behind its first character."""
    found = original.find(mask_token)
    while found >= 0:
        yield found + 1
        found = original.find(mask_token, found + 1)


def _single_spaced(gap: str) -> str:
    """A gap with every run of white space made one space."""
    words = gap.split()
    if not words:
        return " " if gap else ""
    return " " * gap[0].isspace() + " ".join(words) + " " * gap[-1].isspace()


def _close_up(joint: str, gap: str, *, at_start: bool) -> str:
    """The gaps on both sides of a removed word as one."""
    if joint.endswith(" ") and (gap.startswith(" ") or (gap[:1] in _CLOSERS and gap)):
        return joint[:-1] + gap
    if (joint[-1:] in _OPENERS and joint) or (at_start and not joint):
        return joint + gap.lstrip()
    return joint + gap
