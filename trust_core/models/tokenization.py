"""Texts to token ids, where nothing that a user types can become a special token.

A tokenizer usually finds its special tokens in running text: "[SEP]" typed by a user would end the first
text of a pair. Here every special token is renamed, in our copy of the tokenizer, to a string that starts
with a noncharacter of Unicode (these never occur in interchanged text, and are replaced where they do).
The ids stay what they were, the template that puts [CLS] and [SEP] around texts works on ids, and the
typed string is tokenised like any other characters. That holds for vocabularies too that know their
special tokens as ordinary pieces (SentencePiece), where the library's own switch does not help.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tokenizers import Encoding, Tokenizer

from trust_core.domain.texts import TextPair
from trust_core.errors import ModelError
from trust_core.ports import Encoded

MASK_PLACEHOLDER = "\ufdd0mask\ufdd0"
"""What stands for a masked word in a text: `encode_pairs(masks=True)` turns it into the mask token's id."""

HIDDEN = "\ufdd1"
"""What a special token's name starts with in our copies; replaced where a text holds it."""

_REPLACEMENT = "\ufffd"
_FALLBACK_ORDER = ("bos_token", "cls_token", "eos_token", "pad_token", "unk_token")


@dataclass(frozen=True, slots=True)
class PairTokenizer:
    """A model's tokenizer twice: to one copy the mask placeholder is text, to the other the mask.

    Attributes:
        plain: knows no special token in running text.
        masking: knows the placeholder alone.
        max_length: longest result; longer texts are cut, the longer of the two first.
        lone_id: what an input without any token becomes, since a model needs one.
    """

    plain: Tokenizer
    masking: Tokenizer
    max_length: int
    lone_id: int

    def encode_pairs(self, pairs: Sequence[TextPair], *, masks: bool, types: bool) -> list[Encoded]:
        """Tokens of each text, special tokens included, cut to `max_length`.

        Args:
            pairs: the texts.
            masks: whether MASK_PLACEHOLDER in a text is the mask token.
            types: whether the model tells first and second text apart by segment ids.
        """
        inputs = [a if b is None else (a, b) for a, b in pairs]
        if any(HIDDEN in a or (b is not None and HIDDEN in b) for a, b in pairs):
            inputs = [
                _without_hidden(a) if b is None else (_without_hidden(a), _without_hidden(b))
                for a, b in pairs
            ]
        encodings = (self.masking if masks else self.plain).encode_batch_fast(inputs)
        return [self._encoded(encoding, types) for encoding in encodings]

    def _encoded(self, encoding: Encoding, types: bool) -> Encoded:
        ids = tuple(encoding.ids)
        if not ids:
            return Encoded((self.lone_id,), (0,) if types else (), False)
        truncated = len(ids) >= self.max_length and bool(encoding.overflowing)
        return Encoded(ids, tuple(encoding.type_ids) if types else (), truncated)


def pair_tokenizer(
    backend: str, special: Mapping[str, str], *, max_length: int, truncation_side: str
) -> PairTokenizer:
    """Our two copies of a tokenizer.

    Args:
        backend: the tokenizer as the JSON that the `tokenizers` library writes.
        special: special tokens by role (`mask_token`, `cls_token`, ...), as the model's tokenizer has them.
        max_length: longest input in tokens, special tokens included.
        truncation_side: where the longer text loses tokens: `right` or `left`.

    Raises:
        ModelError: the tokenizer has no token at all that could stand for a masked word or an empty text.
    """
    content = json.loads(backend)
    mask = special.get("mask_token") or special.get("unk_token") or _fallback(special)
    lone = Tokenizer.from_str(backend).token_to_id(_fallback(special))
    if not mask or lone is None:
        raise ModelError(
            "The tokenizer has no special tokens.",
            allowed="A masked word needs a mask or unknown token, an empty text one that begins texts.",
            remedy="Give the tokenizer an unk_token or pad_token and save it again.",
        )
    _hide_specials(content, mask)
    content["truncation"] = {
        "direction": truncation_side.capitalize(),
        "max_length": max_length,
        "strategy": "LongestFirst",
        "stride": 0,
    }
    content["padding"] = None
    plain = Tokenizer.from_str(json.dumps(content))
    plain.encode_special_tokens = True
    for token in content["added_tokens"]:
        if token["content"] == MASK_PLACEHOLDER:
            token.update(special=False, normalized=False)
    masking = Tokenizer.from_str(json.dumps(content))
    masking.encode_special_tokens = True
    return PairTokenizer(plain, masking, max_length, lone)


def _fallback(special: Mapping[str, str]) -> str:
    return next((special[role] for role in _FALLBACK_ORDER if special.get(role)), "")


def _without_hidden(text: str) -> str:
    return text.replace(HIDDEN, _REPLACEMENT)


def _hide_specials(content: dict[str, Any], mask: str) -> None:
    """Rename every special token in a tokenizer's JSON; ids, and so the model's input, do not change."""
    names = {token["content"] for token in content["added_tokens"] if token["special"]} | {mask}
    hidden = {name: MASK_PLACEHOLDER if name == mask else HIDDEN + name for name in names}
    for token in content["added_tokens"]:
        token["content"] = hidden.get(token["content"], token["content"])
        if token["content"].startswith((HIDDEN, MASK_PLACEHOLDER)):
            token["special"] = True
    model = content["model"]
    if isinstance(model["vocab"], dict):
        model["vocab"] = {hidden.get(piece, piece): index for piece, index in model["vocab"].items()}
    else:
        model["vocab"] = [[hidden.get(piece, piece), score] for piece, score in model["vocab"]]
    if model.get("unk_token") in hidden:
        model["unk_token"] = hidden[model["unk_token"]]
    if "merges" in model:
        model["merges"] = [
            merge
            for merge in model["merges"]
            if not _parts(merge) & names and "".join(_split(merge)) not in names
        ]


def _split(merge: str | list[str]) -> list[str]:
    return merge.split(" ") if isinstance(merge, str) else merge


def _parts(merge: str | list[str]) -> set[str]:
    return set(_split(merge))
