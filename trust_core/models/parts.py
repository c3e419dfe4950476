"""Texts tokenised part by part: for tokenizers that are known to make no token across a space.

Whether one is can be read from its own description: every step must work on characters, on what stands
between two spaces, or split there. A step that is not known to do so makes `part_tokenizer` give None, and
a character that a step might turn into white space makes `PartTexts.takes` say no. Whole texts are
tokenised then, which is slower and always right.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from tokenizers import Encoding

from trust_core.models.tokenization import HIDDEN, MASK_PLACEHOLDER, PairTokenizer
from trust_core.ports import Encoded, Frame

ANCHOR = "a"
"""Stands before a part that does not start a text; its own tokens are taken off again."""

MOST_KNOWN = 50_000
"""Parts whose tokens are remembered; beyond that all are forgotten."""

_DROPPING = frozenset({"BertPreTokenizer", "Whitespace", "WhitespaceSplit"})
_LOCAL_SPLITS = frozenset({"Punctuation", "Digits", "Metaspace"})
_LOCAL_NORMALIZERS = frozenset(
    {"NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt", "Precompiled"}
)
_MANY_SPACES = {"Regex": " {2,}"}
_NOTHING = Encoded((), (), False)

# Characters outside the format category that a following space would form one grapheme with.
_PREPENDED = frozenset(
    [0x0D4E, 0x111C2, 0x111C3, 0x1193F, 0x11941, 0x11A3A, *range(0x11A84, 0x11A8A), 0x11D46, 0x11F02]
)


class PartTexts:
    """Implements `trust_core.ports.PartTokenizer` over our two copies of a tokenizer.

    Args:
        pairs: the tokenizer.
        types: whether the model reads segment ids.
    """

    def __init__(self, pairs: PairTokenizer, *, types: bool) -> None:
        self._pairs = pairs
        self._types = types
        self._frames: dict[bool, Frame | None] = {}
        self._known: dict[tuple[bool, bool, str], tuple[int, ...]] = {}

    @property
    def max_length(self) -> int:
        """Longest input in tokens, special tokens included."""
        return self._pairs.max_length

    def takes(self, text: str) -> bool:
        """Whether no step can turn any of the characters into white space, or join it with a space."""
        return all(map(_stays_apart, set(text)))

    def frame(self, *, pair: bool) -> Frame | None:
        """What stands around single texts or pairs; None where that is not always the same."""
        if pair not in self._frames:
            self._frames[pair] = self._find_frame(pair=pair)
        return self._frames[pair]

    def part_ids(self, parts: Sequence[str], *, at_start: bool, masks: bool) -> list[tuple[int, ...]] | None:
        """Token ids of parts of texts; None where one of them is too long for a whole input."""
        new = [part for part in parts if (at_start, masks, part) not in self._known]
        if new:
            if len(self._known) + len(new) > MOST_KNOWN:
                self._known.clear()
                new = list(parts)
            anchor = () if at_start else self._tokens([ANCHOR], masks=masks)[0]
            lead = "" if at_start else ANCHOR + " "
            for part, ids in zip(new, self._tokens([lead + part for part in new], masks=masks), strict=True):
                if len(ids) >= self.max_length or ids[: len(anchor)] != anchor:
                    return None
                self._known[at_start, masks, part] = ids[len(anchor) :]
        return [self._known[at_start, masks, part] for part in parts]

    def _tokens(self, texts: Sequence[str], *, masks: bool) -> list[tuple[int, ...]]:
        tokenizer = self._pairs.masking if masks else self._pairs.plain
        encodings = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [tuple(encoding.ids) for encoding in encodings]

    def _find_frame(self, *, pair: bool) -> Frame | None:
        """The special tokens around a probe, if the same stand around an empty text."""
        tokenizer = self._pairs.plain
        probe = tokenizer.encode(ANCHOR, ANCHOR if pair else None)
        empty = tokenizer.encode("", "" if pair else None)
        places = probe.sequence_ids
        spans = [[at for at, owner in enumerate(places) if owner == text] for text in range(1 + pair)]
        if probe.overflowing or any(not span or span[-1] - span[0] + 1 != len(span) for span in spans):
            return None
        first, last = spans[0], spans[-1]
        before, after = self._cut(probe, 0, first[0]), self._cut(probe, last[-1] + 1, len(places))
        between = self._cut(probe, first[-1] + 1, last[0]) if pair else _NOTHING
        specials = (before.ids + between.ids + after.ids, before.types + between.types + after.types)
        if specials != (tuple(empty.ids), tuple(empty.type_ids) if self._types else ()):
            return None
        kinds = tuple(probe.type_ids[span[0]] for span in spans)
        return Frame(before, between, after, kinds if self._types else ())

    def _cut(self, encoding: Encoding, start: int, stop: int) -> Encoded:
        types = tuple(encoding.type_ids[start:stop]) if self._types else ()
        return Encoded(tuple(encoding.ids[start:stop]), types, False)


def part_tokenizer(pairs: PairTokenizer, *, types: bool) -> PartTexts | None:
    """A tokenizer for parts of texts; None where a token might reach across a space.

    Args:
        pairs: the model's tokenizer.
        types: whether the model reads segment ids.
    """
    return PartTexts(pairs, types=types) if splits_at_spaces(json.loads(pairs.masking.to_str())) else None


def splits_at_spaces(content: Mapping[str, Any]) -> bool:
    """Whether a tokenizer, as its JSON describes it, splits at single spaces and works apart on each side.

    Args:
        content: of the copy that knows the mask's placeholder.
    """
    pre_tokenizer = content.get("pre_tokenizer") or {}
    dropping = _drops_spaces(pre_tokenizer)
    return (
        (dropping or _keeps_spaces_in_front(pre_tokenizer))
        and _works_locally(content.get("normalizer"), dropping=dropping)
        and all(_is_hidden(token) for token in content.get("added_tokens", ()))
        and not content["model"].get("dropout")
    )


def _drops_spaces(part: Mapping[str, Any]) -> bool:
    if part.get("type") == "Sequence":
        first, *rest = part["pretokenizers"]
        return _drops_spaces(first) and all(one["type"] in _DROPPING | _LOCAL_SPLITS for one in rest)
    return part.get("type") in _DROPPING


def _keeps_spaces_in_front(part: Mapping[str, Any]) -> bool:
    """Whether each space begins a new piece, as SentencePiece and byte-level BPE have it."""
    kind = part.get("type")
    return (kind == "Metaspace" and bool(part["split"])) or (kind == "ByteLevel" and bool(part["use_regex"]))


def _works_locally(part: Mapping[str, Any] | None, *, dropping: bool) -> bool:
    """Whether a normaliser treats what stands between two spaces by itself."""
    if part is None:
        return True
    match part["type"]:
        case "Sequence":
            return all(_works_locally(one, dropping=dropping) for one in part["normalizers"])
        case "BertNormalizer":
            return dropping or not part["handle_chinese_chars"]
        case "Replace":
            pattern = part["pattern"]
            written = pattern.get("String", " ") + part["content"]
            return bool(pattern == _MANY_SPACES or not any(character.isspace() for character in written))
        case "Strip":
            return True
        case kind:
            return kind in _LOCAL_NORMALIZERS


def _is_hidden(token: Mapping[str, Any]) -> bool:
    """Whether an added token cannot occur in texts, or is the placeholder and eats nothing behind it."""
    if token["content"] == MASK_PLACEHOLDER:
        return not (token["rstrip"] or token["single_word"])
    return bool(token["content"].startswith(HIDDEN))


@lru_cache(maxsize=65_536)
def _stays_apart(character: str) -> bool:
    """Whether a character is white space, or stays visible by itself in every normal form."""
    if character.isspace():
        return True
    forms = {character, *unicodedata.normalize("NFKD", character)}
    return ord(character) not in _PREPENDED and all(
        unicodedata.category(form)[0] in "LMNPS" for form in forms
    )
