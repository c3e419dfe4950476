"""Scores after temperature scaling, against refitting in every resample."""

import numpy as np
import pytest

from tests.support.calibration_pairs import simulated_pair
from trust_core.calibration.rescaled import rescaled_evidence
from trust_core.calibration.scores import gold_scores
from trust_core.calibration.temperature import cross_fitted, fit_temperature, halves, scores_of
from trust_core.domain.measures import Evidence, NotMeasured
from trust_core.domain.predictions import Predictions
from trust_core.stats.bootstrap import Resamples

N = 400
GOLD, A, B = simulated_pair(N)
RESAMPLES = Resamples(n=N, count=300, seed=0)
FOUND = rescaled_evidence(GOLD, A, B, resamples=RESAMPLES)


def evidence(key, of) -> Evidence:
    """Evidence that is there."""
    one = FOUND[key, of]
    assert isinstance(one, Evidence)
    return one


def test_estimates_are_those_of_the_scaled_predictions():
    """Brier, NLL and signed gap equal those of the predictions after cross-fitted scaling."""
    scaled = [cross_fitted(model, GOLD, seed=0).predictions for model in (A, B)]
    scores, _ = gold_scores(GOLD, *scaled)
    for score in scores:
        for of, values in (("reference", score.reference), ("candidate", score.candidate)):
            assert evidence(f"{score.key}_scaled", of).estimate == pytest.approx(values.mean(), abs=1e-6)


def test_log_temperature_is_that_of_all_texts():
    """The estimate is the fit on all texts, its difference candidate less reference."""
    fitted = [np.log(fit_temperature(scores_of(model), GOLD)) for model in (A, B)]
    assert evidence("log_temperature", "reference").estimate == pytest.approx(fitted[0])
    assert evidence("log_temperature", "difference").estimate == pytest.approx(fitted[1] - fitted[0])


@pytest.mark.slow
def test_one_step_is_as_good_as_refitting():
    """Limits differ from those of refitted temperatures by less than a tenth of the interval."""
    first = halves(N, seed=0)
    rng = np.random.default_rng(1)
    refitted = []
    for _ in range(300):
        rows = rng.integers(0, N, size=N)
        scores, gold, part = scores_of(B)[rows], GOLD[rows], first[rows]
        both = [fit_temperature(scores[one], gold[one]) for one in (part, ~part)]
        inverse = 1 / np.where(part, both[1], both[0])
        p = np.exp(scores * inverse[:, None])
        p /= p.sum(axis=1, keepdims=True)
        gap = p.max(axis=1) - (p.argmax(axis=1) == gold)
        brier = np.square(p - np.eye(3)[gold]).sum(axis=1)
        refitted.append((np.log(fit_temperature(scores, gold)), brier.mean(), gap.mean()))
    for key, draws in zip(
        ("log_temperature", "brier_scaled", "signed_gap_scaled"), np.array(refitted).T, strict=True
    ):
        low, high = evidence(key, "candidate").interval(0.9)
        wanted = np.quantile(draws, [0.05, 0.95])
        assert (low, high) == pytest.approx(tuple(wanted), abs=0.15 * (wanted[1] - wanted[0])), key


def test_a_model_that_was_sharpened_is_brought_back():
    """Probabilities raised to a power differ in log temperature by its logarithm, and in no score after."""
    sharp = A.probabilities**2
    found = rescaled_evidence(
        GOLD,
        A,
        simulated_pair(N)[1].__class__("sharp", A.ids, A.classes, sharp / sharp.sum(axis=1)[:, None]),
        resamples=RESAMPLES,
    )
    log_temperature = found["log_temperature", "difference"]
    brier = found["brier_scaled", "difference"]
    assert isinstance(log_temperature, Evidence)
    assert isinstance(brier, Evidence)
    assert log_temperature.estimate == pytest.approx(np.log(2), abs=1e-2)
    assert brier.estimate == pytest.approx(0, abs=1e-3)
    assert brier.interval()[0] > -0.01
    assert brier.interval()[1] < 0.01


def test_a_model_against_itself_differs_in_nothing():
    """Every difference is 0 exactly, with an interval."""
    same = rescaled_evidence(GOLD, A, A, resamples=RESAMPLES)
    for (_, of), one in same.items():
        assert isinstance(one, Evidence)
        if of == "difference":
            assert one.estimate == 0
            assert one.interval()[0] < 0 < one.interval()[1]


def test_a_temperature_without_a_best_is_not_measured():
    """Always right: the colder the better; no better than chance: the hotter. Neither has a temperature."""
    right = np.full((N, 3), 0.05)
    right[np.arange(N), GOLD] = 0.9
    wrong = np.full((N, 3), 0.05)
    wrong[np.arange(N), (GOLD + 1) % 3] = 0.9
    for probabilities, way in ((right, "colder"), (wrong, "hotter")):
        ended = Predictions("ended", A.ids, A.classes, probabilities)
        found = rescaled_evidence(GOLD, A, ended, resamples=RESAMPLES)
        for of in ("candidate", "difference"):
            why = found["log_temperature", of]
            assert isinstance(why, NotMeasured)
            assert f"the {way}, the better" in why.reason
        assert isinstance(found["log_temperature", "reference"], Evidence)
        assert isinstance(found["brier_scaled", "candidate"], Evidence)
