"""Token ids of masked texts, put together from the tokens of their parts without writing the texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Int

from trust_core.domain.arrays import IntArray
from trust_core.domain.texts import SegmentedText
from trust_core.inference.batching import Inputs
from trust_core.perturb.masks import MaskRule, SegmentWriter, segment_writers
from trust_core.ports import Encoded, PartTokenizer

NO_PART = -1


@dataclass(frozen=True, slots=True)
class Composed:
    """The masked versions of a text that could be put together.

    Attributes:
        rows: (r,) which masks they are of.
        inputs: their tokens, r inputs.
    """

    rows: IntArray
    inputs: Inputs


@dataclass(slots=True)
class _Parts:
    """The distinct parts of a text's masked versions, in the order in which they came up."""

    numbers: dict[tuple[int, bool, str], int] = field(default_factory=dict)

    def number(self, segment: int, text: str, *, at_start: bool) -> int:
        return self.numbers.setdefault((segment, at_start, text), len(self.numbers))


def compose_ids(
    text: SegmentedText,
    keep: Bool[np.ndarray, "s w"],
    *,
    rule: MaskRule,
    mask_token: str,
    tokenizer: PartTokenizer,
) -> Composed | None:
    """Tokens of the text under s masks: exactly what the tokenizer says of the strings of `compose_all`.

    Left out are masks that keep every word, whose text is the original and may hold any white space, and
    texts that are too long for the model.

    Args:
        text: a text with w words.
        keep: (s, w) True where a word stays.
        rule: how a word is taken out.
        mask_token: what the rule `mask` puts in a word's place.
        tokenizer: tokenises its parts.

    Returns:
        None where the text's characters or gaps do not allow it to be tokenised part by part.
    """
    first, second = text.pair
    frame = tokenizer.frame(pair=second is not None)
    if frame is None or not (tokenizer.takes(first) and tokenizer.takes(second or "")):
        return None
    rows = np.flatnonzero(~keep.all(axis=1))
    parts = _Parts()
    columns = [
        _Walk(writer, index, parts, _steps(writer, rule, mask_token)).along(keep[rows, writer.columns], rule)
        for index, writer in enumerate(segment_writers(text, rule=rule, mask_token=mask_token))
    ]
    found = _tokens(parts, tokenizer, masks=rule == "mask")
    if found is None:
        return None
    types = frame.types or (0, 0)
    pieces = [
        (ids, (types[segment],) * len(ids)) for (segment, _, _), ids in zip(parts.numbers, found, strict=True)
    ]
    around = [frame.before, *([frame.between] if len(columns) > 1 else []), frame.after]
    fixed = [np.full((len(rows), 1), len(pieces) + at) for at in range(len(around))]
    table = [column for pair in zip(fixed, [*columns, fixed[-1][:, :0]], strict=True) for column in pair]
    inputs = _flattened(
        np.concatenate(table, axis=1), [*pieces, *map(_both, around)], typed=bool(frame.types)
    )
    return _fitting(rows, inputs, tokenizer.max_length)


Step = Callable[[int, int], str]
"""What a mask appends to a segment's text at a column, given which version of the column it takes."""


def _steps(writer: SegmentWriter, rule: MaskRule, mask_token: str) -> Step:
    """`delete`: given the kept word before (-1: none); `mask`: given whether the word stays."""
    end = len(writer.words)

    def deleting(column: int, before: int) -> str:
        return writer.joint(before, column) + (writer.words[column] if column < end else "")

    def masking(column: int, stays: int) -> str:
        if column == end:
            return writer.gaps[end]
        return writer.gaps[column] + (writer.words[column] if stays else mask_token)

    return deleting if rule == "delete" else masking


