import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from tokenizers.trainers import BpeTrainer, UnigramTrainer

from tests.support.models_checkpoints import (
    SENTENCES,
    byte_level_tokenizer,
    llama_tokenizer,
    unigram_tokenizer,
    word_piece_tokenizer,
)
from trust_core.inference.batching import Inputs
from trust_core.inference.composition import compose_ids
from trust_core.models.parts import PartTexts, part_tokenizer, splits_at_spaces
from trust_core.models.tokenization import MASK_PLACEHOLDER, PairTokenizer, pair_tokenizer
from trust_core.perturb.masks import MaskRule, compose_all
from trust_core.perturb.words import segment
from trust_core.ports import Encoded

LONGEST = 48


def _albert() -> tuple[Tokenizer, dict[str, str]]:
    """SentencePiece as ALBERT has it: quotes replaced, NFKD, accents gone, lower case, ▁ before words."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace("``", '"'),
            normalizers.Replace("''", '"'),
            normalizers.NFKD(),
            normalizers.StripAccents(),
            normalizers.Lowercase(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    specials = ["<pad>", "[CLS]", "[SEP]", "<unk>", "[MASK]"]
    trainer = UnigramTrainer(vocab_size=150, special_tokens=specials, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 1), ("[SEP]", 2)],
    )
    return tokenizer, {"unk_token": "<unk>", "cls_token": "[CLS]", "mask_token": "[MASK]"}


def _xlm() -> tuple[Tokenizer, dict[str, str]]:
    """SentencePiece as XLM-RoBERTa has it: split at white space first, ▁ before the first piece alone."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Strip(), normalizers.NFKC()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="first")]
    )
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer.train_from_iterator(
        SENTENCES, BpeTrainer(vocab_size=200, special_tokens=specials, show_progress=False)
    )
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return tokenizer, {"unk_token": "<unk>", "cls_token": "<s>", "mask_token": "<mask>"}


def _roberta_mask() -> tuple[Tokenizer, dict[str, str]]:
    """Byte-level BPE whose mask token eats the space before it, as RoBERTa's does."""
    fast = byte_level_tokenizer(roberta=True)
    content = json.loads(fast.backend_tokenizer.to_str())
    for token in content["added_tokens"]:
        token["lstrip"] = token["content"] == "<mask>"
    content["pre_tokenizer"]["add_prefix_space"] = True
    return Tokenizer.from_str(json.dumps(content)), dict(fast.special_tokens_map)


def _of(fast: Any) -> tuple[Tokenizer, dict[str, str]]:
    return fast.backend_tokenizer, dict(fast.special_tokens_map)


MAKERS: dict[str, Callable[[], tuple[Tokenizer, dict[str, str]]]] = {
    "word-piece": lambda: _of(word_piece_tokenizer()),
    "roberta": lambda: _of(byte_level_tokenizer(roberta=True)),
    "roberta, mask eats a space": _roberta_mask,
    "gpt2": lambda: _of(byte_level_tokenizer(roberta=False)),
    "unigram": lambda: _of(unigram_tokenizer()),
    "albert": _albert,
    "xlm": _xlm,
    "llama": lambda: _of(llama_tokenizer()),
}


def _ours(kind: str, *, longest: int = LONGEST) -> tuple[PairTokenizer, PartTexts]:
    backend, special = MAKERS[kind]()
    pairs = pair_tokenizer(backend.to_str(), special, max_length=longest, truncation_side="right")
    parts = part_tokenizer(pairs, types=True)
    assert parts is not None, "every tokenizer of these is known to split at spaces"
    return pairs, parts


