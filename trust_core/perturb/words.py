"""The words of a text: the units that explanations give weights to and that masking removes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from trust_core.domain.texts import SegmentedText, TextPair, Word

CJK = "\u3005-\u3007\u3041-\u3096\u3099-\u30ff\u3105-\u312f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
CJK += "\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff"
"""Characters of scripts without spaces: Han, kana, bopomofo. Hangul is written with spaces: words."""

_EMOJI = (
    "\u231a\u231b\u2328\u23cf\u23e9-\u23f3\u23f8-\u23fa\u25b6\u25c0\u25fb-\u25fe\u2600-\u2604\u260e-\u2767"
)
_EMOJI += "\u2794-\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55"
_EMOJI += "\U0001f000-\U0001f0ff\U0001f170-\U0001faff"
_FLAG = "[\U0001f1e6-\U0001f1ff]"
_DECORATION = "[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
_ONE_EMOJI = f"[{_EMOJI}]{_DECORATION}*"

_PLAIN = re.compile(r"\w+(?:['’\-]\w+)*")
_GENERAL = re.compile(
    f"(?P<single>{_FLAG}{_FLAG}|[0-9#*]\ufe0f?\u20e3|{_ONE_EMOJI}(?:\u200d{_ONE_EMOJI})*|[{CJK}])"
    rf"|(?:(?![{CJK}{_EMOJI}])\w)+(?:['’\-](?:(?![{CJK}{_EMOJI}])\w)+)*"
)
_OF_CJK = re.compile(f"[{CJK}]")


def is_one_word(string: str) -> bool:
    """Whether a string would be a single word if it stood alone."""
    spans = list(_spans(string))
    return len(spans) == 1 and spans[0] == (0, len(string))


def is_cjk(character: str) -> bool:
    """Whether a character belongs to a script that is written without spaces."""
    return _OF_CJK.match(character) is not None


def segment(text_id: str, pair: TextPair) -> SegmentedText:
    r"""The words of a text, in reading order: all of the first segment, then all of the second.

    A word is a match of `\w+(?:['’\-]\w+)*`; each emoji (a flag or a joined sequence is one) and each
    character of a script without spaces is a word of its own; combining marks belong to the word that
    they follow. Punctuation is never a word.

    Args:
        text_id: the text's id.
        pair: the text as a model reads it.
    """
    words = [
        Word(segment=index, position=position, start=start, end=end, text=text[start:end])
        for index, text in enumerate(pair)
        if text is not None
        for position, (start, end) in enumerate(_spans(text))
    ]
    return SegmentedText(id=text_id, pair=pair, words=tuple(words))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each word."""
    if text.isascii():
        yield from (match.span() for match in _PLAIN.finditer(text))
        return
    open_span: tuple[int, int] | None = None
    open_single = False
    for match in _GENERAL.finditer(text):
        single = match["single"] is not None
        start, end = match.span()
        while end < len(text) and unicodedata.category(text[end])[0] == "M":
            end += 1
        if open_span is not None and open_span[1] >= start and not (single or open_single):
            open_span = (open_span[0], max(end, open_span[1]))
            continue
        if open_span is not None:
            yield open_span
        open_span, open_single = (start, end), single
    if open_span is not None:
        yield open_span
