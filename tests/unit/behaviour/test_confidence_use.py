"""The figures of confidence in use on simulated models."""

import numpy as np
import pytest

from tests.support.behaviour_predictions import draw_pair, predictions
from trust_core.behaviour.confidence_use import confidence_use_findings, judged, risk_coverage_curves
from trust_core.behaviour.threshold import Judged, tuned_threshold
from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.measures import Evidence, Figure, Findings, Measured, NotMeasured, Of
from trust_core.domain.predictions import Predictions
from trust_core.domain.texts import NO_LABEL
from trust_core.stats.equivalence import judge


def find(gold: np.ndarray, a: Predictions, b: Predictions, accepted_risk: float | None = None) -> Findings:
    """Findings with ordinary settings."""
    return confidence_use_findings(gold, a, b, accepted_risk=accepted_risk, resamples=300, seed=7)


def figure(found: Findings, key: str, of: Of) -> Figure:
    """The one figure of that name."""
    (only,) = [one.figure for one in found.measures if (one.key, one.of) == (key, of)]
    return only


def value(found: Findings, key: str, of: Of) -> float:
    """The value of a figure that was measured."""
    only = figure(found, key, of)
    assert isinstance(only, Measured)
    return only.value


def blocked(found: Findings, key: str, of: Of) -> NotMeasured:
    """Why a figure was not measured."""
    only = figure(found, key, of)
    assert isinstance(only, NotMeasured)
    return only


def test_a_model_against_itself_changes_nothing() -> None:
    """Control C0: every difference is 0 exactly, with an interval that is not empty, and equivalent."""
    gold, a, _ = draw_pair(600, 3, seed=0)
    found = find(gold, a, a)
    for key in ("risk", "coverage", "aurc"):
        only = figure(found, key, "difference")
        assert isinstance(only, Measured)
        assert only.value == 0
        assert only.low < 0 < only.high
    evidence = found.votes[0].evidence
    assert isinstance(evidence, Evidence)
    assert judge(evidence, 0.01) == "equivalent"


def test_exchanged_answers_are_different() -> None:
    """Control C5: a candidate whose answers belong to other texts errs far more at the same threshold."""
    gold, a, b = draw_pair(600, 3, seed=1)
    other = predictions("shuffled", b.probabilities[np.random.default_rng(0).permutation(600)])
    evidence = find(gold, a, other).votes[0].evidence
    assert isinstance(evidence, Evidence)
    assert judge(evidence, 0.03) == "different"


def test_an_overconfident_candidate_accepts_more_and_errs_more() -> None:
    """Sharper probabilities with the same answers lift coverage and risk, and leave AURC as it is."""
    gold, a, _ = draw_pair(1500, 2, seed=2)
    sharp = a.probabilities**4
    found = find(gold, a, predictions("sharp", sharp / sharp.sum(axis=1, keepdims=True)))
    for key in ("risk", "coverage"):
        only = figure(found, key, "difference")
        assert isinstance(only, Measured)
        assert only.low > 0
    assert value(found, "aurc", "difference") == pytest.approx(0, abs=1e-12)


def test_risk_of_the_reference_is_near_what_was_asked() -> None:
    """On texts that did not tune it the reference errs about as often as was accepted."""
    gold, a, b = draw_pair(3000, 3, seed=3)
    assert value(find(gold, a, b, 0.1), "risk", "reference") == pytest.approx(0.1, abs=0.015)


def test_the_threshold_shown_is_that_of_all_texts() -> None:
    """The row `threshold` is tuned on all texts, and lies in its own range."""
    gold, a, b = draw_pair(400, 3, seed=4)
    shown = figure(find(gold, a, b, 0.2), "threshold", "reference")
    assert isinstance(shown, Measured)
    assert shown.value == tuned_threshold(judged(a, gold), risk=0.2)
    assert shown.low <= shown.value <= shown.high