OURS = {kind: _ours(kind) for kind in MAKERS}
_USUAL = ["A man", "dogs'", " isn't", ", ", ". ", "U.S.", " / ", "and/or", "(the", ") ", ' "', "``", "''"]
_RARE = [
    "我",
    "爱",
    "é",
    "e\u0301",
    "ﬁ",
    "5€",
    "naïve",
    "😀",
    " ",
    "  ",
    "\t",
    "_x_",
    "-",
    "▁",
    "Ġ",
    "[MASK]",
]
_HOSTILE = ["<mask>", "</s>", "\u200d", "\ufdfa", "\x07", "\ufdd1", MASK_PLACEHOLDER]
_ORDINARY = st.sampled_from(_USUAL) | st.sampled_from(_RARE)
WRITTEN = st.one_of(
    st.lists(_ORDINARY, max_size=12),
    st.lists(_ORDINARY | st.text(alphabet=st.characters(categories=["L", "M", "N", "P", "S"]), max_size=4)),
    st.lists(_ORDINARY | st.sampled_from(_HOSTILE) | st.text(max_size=6), max_size=8),
).map("".join)


def _rows(inputs: Inputs) -> list[Encoded]:
    ends = np.cumsum(inputs.lengths)
    types = inputs.types if inputs.types is not None else np.zeros_like(inputs.ids)
    return [
        Encoded(tuple(inputs.ids[start:end].tolist()), tuple(types[start:end].tolist()), False)
        for start, end in zip((ends - inputs.lengths).tolist(), ends.tolist(), strict=True)
    ]


def _check(kind: str, pair: tuple[str, str | None], rule: MaskRule, seed: int) -> bool:
    """Hold composed ids against the tokenizer's own; whether anything could be composed."""
    pairs, parts = OURS[kind]
    text = segment("t", pair)
    rng = np.random.default_rng(seed)
    keep = rng.random((12, len(text))) < rng.random((12, 1))
    composed = compose_ids(text, keep, rule=rule, mask_token=MASK_PLACEHOLDER, tokenizer=parts)
    if composed is None:
        return False
    strings = compose_all(text, keep, rule=rule, mask_token=MASK_PLACEHOLDER)
    expected = pairs.encode_pairs(strings, masks=rule == "mask", types=True)
    for row, found in zip(composed.rows.tolist(), _rows(composed.inputs), strict=True):
        assert found == expected[row], strings[row]
    left = set(range(len(keep))) - set(composed.rows.tolist())
    assert all(keep[row].all() or len(expected[row].ids) in (1, LONGEST) for row in left)
    return True


@pytest.mark.parametrize("rule", ["delete", "mask"])
@pytest.mark.parametrize("kind", MAKERS)
@settings(max_examples=30)
@given(first=WRITTEN, second=st.none() | WRITTEN, seed=st.integers(0, 2**16))
def test_composed_ids_are_the_tokenizers_own(
    kind: str, rule: MaskRule, first: str, second: str | None, seed: int
) -> None:
    """Whatever is typed, ids put together from parts are those of the written text, or are not given."""
    _check(kind, (first, second), rule, seed)


@pytest.mark.parametrize("rule", ["delete", "mask"])
@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize(
    "pair",
    [
        ("The cat, sat on (the mat).", "A dog's day - 我爱 😀!"),
        ("Nobody is outdoors, and 3 dogs are not asleep!", "and/or U.S. 5€ naïve."),
        ("one", ""),
        ("a b", None),
    ],
)
def test_ordinary_texts_are_composed(kind: str, rule: MaskRule, pair: tuple[str, str | None]) -> None:
    """Punctuation, emoji, accents and Chinese characters are no reason to tokenise whole texts."""
    assert _check(kind, pair, rule, 1)


@pytest.mark.parametrize(
    "pair", [("odd \u200d joiner", "x"), ("a \ufdfa b", "x"), ("a\x07 b", "x"), ("x", "a \ufdd0 b")]
)
def test_characters_that_may_become_spaces_are_not_composed(pair: tuple[str, str]) -> None:
    """A text with format, control or expanding characters is left to the tokenizer."""
    assert not _check("albert", pair, "delete", 2)


def test_white_space_of_other_kinds_is_not_composed_where_it_stays() -> None:
    """The rule `mask` keeps double spaces and tabs, so such texts are left to the tokenizer."""
    for text in ("a  b c", "a\tb c", " a b", "a b "):
        assert not _check("word-piece", (text, None), "mask", 3)
        assert _check("word-piece", (text, None), "delete", 3)


