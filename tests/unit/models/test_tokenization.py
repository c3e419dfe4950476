"""Texts become token ids; what a user types never becomes a special token."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models

from tests.support.models_checkpoints import (
    byte_level_tokenizer,
    llama_tokenizer,
    unigram_tokenizer,
    word_piece_tokenizer,
)
from trust_core.errors import ModelError
from trust_core.models.tokenization import MASK_PLACEHOLDER, PairTokenizer, pair_tokenizer

MAKERS = {
    "word-piece": word_piece_tokenizer,
    "byte-level": lambda: byte_level_tokenizer(roberta=True),
    "unigram": unigram_tokenizer,
    "llama": llama_tokenizer,
}
SPECIALS = ("[SEP]", "[CLS]", "[MASK]", "[PAD]", "<s>", "</s>", "<mask>", "<pad>", "<|endoftext|>")


def ours(kind: str, max_length: int = 64) -> tuple[PairTokenizer, Tokenizer, dict[str, str]]:
    """Our copies of a tokenizer, the tokenizer itself, and its special tokens."""
    tokenizer = MAKERS[kind]()
    special = {role: str(token) for role, token in tokenizer.special_tokens_map.items()}
    backend = tokenizer.backend_tokenizer
    pairs = pair_tokenizer(backend.to_str(), special, max_length=max_length, truncation_side="right")
    return pairs, backend, special


TOKENIZERS = {kind: ours(kind) for kind in MAKERS}
PIECES = st.lists(
    st.sampled_from(
        [
            *SPECIALS,
            "a",
            "man",
            " ",
            "  ",
            "is",
            "[",
            "]",
            "😀",
            ".",
            "\t",
            "é",
            "<",
            "ſ",
            "\ufdd1",
            "\ufdd1[SEP]",
        ]
    )
    | st.text(max_size=4),
    max_size=12,
).map("".join)


@pytest.mark.parametrize("kind", MAKERS)
@given(text_a=PIECES, text_b=PIECES)
def test_no_text_makes_a_special_token(kind: str, text_a: str, text_b: str) -> None:
    """Whatever is typed, the special ids are those of the template alone: the pair boundary holds."""
    pairs, backend, special = TOKENIZERS[kind]
    unknown = backend.token_to_id(special["unk_token"])
    ids = {backend.token_to_id(token) for token in special.values()} - {unknown}
    (encoded,) = pairs.encode_pairs([(text_a, text_b)], masks=False, types=True)
    template = [i for i in backend.encode("", "").ids if i in ids]
    assert [i for i in encoded.ids if i in ids] == template


@pytest.mark.parametrize("kind", MAKERS)
@given(text_a=st.text("abc XYZ.,é😀'3", max_size=30), text_b=st.text("abc XYZ.,é😀'3", max_size=30))
def test_plain_texts_are_encoded_as_by_the_library(kind: str, text_a: str, text_b: str) -> None:
    """Without special strings in the texts, our copy gives the ids and segments of the tokenizer itself."""
    pairs, backend, _ = TOKENIZERS[kind]
    backend.enable_truncation(64, strategy="longest_first")
    expected = backend.encode(text_a, text_b)
    backend.no_truncation()
    (encoded,) = pairs.encode_pairs([(text_a, text_b)], masks=False, types=True)
    assert list(encoded.ids) == (expected.ids or [pairs.lone_id])
    if expected.ids:
        assert list(encoded.types) == expected.type_ids


@pytest.mark.parametrize("kind", MAKERS)
def test_placeholder_is_the_mask_and_a_typed_mask_is_not(kind: str) -> None:
    """With `masks` the placeholder alone becomes the mask (or unknown) token; what was typed does not."""
    pairs, backend, special = TOKENIZERS[kind]
    typed = special.get("mask_token", "<unk>")
    mask_id = backend.token_to_id(typed)
    text = f"a {MASK_PLACEHOLDER} man {typed}"
    masked = pairs.encode_pairs([(text, MASK_PLACEHOLDER)], masks=True, types=False)[0].ids
    plain = pairs.encode_pairs([(f"a man {typed}", "")], masks=False, types=False)[0].ids
    assert masked.count(mask_id) - plain.count(mask_id) == 2


def test_typed_mask_string_is_characters() -> None:
    """`[MASK]` typed by a user is a bracket, a word and a bracket, with and without `masks`."""
    pairs, backend, _ = TOKENIZERS["word-piece"]
    for masks in (False, True):
        ids = pairs.encode_pairs([("[MASK]", None)], masks=masks, types=False)[0].ids
        assert backend.token_to_id("[MASK]") not in ids
        assert ids[1] == backend.token_to_id("[")


def test_left_truncation_keeps_the_end() -> None:
    """A tokenizer that cuts on the left keeps the last words."""
    tokenizer = word_piece_tokenizer()
    special = dict(tokenizer.special_tokens_map)
    backend = tokenizer.backend_tokenizer.to_str()
    left = pair_tokenizer(backend, special, max_length=6, truncation_side="left")
    right = pair_tokenizer(backend, special, max_length=6, truncation_side="right")
    text = [("a b c d e f g h", None)]
    whole = TOKENIZERS["word-piece"][1].encode(text[0][0]).ids
    assert left.encode_pairs(text, masks=False, types=False)[0].ids[1:-1] == tuple(whole[-5:-1])
    assert right.encode_pairs(text, masks=False, types=False)[0].ids[1:-1] == tuple(whole[1:5])


def test_longest_text_is_cut_first() -> None:
    """Of a long and a short text only the long one loses tokens."""
    pairs, backend, _ = ours("word-piece", max_length=12)
    (encoded,) = pairs.encode_pairs([("a " * 40, "b c")], masks=False, types=True)
    assert encoded.truncated
    assert len(encoded.ids) == 12
    assert sum(encoded.types) == 3
    assert backend.token_to_id("[SEP]") == encoded.ids[-1]


def test_tokenizer_without_special_tokens_is_refused() -> None:
    """A tokenizer with nothing to put for a masked word or an empty text is an error."""
    bare = Tokenizer(models.WordLevel({"a": 0, "b": 1}, unk_token="b"))
    with pytest.raises(ModelError, match="no special tokens"):
        pair_tokenizer(bare.to_str(), {}, max_length=8, truncation_side="right")


def test_bpe_merges_that_spell_a_special_token_are_dropped() -> None:
    """A vocabulary whose merges build `<s>` from its characters cannot build it from a user's text."""
    vocabulary = {"<unk>": 0, "<s>": 1, "<": 2, "s": 3, ">": 4, "<s": 5}
    tokenizer = Tokenizer(models.BPE(vocabulary, [("<", "s"), ("<s", ">")], unk_token="<unk>"))
    tokenizer.add_special_tokens(["<unk>", "<s>"])
    special = {"unk_token": "<unk>", "bos_token": "<s>"}
    pairs = pair_tokenizer(tokenizer.to_str(), special, max_length=8, truncation_side="right")
    assert pairs.encode_pairs([("<s>", None)], masks=False, types=False)[0].ids == (5, 4)
