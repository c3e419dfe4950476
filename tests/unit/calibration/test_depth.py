"""Reliability in depth: all of its figures on simulated models."""

import numpy as np
import pytest
from scipy.stats import wasserstein_distance

from tests.support.calibration_pairs import predictions, simulated_pair
from trust_core.calibration.classes import MOST_CLASSES, class_measures, shown_classes
from trust_core.calibration.corp import brier_parts
from trust_core.calibration.curve_distance import CurveDistance, curve_distance
from trust_core.calibration.depth import depth_findings
from trust_core.calibration.errors import error_measures
from trust_core.calibration.summary import UNLABELLED
from trust_core.calibration.sweep import sweep
from trust_core.calibration.temperature import cross_fitted
from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.catalogue.reliability_depth import RELIABILITY_DEPTH
from trust_core.domain.measures import Findings, Measured, NotMeasured
from trust_core.domain.texts import NO_LABEL
from trust_core.stats.bootstrap import Resamples

GOLD, A, B = simulated_pair(300)


def find(gold=GOLD, a=A, b=B) -> Findings:
    """Findings with ten bins."""
    return depth_findings(gold, a, b, bins=10, resamples=200, seed=0)


FOUND = find()


def value(found, key, of, **settings) -> float:
    """The value of the one figure of that name."""
    named = [m.figure for m in found.measures if (m.key, m.of) == (key, of)]
    if settings:
        named = [
            m.figure
            for m in found.measures
            if (m.key, m.of) == (key, of) and settings.items() <= m.settings.items()
        ]
    (only,) = named
    assert isinstance(only, Measured)
    return only.value


def names(found):
    """Which figures are listed, but for what the sweep finds out."""
    return [
        (m.key, m.of, None if m.key == "ece_sweep" else tuple(sorted(m.settings.items())))
        for m in found.measures
    ]


def test_every_key_of_the_catalogue_is_found_and_no_other():
    """The catalogue's section and the findings list the same keys; none of them votes."""
    assert {m.key for m in FOUND.measures} == {entry.key for entry in RELIABILITY_DEPTH}
    assert FOUND.votes == ()
    assert not any(entry.votes for entry in RELIABILITY_DEPTH)
    assert len(set(names(FOUND))) == len(FOUND.measures)


def test_figures_lie_in_the_range_of_their_entry():
    """Estimates and limits stay in the catalogue's range; a difference in that of two values."""
    for measure in FOUND.measures:
        entry, shown = CATALOGUE[measure.key], measure.figure
        assert isinstance(shown, Measured)
        low = -np.inf if entry.low is None else entry.low
        high = np.inf if entry.high is None else entry.high
        if measure.of == "difference":
            low, high = low - high, high - low
        assert low - 1e-12 <= shown.low <= shown.high <= high + 1e-12, measure.key
        assert low - 1e-12 <= shown.value <= high + 1e-12, measure.key


def test_a_model_against_itself_is_at_its_best():
    """Control C0: every difference is 0 and every figure of the pair at its identity value."""
    for measure in find(b=A).measures:
        best = 0.0 if measure.of == "difference" else CATALOGUE[measure.key].identity
        if best is not None:
            assert isinstance(measure.figure, Measured)
            assert measure.figure.value == pytest.approx(best, abs=1e-12), measure.key


def test_errors_after_scaling_are_those_of_the_scaled_predictions():
    """ECE and SmoothECE after recalibration equal those of the predictions after scaling."""
    scaled = [cross_fitted(model, GOLD, seed=0).predictions for model in (A, B)]
    plain = error_measures(GOLD, *scaled, bins=10, resamples=Resamples(n=300, count=200, seed=0))
    for key in ("ece", "smooth_ece"):
        for of in ("reference", "candidate", "difference"):
            expected = next(
                m.figure
                for m in plain
                if (m.key, m.of) == (key, of)
                and m.settings.get("binning") in (None, "equal-width")
                and m.settings.get("edges") in (None, "pooled")
            )
            assert isinstance(expected, Measured)
            assert value(FOUND, f"{key}_scaled", of) == pytest.approx(expected.value)


def test_figures_of_the_pair_are_those_of_their_own_functions():
    """Distance of the scaled curves, distance of the laws and ECE by sweep are what each alone gives."""
    resamples = Resamples(n=300, count=200, seed=0)
    scaled = [cross_fitted(model, GOLD, seed=0).predictions for model in (A, B)]
    apart = curve_distance(GOLD, *scaled, resamples=resamples)
    assert isinstance(apart, CurveDistance)
    assert value(FOUND, "curve_distance_scaled", "pair") == apart.evidence.estimate
    assert value(FOUND, "curve_distance_scaled_level", "pair") == apart.level.value
    assert value(FOUND, "wasserstein", "pair") == pytest.approx(
        wasserstein_distance(A.confidence, B.confidence)
    )
    for of, model in (("reference", A), ("candidate", B)):
        bins, error = sweep(model.confidence, (model.predicted == GOLD)[None])
        assert value(FOUND, "ece_sweep", of, bins=int(bins[0])) == pytest.approx(float(error[0]))