def test_texts_that_are_cut_are_left_to_the_tokenizer() -> None:
    """Masks whose text reaches the longest input are left out, and the others are given."""
    pairs, parts = _ours("word-piece", longest=12)
    text = segment("t", ("a b c d e f g h", "i j k l"))
    keep = np.tri(13, 12, -1, dtype=bool)
    composed = compose_ids(text, keep, rule="delete", mask_token=MASK_PLACEHOLDER, tokenizer=parts)
    assert composed is not None
    assert composed.rows.tolist() == list(range(9))
    strings = compose_all(text, keep, rule="delete", mask_token=MASK_PLACEHOLDER)
    assert _rows(composed.inputs) == pairs.encode_pairs(strings[:9], masks=False, types=True)


def test_a_part_longer_than_an_input_is_left_to_the_tokenizer() -> None:
    """One word of more tokens than the model takes makes the whole text the tokenizer's."""
    _, parts = _ours("roberta", longest=8)
    assert parts.part_ids(["a"], at_start=False, masks=False) is not None
    assert parts.part_ids(["Z" * 30], at_start=False, masks=False) is None
    text = segment("t", ("a " + "Z" * 30, None))
    keep = np.array([[False, True]])
    assert compose_ids(text, keep, rule="delete", mask_token=MASK_PLACEHOLDER, tokenizer=parts) is None


def test_known_parts_are_forgotten_when_they_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory of parts has a limit, and forgetting changes no ids."""
    monkeypatch.setattr("trust_core.models.parts.MOST_KNOWN", 3)
    _, parts = _ours("word-piece")
    words = ["man", "dog", "the"]
    first = parts.part_ids(words, at_start=True, masks=False)
    assert parts.part_ids(["fox", "man"], at_start=True, masks=False) is not None
    assert parts.part_ids(words, at_start=True, masks=False) == first


def _described(kind: str) -> dict[str, Any]:
    described: dict[str, Any] = json.loads(OURS[kind][0].masking.to_str())
    return described


@pytest.mark.parametrize(
    "changed",
    [
        {"pre_tokenizer": None},
        {
            "pre_tokenizer": {
                "type": "Metaspace",
                "replacement": "▁",
                "prepend_scheme": "always",
                "split": False,
            }
        },
        {
            "pre_tokenizer": {
                "type": "Split",
                "pattern": {"Regex": "."},
                "behavior": "Isolated",
                "invert": False,
            }
        },
        {"pre_tokenizer": {"type": "Digits", "individual_digits": True}},
        {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "use_regex": False}},
        {"normalizer": {"type": "Prepend", "prepend": "▁"}},
        {"normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}},
        {"normalizer": {"type": "Replace", "pattern": {"Regex": "a +b"}, "content": "b"}},
        {"normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}]}},
        {"model": {"type": "BPE", "dropout": 0.1}},
        {"added_tokens": [{"content": "[typed]", "rstrip": False, "single_word": False}]},
        {"added_tokens": [{"content": MASK_PLACEHOLDER, "rstrip": True, "single_word": False}]},
    ],
)
def test_steps_that_are_not_known_to_be_local_are_not_trusted(changed: dict[str, Any]) -> None:
    """A tokenizer with a step that may reach across a space is never composed for."""
    described = _described("unigram")
    assert splits_at_spaces(described)
    assert not splits_at_spaces(described | changed)


def test_chinese_spacing_is_trusted_only_where_spaces_are_dropped() -> None:
    """BERT's normaliser puts spaces around Chinese characters, which matters where spaces are tokens."""
    bert = _described("word-piece")
    assert splits_at_spaces(bert)
    assert not splits_at_spaces(bert | {"pre_tokenizer": _described("roberta")["pre_tokenizer"]})


def test_a_template_that_changes_with_the_text_is_not_trusted() -> None:
    """Where the special tokens cannot be told from one probe, no ids are composed."""
    backend, special = MAKERS["word-piece"]()
    backend.post_processor = processors.TemplateProcessing(
        single="[CLS] $A $A [SEP]", pair="[CLS] $A $B:1 $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    pairs = pair_tokenizer(backend.to_str(), special, max_length=LONGEST, truncation_side="right")
    parts = part_tokenizer(pairs, types=True)
    assert parts is not None
    assert parts.frame(pair=True) is None
