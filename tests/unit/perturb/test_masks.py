import numpy as np
import pytest

from trust_core.domain.texts import TextPair
from trust_core.perturb.masks import MaskRule, compose, compose_all
from trust_core.perturb.words import segment


def _without(pair: TextPair, *gone: str, rule: MaskRule = "delete") -> TextPair:
    text = segment("t", pair)
    keep = np.array([word.text not in gone for word in text.words], dtype=bool)
    return compose(text, keep, rule=rule, mask_token="[MASK]")


@pytest.mark.parametrize(
    "text, gone, left",
    [
        ("The cat, sat  on (the mat).", ["cat"], "The, sat on (the mat)."),
        ("The cat, sat  on (the mat).", ["The"], "cat, sat on (the mat)."),
        ("The cat, sat  on (the mat).", ["the"], "The cat, sat on (mat)."),
        ("The cat , sat .", ["cat"], "The , sat ."),
        ("one two three four", ["two", "three"], "one four"),
        ("the end", ["end"], "the"),
        ("cat😀dog", ["😀"], "cat dog"),
        ("it'😀s", ["😀"], "it' s"),
        ("我爱你", ["爱"], "我你"),
        ("A man, a plan.", ["A", "man", "a", "plan"], ",."),
        ("a\n\nb\tc", ["c"], "a b"),
    ],
)
def test_deleting_puts_spacing_right(text: str, gone: list[str], left: str) -> None:
    """Deleted words leave single spaces and punctuation, and their neighbours do not grow together."""
    assert _without((text, None), *gone) == (left, None)


def test_masking_changes_nothing_but_the_words() -> None:
    """The mask token takes a word's place, and double spaces stay."""
    assert _without(("The  cat, sat", "x"), "cat", rule="mask") == ("The  [MASK], sat", "x")


def test_a_spelled_out_mask_token_is_broken_up() -> None:
    """A text that spells the mask token out does not come to hold one more mask."""
    first, second = _without(("see [MASK] here [MASK]", "and [MASK]"), "here", rule="mask")
    assert (first, second) == ("see [ MASK] [MASK] [ MASK]", "and [ MASK]")


@pytest.mark.parametrize("rule", ["delete", "mask"])
@pytest.mark.parametrize("pair", [("a  b [MASK]", "  c "), ("a", ""), ("", ""), ("  ", None), ("", None)])
def test_a_full_mask_gives_the_original(pair: TextPair, rule: MaskRule) -> None:
    """Keeping every word gives the original strings, character by character."""
    assert _without(pair, rule=rule) == pair


def test_many_masks_at_once_equal_one_at_a_time() -> None:
    """Composing s masks gives what composing each of them gives."""
    text = segment("t", ("The cat, sat  on (the mat).", "A dog's day - 我爱 😀!"))
    keep = np.random.default_rng(0).random((64, len(text))) < 0.5
    for rule in ("delete", "mask"):
        together = compose_all(text, keep, rule=rule, mask_token="<mask>")
        assert together == [compose(text, row, rule=rule, mask_token="<mask>") for row in keep]
