import numpy as np
import pytest

from tests.support.alignment_explanations import explanation
from trust_core.alignment.comparison import TextComparison, compare_text
from trust_core.alignment.overlap import expected_jaccard
from trust_core.domain.attributions import Explanation

WHOLE = np.array([0.9, 0.6, -0.5, 0.2, 0.1, 0.05, 0.03, 0.01])


def compare(reference: Explanation, candidate: Explanation, k: int = 2, of_class: int = 0) -> TextComparison:
    """The comparison of a text that is not left out."""
    outcome = compare_text(
        reference, candidate, reference_class=of_class, candidate_class=of_class, k_fraction=0.2, k_fixed=k
    )
    assert isinstance(outcome, TextComparison)
    return outcome


def test_models_are_only_compared_across_halves() -> None:
    """The cross term is the mean of J(A_h1, B_h2) and J(A_h2, B_h1), worked by hand on four halves."""
    a1, a2 = np.array([9.0, 8, 1, 1.1, 0]), np.array([9.0, 1, 8, 1.1, 0])
    b1, b2 = np.array([1.0, 1.1, 9, 8, 0]), np.array([9.0, 8, 0, 1, 0])
    row = compare(explanation("t", a1 + a2, (a1, a2)), explanation("t", b1 + b2, (b1, b2)))
    assert row.cross == (1 + 1 / 3) / 2
    assert row.self_reference == 1 / 3
    assert row.self_candidate == 0
    assert row.cross_chance == expected_jaccard(5, 2, 2)


def test_noise_free_models_agree_with_themselves_by_definition() -> None:
    """Without halves the whole weights stand for both, so self-agreement is 1, ties or not."""
    tied = np.array([1.0, 1, 1, 1, 0, 0])
    row = compare(explanation("t", tied), explanation("t", tied[::-1]))
    assert row.self_reference == row.self_candidate == 1
    assert row.cross == row.overlaps["jaccard"]
    assert not row.reference.unstable


def test_a_model_compared_with_itself_agrees_even_where_words_are_tied() -> None:
    """Equal weights take equal ties: M_AB, M_AA and M_BB are the same number in every text."""
    for text in range(30):
        halves = (np.array([1.0, 1, 1, 1, 0, 0]), np.array([1.0, 1, 1, 0, 1, 0]))
        same = explanation(str(text), halves[0] + halves[1], halves)
        row = compare(same, same)
        assert row.cross == row.self_reference == row.self_candidate
        assert row.overlaps["jaccard"] == row.overlaps["rbo"] == 1


def test_two_models_without_preference_do_not_agree_by_position() -> None:
    """Different models whose words are all tied overlap about as much as chance."""
    rows = [
        compare(explanation(str(text), np.ones(10)), explanation(str(text), np.full(10, 2.0)), k=3)
        for text in range(150)
    ]
    scores = np.array([row.overlaps["jaccard_adjusted"] for row in rows])
    assert abs(scores.mean()) < 4 * scores.std() / np.sqrt(150)


def test_the_class_that_is_asked_for_is_compared() -> None:
    """Weights of the other class play no part."""
    one = explanation("t", np.stack([WHOLE, WHOLE], axis=1))
    other = explanation("t", np.stack([WHOLE[::-1], WHOLE], axis=1))
    assert compare(one, other, of_class=1).overlaps["jaccard"] == 1
    assert compare(one, other, of_class=0).overlaps["jaccard"] == 0


def test_each_model_can_be_asked_for_its_own_class() -> None:
    """For own predictions the reference's class 0 is held against the candidate's class 1."""
    one = explanation("t", np.stack([WHOLE, WHOLE[::-1]], axis=1))
    outcome = compare_text(one, one, reference_class=0, candidate_class=1, k_fraction=0.2, k_fixed=2)
    assert isinstance(outcome, TextComparison)
    assert outcome.overlaps["jaccard"] == 0


@pytest.mark.parametrize("w", [0, 1, 2])
def test_texts_with_no_more_than_k_words_are_left_out(w: int) -> None:
    """Where every word is a top word, agreement says nothing."""
    short = explanation("t", np.ones(w))
    assert (
        compare_text(short, short, reference_class=0, candidate_class=0, k_fraction=0.2, k_fixed=max(1, w))
        == "short"
    )


@pytest.mark.parametrize("where", ["whole", "half"])
def test_texts_without_any_weight_are_left_out(where: str) -> None:
    """A constant model gives no reasons, in the whole or in one half."""
    good = explanation("t", WHOLE, (WHOLE, WHOLE))
    zero = np.zeros(8)
    empty = explanation(
        "t", zero if where == "whole" else WHOLE, (WHOLE, WHOLE if where == "whole" else zero)
    )
    outcome = compare_text(good, empty, reference_class=0, candidate_class=0, k_fraction=0.2)
    assert outcome == "all-zero"


def test_explanations_of_different_texts_are_refused() -> None:
    """A mix-up of texts is an error of the caller and never a low score."""
    with pytest.raises(ValueError, match="same text"):
        compare(explanation("t1", WHOLE), explanation("t2", WHOLE))
    with pytest.raises(ValueError, match="same text"):
        compare(explanation("t1", WHOLE), explanation("t1", WHOLE[:-1]))


def test_rank_correlation_is_missing_where_a_model_weighs_all_words_alike() -> None:
    """Without an order there is no rank correlation; the other measures remain."""
    row = compare(explanation("t", np.ones(8)), explanation("t", WHOLE))
    assert "spearman" not in row.overlaps
    assert "kendall" not in row.overlaps
    assert "cosine" in row.overlaps


def test_inputs_are_not_modified() -> None:
    """Comparing leaves the weights as they were."""
    one, other = explanation("t", WHOLE, (WHOLE, 2 * WHOLE)), explanation("t", WHOLE[::-1])
    before = one.whole.weights.copy(), other.whole.weights.copy()
    compare(one, other)
    np.testing.assert_array_equal(one.whole.weights, before[0])
    np.testing.assert_array_equal(other.whole.weights, before[1])