class _Walk:
    """Goes through a segment word by word for all masks at once.

    The state of a mask is what it has written since the last space; whatever stood before is a finished
    part. Masks in the same state that take the same step are one case, so texts are handled a case at a time.
    """

    def __init__(self, writer: SegmentWriter, segment: int, parts: _Parts, step: Step) -> None:
        self._segment = segment
        self._parts = parts
        self._step = step
        self._width = len(writer.words)
        self._states: list[tuple[bool, str]] = [(True, "")]
        self._numbers = {self._states[0]: 0}

    def along(self, keep: Bool[np.ndarray, "r w"], rule: MaskRule) -> Int[np.ndarray, "r c"]:
        """(r, w + 1) the parts of the segment under each mask, in order, NO_PART between them."""
        count, width = keep.shape
        written = np.full((count, width + 1), NO_PART, dtype=np.int64)
        state = np.zeros(count, dtype=np.int64)
        version = np.full(count, -1 if rule == "delete" else 0, dtype=np.int64)
        every = np.arange(count)
        for column in range(width):
            rows = every
            if rule == "delete":
                rows = np.flatnonzero(keep[:, column])
            else:
                version = keep[:, column].astype(np.int64)
            state[rows], written[rows, column] = self._advance(column, state[rows], version[rows])
            if rule == "delete":
                version[rows] = column
        written[:, width] = self._advance(width, state, version)[1]
        return written

    def _advance(self, column: int, state: IntArray, version: IntArray) -> tuple[IntArray, IntArray]:
        """The next states, and the parts that are finished."""
        span = self._width + 2
        cases, inverse = np.unique(state * span + version + 1, return_inverse=True)
        taken = [self._take(column, *divmod(case, span)) for case in cases.tolist()]
        after = np.array(taken, dtype=np.int64).reshape(-1, 2)[inverse]
        return after[:, 0], after[:, 1]

    def _take(self, column: int, state: int, version: int) -> tuple[int, int]:
        at_start, text = self._states[state]
        text += self._step(column, version - 1)
        if column == self._width:
            # A text that ends in a space leaves an empty rest, which `_tokens` refuses.
            empty = at_start and not text
            return 0, NO_PART if empty else self._parts.number(self._segment, text, at_start=at_start)
        done, space, rest = text.rpartition(" ")
        if not space:
            return self._number((at_start, text)), NO_PART
        return self._number((False, rest)), self._parts.number(self._segment, done, at_start=at_start)

    def _number(self, state: tuple[bool, str]) -> int:
        number = self._numbers.setdefault(state, len(self._states))
        if number == len(self._states):
            self._states.append(state)
        return number


def _tokens(parts: _Parts, tokenizer: PartTokenizer, *, masks: bool) -> list[tuple[int, ...]] | None:
    """The tokens of all parts; None where one holds white space other than single spaces, or is too long."""
    if any(not text or " ".join(text.split()) != text for _, _, text in parts.numbers):
        return None
    found: dict[int, tuple[int, ...]] = {}
    for start in (True, False):
        chosen = {number: text for (_, at_start, text), number in parts.numbers.items() if at_start == start}
        ids = tokenizer.part_ids(list(chosen.values()), at_start=start, masks=masks)
        if ids is None:
            return None
        found |= dict(zip(chosen, ids, strict=True))
    return [found[number] for number in range(len(found))]


def _both(part: Encoded) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return part.ids, part.types


def _flattened(
    table: Int[np.ndarray, "r c"], pieces: list[tuple[tuple[int, ...], tuple[int, ...]]], *, typed: bool
) -> Inputs:
    """The tokens of each row's pieces, one behind the other."""
    sizes = np.array([len(ids) for ids, _ in pieces], dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    there = table != NO_PART
    used = table[there]
    counts = sizes[used]
    places = np.repeat(starts[used] - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
    lengths = np.bincount(np.nonzero(there)[0], weights=counts, minlength=len(table)).astype(np.int64)
    ids = np.array([token for tokens, _ in pieces for token in tokens], dtype=np.int64)
    if not typed:
        return Inputs(ids[places], None, lengths)
    types = np.array([kind for _, kinds in pieces for kind in kinds], dtype=np.int64)
    return Inputs(ids[places], types[places], lengths)


def _fitting(rows: IntArray, inputs: Inputs, longest: int) -> Composed:
    """Without inputs that reach the model's longest (the tokenizer cuts them) and empty ones."""
    fits = (inputs.lengths < longest) & (inputs.lengths > 0)
    if fits.all():
        return Composed(rows, inputs)
    tokens = np.repeat(fits, inputs.lengths)
    types = None if inputs.types is None else inputs.types[tokens]
    return Composed(rows[fits], Inputs(inputs.ids[tokens], types, inputs.lengths[fits]))
