"""Where a model's tokenizer cuts a text."""

from __future__ import annotations

from trust_core.domain.texts import TextPair
from trust_core.models.tokenization import PairTokenizer


def word_pieces(tokenizer: PairTokenizer, pair: TextPair) -> tuple[tuple[int, int, int], ...]:
    """The pieces that the model reads, in order: segment (0 or 1), first character, one past the last.

    Special tokens are left out, and so is what was cut off at the model's longest input.
    """
    first, second = pair
    encoding = tokenizer.plain.encode(first) if second is None else tokenizer.plain.encode(first, second)
    return tuple(
        (segment, start, end)
        for (start, end), segment in zip(encoding.offsets, encoding.sequence_ids, strict=True)
        if segment is not None and end > start
    )
