from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax

from tests.support.calibration_pairs import predictions
from trust_core.calibration.scoring_rules import brier_scores, negative_log_likelihoods
from trust_core.calibration.temperature import COLDEST, cross_fitted, fit_temperature


def calibrated(n, temperature, *, seed=0):
    """Gold drawn from a model's probabilities, and the model made too sure by 1 / temperature."""
    rng = np.random.default_rng(seed)
    logits = 2 * rng.standard_normal((n, 3))
    law = softmax(logits, axis=1).cumsum(axis=1)
    gold = (rng.random((n, 1)) > law).sum(axis=1)
    return gold, logits * temperature


def test_a_planted_temperature_is_found():
    """A calibrated model whose logits were doubled asks for a temperature of 2."""
    gold, logits = calibrated(6000, 2.0)
    assert fit_temperature(logits, gold) == pytest.approx(2.0, rel=0.05)


def test_no_other_temperature_has_a_lower_loss():
    """The fit is the minimum of the NLL over a fine grid."""
    gold, logits = calibrated(300, 1.7)
    model = predictions(softmax(logits, axis=1))

    def loss(temperature):
        scaled = replace(model, logits=logits / temperature)
        return negative_log_likelihoods(scaled, gold)[0].mean()

    grid = np.geomspace(0.2, 10, 400)
    assert loss(fit_temperature(logits, gold)) <= min(map(loss, grid)) + 1e-9


def test_each_half_gets_the_temperature_of_the_other():
    """Changing the gold of one half moves no probability of that half."""
    gold, logits = calibrated(200, 2.0)
    model = replace(predictions(softmax(logits, axis=1)), logits=logits)
    found = cross_fitted(model, gold, seed=3)
    changed = gold.copy()
    changed[0] = (gold[0] + 1) % 3
    again = cross_fitted(model, changed, seed=3)
    same = np.isclose(found.predictions.probabilities, again.predictions.probabilities).all(axis=1)
    assert same[0]
    assert same.sum() == 100
    assert (found.predictions.predicted == model.predicted).all()


def test_scaling_mends_an_overconfident_model():
    """Brier falls; logs of the probabilities give the same fit as the logits they come from."""
    gold, logits = calibrated(2000, 3.0)
    model = predictions(softmax(logits, axis=1))
    found = cross_fitted(model, gold, seed=0)
    exact = cross_fitted(replace(model, logits=logits), gold, seed=0)
    assert found.temperatures == pytest.approx(exact.temperatures, rel=0.05)
    before = brier_scores(model.probabilities, gold).mean()
    assert brier_scores(found.predictions.probabilities, gold).mean() < before - 0.01


def test_a_model_that_is_always_right_is_made_as_sure_as_is_looked_for():
    """Without a single mistake the temperature ends at the lower end instead of running away."""
    gold = np.zeros(40, dtype=np.int64)
    assert fit_temperature(np.tile([1.0, 0.0], (40, 1)), gold) == pytest.approx(COLDEST, rel=0.01)
