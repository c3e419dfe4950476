"""The boundary between the two texts of a pair survives every perturbation."""

import re

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from trust_core.perturb.masks import compose_all
from trust_core.perturb.words import segment

_PIECES = st.sampled_from(
    [
        "the",
        "The",
        "cat",
        "don't",
        "well-known",
        "[SEP]",
        "[MASK]",
        "[CLS]",
        "</s>",
        "3.5",
        "😀",
        "👍🏽",
        "我爱",
        "été",
        *(" ", "  ", "\n", ",", ".", "-", "'", '"', "(", ")", "#", "##s", "…"),
    ]
)
_TEXTS = st.one_of(
    st.lists(_PIECES, max_size=24).map("".join),
    st.lists(_PIECES, max_size=24).map(" ".join),
    st.text(max_size=30),
)
_LONG = " ".join(f"word{number % 7}" for number in range(200))


def _masks(w: int, seed: int) -> np.ndarray:
    drawn = np.random.default_rng(seed).random((8, w)) < 0.5
    return np.concatenate([drawn, np.zeros((1, w), dtype=bool), np.ones((1, w), dtype=bool)])


def _texts_of(text: str) -> list[str]:
    return [word.text for word in segment("t", (text, None)).words]


@given(_TEXTS, st.one_of(st.none(), _TEXTS), st.integers(0, 99))
@example("so so so", "so so", 0)
@example("a [SEP] b", "[SEP]", 1)
@example("a  b", "", 2)
@example("one", None, 3)
@example("", "", 4)
@example(_LONG, _LONG, 5)
@example(_LONG, None, 6)
def test_deleted_words_leave_each_text_on_its_side(first: str, second: str | None, seed: int) -> None:
    """After any deletion each text holds exactly its own kept words, in order, and its own punctuation."""
    text = segment("t", (first, second))
    keep = _masks(len(text), seed)
    for row, pair in zip(keep, compose_all(text, keep, rule="delete", mask_token="[MASK]"), strict=True):
        if row.all():
            assert pair == (first, second)
        assert (pair[1] is None) == (second is None)
        for index, (before, after) in enumerate(zip((first, second), pair, strict=True)):
            if before is None or after is None:
                continue
            own = [word for word in text.words if word.segment == index]
            kept = [w.text for w, stays in zip(text.words, row, strict=True) if stays and w.segment == index]
            assert _texts_of(after) == kept
            assert _left_over(after, kept) == _left_over(before, [word.text for word in own])


@given(_TEXTS, st.one_of(st.none(), _TEXTS), st.integers(0, 99))
@example("a [MASK] [MASK]", "[MASK][MASK]", 1)
@example(_LONG, "", 5)
def test_masked_words_are_replaced_one_for_one(first: str, second: str | None, seed: int) -> None:
    """After any masking each text holds as many mask tokens as words of it are masked, and no others."""
    text = segment("t", (first, second))
    keep = _masks(len(text), seed)
    for row, pair in zip(keep, compose_all(text, keep, rule="mask", mask_token="[MASK]"), strict=True):
        if row.all():
            assert pair == (first, second)
            continue
        assert (pair[1] is None) == (second is None)
        for index, after in enumerate(pair):
            masked = sum(not stays for w, stays in zip(text.words, row, strict=True) if w.segment == index)
            assert (after or "").count("[MASK]") == masked


def _left_over(text: str, words: list[str]) -> str:
    """What is no word and no white space, in order."""
    rest, at = [], 0
    for word in words:
        found = text.index(word, at)
        rest.append(text[at:found])
        at = found + len(word)
    rest.append(text[at:])
    return re.sub(r"\s", "", "".join(rest))