def test_the_default_risk_is_half_of_the_error() -> None:
    """Without a given risk the settings say half of the reference's error."""
    gold, a, b = draw_pair(400, 3, seed=5)
    row = next(one for one in find(gold, a, b).measures if one.key == "risk")
    assert row.settings["accepted_risk"] == pytest.approx((a.predicted != gold).mean() / 2)


def test_an_unreachable_risk_is_not_measured_and_says_so() -> None:
    """No half finds a threshold: risk, coverage and the vote say why; AURC is measured all the same."""
    confidence = np.linspace(0.5, 1.0, 200)
    model = predictions("proud", np.column_stack([confidence, 1 - confidence]))
    found = find(np.arange(200) // 100, model, model)
    why = blocked(found, "risk", "difference")
    assert why.reason.startswith("none of the halves")
    assert "at most 25 % are wrong" in why.reason
    assert "accepted_risk" in why.needs
    assert found.votes[0].evidence == why
    assert value(found, "aurc", "candidate") > 0.5


def test_a_risk_that_some_halves_reach_is_not_measured() -> None:
    """Where less than nine tenths of the halves find a threshold the reason gives the share."""
    gold, a, b = draw_pair(300, 3, seed=6)
    assert blocked(find(gold, a, b, 1e-4), "risk", "difference").reason.startswith("only 2 % of the halves")


def test_a_candidate_that_accepts_next_to_nothing_has_coverage_but_no_risk() -> None:
    """The fall of the coverage is measured; of so few answers nobody knows how often they are wrong."""
    gold, a, _ = draw_pair(400, 3, seed=9)
    flat = 0.9 / 3 + 0.1 * a.probabilities
    found = find(gold, a, predictions("flat", flat), 0.2)
    assert value(found, "coverage", "difference") < -0.3
    assert "accepts 0 of 400 texts" in blocked(found, "risk", "candidate").reason


@pytest.mark.parametrize("n", [19, 99])
def test_few_texts_are_refused(n: int) -> None:
    """With fewer than 100 texts no half can hold a threshold that accepts 50."""
    gold, a, b = draw_pair(n, 3, seed=10)
    found = find(gold, a, b)
    assert str(n) in blocked(found, "risk", "difference").reason
    assert isinstance(figure(found, "aurc", "reference"), Measured if n >= 20 else NotMeasured)


def test_missing_labels_block_everything() -> None:
    """Without gold labels nobody knows which accepted answers are wrong."""
    gold, a, b = draw_pair(200, 3, seed=11)
    gold = np.where(np.arange(200) == 3, NO_LABEL, gold)
    found = find(gold, a, b)
    assert all(isinstance(one.figure, NotMeasured) for one in found.measures)
    assert "gold label" in blocked(found, "aurc", "reference").reason
    assert risk_coverage_curves(gold, a, b) == ()


def test_every_key_of_the_catalogue_is_there_whatever_could_be_measured() -> None:
    """The list of figures is the same, measured or not."""
    gold, a, b = draw_pair(300, 3, seed=12)
    names = [[(one.key, one.of) for one in find(gold, a, b, risk).measures] for risk in (None, 1e-4)]
    assert names[0] == names[1]
    keys = {entry.key for entry in CATALOGUE.values() if entry.dimension == "confidence_use"}
    assert {key for key, _ in names[0]} == keys


def test_curves_are_of_both_models() -> None:
    """The reference's curve comes first; its last point accepts everything."""
    gold, a, b = draw_pair(300, 3, seed=13)
    curves = risk_coverage_curves(gold, a, b)
    assert [curve.of for curve in curves] == ["reference", "candidate"]
    assert {curve.candidate for curve in curves} == {"candidate"}
    assert curves[0].risk[-1] == pytest.approx((a.predicted != gold).mean())


def test_answers_are_judged_by_their_predicted_class() -> None:
    """Confidence is that of the predicted class, and wrong is what is not gold."""
    gold, a, _ = draw_pair(50, 3, seed=14)
    found = judged(a, gold)
    assert isinstance(found, Judged)
    assert np.array_equal(found.confidence, a.confidence)
    assert np.array_equal(found.wrong, a.predicted != gold)
