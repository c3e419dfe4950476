import numpy as np
import pytest

from tests.support.calibration_pairs import anchor_law, simulated_pair
from trust_core.calibration.level import simulate_gold, simulate_levels
from trust_core.calibration.views import binned_view, classwise_view, smooth_view
from trust_core.domain.measures import Measured, NotMeasured


def test_simulated_gold_follows_the_probabilities():
    """Each class is drawn as often as its probability says, and a class of probability 0 never."""
    probabilities = np.tile([0.5, 0.0, 0.3, 0.2], (1000, 1))
    gold = simulate_gold(probabilities, 200, rng=np.random.default_rng(0))
    shares = np.bincount(gold.ravel(), minlength=4) / gold.size
    np.testing.assert_allclose(shares, [0.5, 0.0, 0.3, 0.2], atol=0.003)
    assert shares[1] == 0


def test_levels_are_the_errors_on_simulated_gold():
    """The level of every error is the mean of that error over gold sets drawn from the probabilities."""
    _, model, _ = simulated_pair(120)
    views = [binned_view(model, "equal-width", 10), classwise_view(model, 10), smooth_view(model)]
    levels = simulate_levels(model.probabilities, views, rng=np.random.default_rng(5), simulations=40)
    drawn = simulate_gold(model.probabilities, 40, rng=np.random.default_rng(5))
    for view, found in zip(views, levels, strict=True):
        slow = [view.values(view.columns(gold).sum(axis=0) / 120) for gold in drawn]
        for key, level in found.items():
            assert isinstance(level, Measured)
            assert level.value == pytest.approx(np.mean([one[key] for one in slow]), abs=1e-9)
            assert level.low <= level.value <= level.high


def test_a_calibrated_model_is_at_its_level():
    """The mean error of calibrated models is the level that one of them predicts."""
    rng = np.random.default_rng(0)
    errors = []
    for _ in range(150):
        gold, model = anchor_law(500, rng)
        view = binned_view(model, "equal-mass", 10)
        errors.append(view.values(view.columns(gold).sum(axis=0) / 500)["ece"])
    (level,) = simulate_levels(model.probabilities, [view], rng=rng, simulations=300)
    assert isinstance(level["ece"], Measured)
    assert level["ece"].value == pytest.approx(np.mean(errors), rel=0.06)


def test_few_texts_have_no_level():
    """With 19 texts the level is NotMeasured for every error."""
    _, model, _ = simulated_pair(19)
    (found,) = simulate_levels(
        model.probabilities, [binned_view(model, "equal-width", 10)], rng=np.random.default_rng(0)
    )
    assert all(isinstance(level, NotMeasured) for level in found.values())
    assert set(found) == {"ece", "mce", "ece_debiased"}