def test_scaling_mends_an_overconfident_candidate():
    """The candidate is too sure; scaled, its gap to the reference is smaller and its order the same."""
    assert value(FOUND, "log_temperature", "candidate") > 0
    before = B.confidence.mean() - (B.predicted == GOLD).mean()
    assert abs(value(FOUND, "signed_gap_scaled", "candidate")) < abs(before)


def test_parts_of_the_brier_score_add_up():
    """Miscalibration less discrimination plus uncertainty is the score; the uncertainty is of the texts."""
    for of, model in (("reference", A), ("candidate", B)):
        parts = [value(FOUND, f"brier_{p}", of) for p in ("miscalibration", "discrimination", "uncertainty")]
        assert parts == pytest.approx(brier_parts(model.probabilities, GOLD)[0].tolist())
        score = np.square(model.probabilities - np.eye(3)[GOLD]).sum(axis=1).mean()
        assert parts[0] - parts[1] + parts[2] == pytest.approx(score)


def test_top_label_conditional_error_is_counted_class_by_class():
    """TL-ECE adds the gaps of the bins of each predicted class, weighted by their texts."""
    expected = 0.0
    for answer in range(3):
        for at in range(10):
            inside = (B.predicted == answer) & (B.confidence > at / 10) & (B.confidence <= (at + 1) / 10)
            if inside.any():
                expected += inside.mean() * abs((B.confidence - (B.predicted == GOLD))[inside].mean())
    assert value(FOUND, "top_label_ece", "candidate") == pytest.approx(expected)


def test_classes_that_cancel_are_seen_by_the_conditional_error_alone():
    """One class too sure, one not sure enough at the same confidence: ECE is 0, TL-ECE is not."""
    n = 400
    answer = np.arange(n) % 2
    probabilities = np.where(np.arange(2) == answer[:, None], 0.75, 0.25)
    right = np.where(answer == 0, np.arange(n) % 10 < 10, np.arange(n) % 4 < 2)
    gold = np.where(right, answer, 1 - answer)
    model = predictions(probabilities, classes=("yes", "no"))
    found = find(gold, model, model)
    assert value(found, "top_label_ece", "reference") == pytest.approx(0.25)
    assert value(found, "ece_scaled", "reference") < 0.05


def test_classes_have_figures_of_their_own():
    """The gap of a class is its mean probability less its share."""
    for at, name in enumerate(A.classes):
        expected = B.probabilities[:, at].mean() - (at == GOLD).mean()
        assert value(FOUND, "class_gap", "candidate", **{"class": name}) == pytest.approx(expected)


def test_of_many_classes_the_most_frequent_are_shown():
    """No more than ten classes have figures of their own."""
    rng = np.random.default_rng(0)
    gold = np.concatenate([np.arange(14), rng.integers(2, 12, size=300)])
    assert shown_classes(gold, 14) == list(range(2, 12))
    assert len(shown_classes(gold, 14)) == MOST_CLASSES
    assert shown_classes(np.full(5, NO_LABEL), 3) == [0, 1, 2]


def test_without_labels_only_the_laws_are_measured():
    """What needs gold says so, and the list of figures stays the same."""
    gold = np.where(np.arange(300) == 7, NO_LABEL, GOLD)
    found = find(gold)
    measured = {m.key for m in found.measures if isinstance(m.figure, Measured)}
    assert measured == {"wasserstein", "wasserstein_level"}
    assert {m.figure for m in found.measures if isinstance(m.figure, NotMeasured)} == {UNLABELLED}
    assert names(found) == names(FOUND)


def test_few_texts_are_refused():
    """With fewer than 20 texts nothing is measured."""
    gold, a, b = simulated_pair(19)
    assert all(isinstance(m.figure, NotMeasured) for m in find(gold, a, b).measures)


def test_class_figures_alone_can_be_asked_for():
    """They are a stage of their own, for any texts."""
    rows = np.flatnonzero(GOLD != 2)
    part = class_measures(
        GOLD[rows],
        A.take(rows.tolist()),
        B.take(rows.tolist()),
        bins=10,
        resamples=Resamples(n=len(rows), count=200, seed=0),
    )
    assert {m.figure.n for m in part if isinstance(m.figure, Measured)} == {len(rows)}


def test_the_error_of_a_class_is_its_part_of_the_class_wise_error():
    """Class-wise ECE is the mean of the errors of its classes, of either model and of the difference."""
    resamples = Resamples(n=len(GOLD), count=20, seed=0)
    whole = error_measures(GOLD, A, B, bins=10, resamples=resamples)
    for of in ("reference", "candidate", "difference"):
        (expected,) = [m.figure.value for m in whole if (m.key, m.of) == ("classwise_ece", of)]
        parts = [value(FOUND, "class_ece", of, **{"class": name}) for name in A.classes]
        assert np.mean(parts) == pytest.approx(expected, abs=1e-12)


def test_predictions_of_other_texts_are_refused():
    """Two models on other texts, or gold of another length, cannot be compared."""
    with pytest.raises(ValueError, match="cannot be compared on 300 gold classes"):
        find(b=B.take(range(299, -1, -1)))
    with pytest.raises(ValueError, match="cannot be compared on 20 gold classes"):
        find(gold=GOLD[:20])
