import numpy as np
import pytest

from trust_core.perturb.words import segment
from trust_core.ui.inspector.units import LONGEST_RUN, shortened, units_of

LABELS = ("Premise", "Hypothesis")


def joined(units):
    """The texts that the parts of the blocks make up."""
    return ["".join(text for text, _ in block.parts) for block in units.blocks]


def test_words_are_units_in_reading_order():
    """By word, unit i is word i, and the parts give the text again."""
    text = segment("t", ("A man, asleep.", "He is not."))
    units = units_of(text, "word", LABELS)
    assert units.names == ("A", "man", "asleep", "He", "is", "not")
    assert units.of_word.tolist() == [0, 1, 2, 3, 4, 5]
    assert joined(units) == ["A man, asleep.", "He is not."]
    assert units.places[1] == "word 2 of 3, Premise"
    assert [block.label for block in units.blocks] == ["Premise", "Hypothesis"]


def test_a_single_text_needs_no_name():
    """A text without a second one is one block without a label."""
    units = units_of(segment("t", ("Good film.", None)), "word", LABELS)
    assert [block.label for block in units.blocks] == [""]
    assert units.places[0] == "word 1 of 2"


def test_a_sentence_weighs_what_its_words_weigh():
    """By sentence, weights are sums of the words', and a sentence never reaches over both texts."""
    text = segment("t", ("It rained. Nobody came! ... Still", "He left."))
    units = units_of(text, "sentence", LABELS)
    assert units.names == ("It rained.", "Nobody came!", "Still", "He left.")
    weights = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    assert units.summed(weights).tolist() == [3.0, 7.0, 5.0, 13.0]
    assert joined(units) == ["It rained. Nobody came! ... Still", "He left."]


def test_a_point_within_a_number_ends_no_sentence():
    """3.5 is inside a sentence."""
    units = units_of(segment("t", ("It costs 3.5 euros. Yes.", None)), "sentence", LABELS)
    assert units.names == ("It costs 3.5 euros.", "Yes.")


@pytest.mark.parametrize("kind", ["word", "sentence"])
def test_a_very_long_word_is_cut(kind):
    """A run of 5,000 characters is shown with its first characters alone, in names and in texts."""
    units = units_of(segment("t", ("x" * 5000 + " end", None)), kind, LABELS)
    assert max(len(run) for part in joined(units) for run in part.split()) == LONGEST_RUN
    assert all(len(name) < 2 * LONGEST_RUN for name in units.names)


def test_what_stands_between_words_is_cut_and_single_spaced():
    """A thousand points or line breaks between two words take no more room than a line."""
    units = units_of(segment("t", ("a" + "." * 5000 + "b\n\n\n\n c", None)), "word", LABELS)
    gaps = [text for text, unit in units.blocks[0].parts if unit < 0]
    assert [len(gap) for gap in gaps] == [LONGEST_RUN, 1]
    assert gaps[1] == "\n"


def test_a_text_without_words_has_no_units():
    """Punctuation alone is shown, and has no unit."""
    units = units_of(segment("t", ("?!", None)), "word", LABELS)
    assert len(units) == 0
    assert joined(units) == ["?!"]


def test_short_runs_stay():
    """Nothing is cut from ordinary words."""
    assert shortened("x" * LONGEST_RUN) == "x" * LONGEST_RUN
