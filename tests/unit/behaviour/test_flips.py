import numpy as np
import pytest

from tests.support.behaviour_predictions import draw_pair, predictions
from trust_core.behaviour.flips import count_flips, list_pair_columns

GOLD = np.array([0, 0, 0, 1, 2, 2])
REFERENCE = np.array([0, 0, 1, 1, 0, 0])
CANDIDATE = np.array([0, 1, 0, 1, 1, 0])


def test_every_kind_of_flip_is_counted() -> None:
    """Six texts: two stay right, one is lost, one gained; of two that stay wrong one answer changes."""
    flips = count_flips(GOLD, REFERENCE, CANDIDATE)
    assert (flips.both_right, flips.negative, flips.positive) == (2, 1, 1)
    assert flips.reference_right == flips.candidate_right == 3


def test_accuracy_difference_is_positive_minus_negative_flips() -> None:
    """What the candidate gains is what flips to right less what flips to wrong."""
    gold, a, b = draw_pair(300, 3, seed=0)
    flips = count_flips(gold, a.predicted, b.predicted)
    difference = np.mean(b.predicted == gold) - np.mean(a.predicted == gold)
    assert (flips.positive - flips.negative) / flips.n == pytest.approx(difference)


def test_each_text_says_how_it_flips_and_how_its_confidence_shifts() -> None:
    """Kinds follow the texts; the shift is candidate minus reference."""
    one, other = np.eye(3)[REFERENCE] * 0.4 + 0.2, np.eye(3)[CANDIDATE] * 0.7 + 0.1
    columns = list_pair_columns(GOLD, predictions("a", one), predictions("b", other))
    assert columns.flip == ("none", "negative", "positive", "none", "changed", "none")
    np.testing.assert_allclose(columns.shift, 0.2)


def test_without_a_label_a_changed_answer_is_neither_good_nor_bad() -> None:
    """Texts without gold flip to `changed`, also in a partly labelled set."""
    one, other = np.eye(3)[REFERENCE], np.eye(3)[CANDIDATE]
    gold = np.array([-1, -1, 0, -1, -1, -1])
    columns = list_pair_columns(gold, predictions("a", one), predictions("b", other))
    assert columns.flip == ("none", "changed", "positive", "none", "changed", "none")
