import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from tests.support.calibration_pairs import simulated_pair
from trust_core.calibration.corp import PARTS, brier_parts, brier_split
from trust_core.calibration.scoring_rules import brier_scores
from trust_core.domain.measures import Measured, NotMeasured


def textbook(probabilities, gold):
    """The three parts by scikit-learn's isotonic regression, class after class."""
    parts = np.zeros(3)
    for index in range(probabilities.shape[1]):
        p, y = probabilities[:, index], (gold == index).astype(float)
        fitted = IsotonicRegression().fit(p, y).predict(p)
        score, mended = np.mean((p - y) ** 2), np.mean((fitted - y) ** 2)
        alone = np.mean((y.mean() - y) ** 2)
        parts += [score - mended, alone - mended, alone]
    return parts


@pytest.mark.parametrize("digits", [1, 8])
def test_parts_are_those_of_isotonic_regression_and_add_up(digits):
    """MCB - DSC + UNC is the Brier score exactly, ties of probabilities included; no part is negative."""
    gold, model, _ = simulated_pair(400)
    probabilities = np.round(model.probabilities, digits)
    parts = brier_parts(probabilities, gold)[0]
    assert parts == pytest.approx(textbook(probabilities, gold), abs=1e-12)
    assert parts[0] - parts[1] + parts[2] == pytest.approx(
        brier_scores(probabilities, gold).mean(), abs=1e-12
    )
    assert (parts >= 0).all()


def test_weights_are_texts_that_come_several_times():
    """A resample given by its counts has the parts of its texts written out."""
    gold, model, _ = simulated_pair(60)
    counts = np.random.default_rng(0).integers(0, 3, size=60)
    written = np.repeat(np.arange(60), counts)
    parts = brier_parts(model.probabilities, gold, weights=counts[None].astype(float))
    assert parts == pytest.approx(brier_parts(model.probabilities[written], gold[written]))


def test_a_temperature_changes_miscalibration_alone():
    """Of two classes, a sharper model orders the texts alike: its discrimination stays, its MCB grows."""
    rng = np.random.default_rng(1)
    gold = rng.integers(0, 2, size=500)
    logits = 1.5 * (2 * gold - 1) + rng.standard_normal(500)
    mild, sharp = (1 / (1 + np.exp(-logits * scale)) for scale in (3, 9))
    before, after = (brier_parts(np.stack([1 - p, p], axis=1), gold)[0] for p in (mild, sharp))
    assert after[1:] == pytest.approx(before[1:])
    assert after[0] > before[0] + 0.01


def test_the_same_model_twice_differs_in_nothing():
    """The paired difference of a model with itself is 0 in every part, and the uncertainty is common."""
    gold, model, other = simulated_pair(100)
    same = brier_split(gold, model.probabilities, model.probabilities, resamples=50, seed=0)
    assert [same.difference[part].value for part in PARTS] == [0, 0, 0]
    pair = brier_split(gold, model.probabilities, other.probabilities, resamples=50, seed=0)
    assert pair.reference["uncertainty"] == pair.candidate["uncertainty"]
    assert all(isinstance(figure, Measured) for figure in pair.difference.values())


def test_too_few_texts_are_not_split():
    """Nineteen texts give no parts but the reason."""
    gold, model, other = simulated_pair(19)
    found = brier_split(gold, model.probabilities, other.probabilities, resamples=50, seed=0)
    assert isinstance(found, NotMeasured)
