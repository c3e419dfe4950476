import numpy as np
import pytest
from scipy.special import softmax

from tests.support.calibration_pairs import CLASSES, predictions, simulated_pair, two_class
from trust_core.calibration.scoring_rules import brier_scores, negative_log_likelihoods
from trust_core.domain.predictions import Predictions


def test_brier_is_the_sum_over_classes():
    """A text's score is the squared distance of its probabilities from the right answer."""
    gold, model, _ = simulated_pair(50)
    slow = [
        sum((p[c] - (c == g)) ** 2 for c in range(3)) for p, g in zip(model.probabilities, gold, strict=True)
    ]
    np.testing.assert_allclose(brier_scores(model.probabilities, gold), slow, atol=1e-12)


def test_two_class_brier_is_twice_the_binary_form():
    """For two classes the sum form is 2 (p - y)^2."""
    confidence = np.linspace(0.5, 1, 30)
    gold = np.arange(30) % 2
    binary = (confidence - (gold == 0)) ** 2
    np.testing.assert_allclose(
        brier_scores(two_class(confidence).probabilities, gold), 2 * binary, atol=1e-12
    )


def test_certain_answers_have_the_extreme_scores():
    """Certain and right is exactly 0, certain and wrong exactly 2."""
    assert brier_scores(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([0, 1])).tolist() == [0.0, 2.0]


def test_nll_comes_from_logits_where_there_are_any():
    """From logits a text's loss is exact even where its probability has rounded to 0."""
    logits = np.array([[0.0, 800.0, 1.0], [3.0, 1.0, -2.0]])
    gold = np.array([0, 0])
    model = Predictions("m", ("a", "b"), CLASSES, softmax(logits, axis=1), logits)
    losses, clipped = negative_log_likelihoods(model, gold)
    assert losses[0] == pytest.approx(800.0)
    assert losses[1] == pytest.approx(-np.log(softmax(logits[1])[0]))
    assert clipped == 0


def test_probabilities_are_clipped_and_counted():
    """Without logits, a probability of 0 costs -log 1e-7 and is counted."""
    model = predictions(np.array([[0.0, 1.0, 0.0], [0.5, 0.25, 0.25], [1e-9, 1 - 1e-9, 0.0]]))
    losses, clipped = negative_log_likelihoods(model, np.array([0, 0, 0]))
    np.testing.assert_allclose(losses, [-np.log(1e-7), np.log(2), -np.log(1e-7)])
    assert clipped == 2
