from itertools import pairwise

import numpy as np
import pytest

from tests.support.calibration_pairs import anchor_law, simulated_pair, two_class
from trust_core.calibration.binning import bin_edges
from trust_core.calibration.views import DEBIASED_SPAN, binned_view, classwise_view
from trust_core.domain.measures import Evidence
from trust_core.stats.bootstrap import Resamples, evidence_from_draws


def slow_errors(confidence, right, edges):
    """ECE, MCE and debiased squared error, bin by bin as in the textbook."""
    n = len(confidence)
    ece = mce = debiased = 0.0
    for index, (left, r) in enumerate(pairwise(edges)):
        inside = (confidence <= r) & ((confidence > left) | ((index == 0) & (confidence == left)))
        count = int(inside.sum())
        if count == 0:
            continue
        conf, acc = confidence[inside].mean(), right[inside].mean()
        ece += count / n * abs(conf - acc)
        mce = max(mce, abs(conf - acc))
        if count >= 2:
            debiased += count / n * ((conf - acc) ** 2 - acc * (1 - acc) / (count - 1))
    return {"ece": ece, "mce": mce, "ece_debiased": debiased}


def errors(view, gold):
    """The errors of a view on the texts themselves."""
    values = view.values(view.columns(gold).sum(axis=0) / len(gold))
    return {key: float(value) for key, value in values.items()}


@pytest.mark.parametrize("binning", ["equal-width", "equal-mass"])
@pytest.mark.parametrize("bins", [1, 7, 10, 60])
def test_errors_are_the_loop_over_bins(binning, bins):
    """ECE, MCE and the debiased error by matrices equal the textbook's loop, sparse bins included."""
    gold, model, other = simulated_pair(90)
    right = model.predicted == gold
    for pooled in (None, np.concatenate([model.confidence, other.confidence])):
        edges = bin_edges(binning, model.confidence if pooled is None else pooled, bins)
        found = errors(binned_view(model, binning, bins, pooled=pooled), gold)
        expected = slow_errors(model.confidence, right, edges)
        assert found == pytest.approx(expected, abs=1e-12)


def test_class_wise_error_is_the_mean_over_classes():
    """Each class's probability is binned by itself and held against the share of that class."""
    gold, model, _ = simulated_pair(200)
    edges = np.linspace(0, 1, 11)
    per_class = [slow_errors(model.probabilities[:, c], gold == c, edges)["ece"] for c in range(3)]
    assert errors(classwise_view(model, 10), gold)["classwise_ece"] == pytest.approx(np.mean(per_class))


def test_resampled_errors_are_the_errors_of_the_resampled_texts():
    """Errors from means of columns equal the errors of the repeated texts with the same edges."""
    gold, model, _ = simulated_pair(60)
    view = binned_view(model, "equal-width", 10)
    counts = np.random.default_rng(0).multinomial(60, np.full(60, 1 / 60), size=5)
    values = view.values(counts @ view.columns(gold).toarray() / 60)
    for row in range(5):
        rows = np.repeat(np.arange(60), counts[row])
        expected = slow_errors(model.confidence[rows], (model.predicted == gold)[rows], np.linspace(0, 1, 11))
        assert {key: value[row] for key, value in values.items()} == pytest.approx(expected, abs=1e-12)


def test_certain_answers_are_binned():
    """Confidences of exactly 1 count with their gap, and those of 0 for a class do too."""
    model = two_class(np.ones(40))
    gold = np.array([0] * 30 + [1] * 10)
    found = errors(binned_view(model, "equal-width", 10), gold)
    assert found["ece"] == pytest.approx(0.25)
    assert found["mce"] == pytest.approx(0.25)
    assert errors(binned_view(model, "equal-mass", 10), gold)["ece"] == pytest.approx(0.25)
    assert errors(classwise_view(model, 10), gold)["classwise_ece"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    "n, draws, expected, within", [(500, 400, 0.0306, 0.0012), (9824, 120, 0.0069, 0.0005)]
)
def test_a_calibrated_model_shows_the_known_error(n, draws, expected, within):
    """Ten own-quantile bins of the anchor law average .0306 at n = 500 and .0069 at n = 9,824; debiased 0."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(draws):
        gold, model = anchor_law(n, rng)
        found.append(errors(binned_view(model, "equal-mass", 10), gold))
    assert np.mean([one["ece"] for one in found]) == pytest.approx(expected, abs=within)
    debiased = np.array([one["ece_debiased"] for one in found])
    assert abs(debiased.mean()) < 3 * debiased.std() / np.sqrt(draws)
    assert debiased.min() < 0


def test_the_interval_of_the_debiased_error_keeps_its_level():
    """Of a calibrated model, whose error is 0, a basic interval at 95 % holds 0 in most of 60 samples."""
    rng = np.random.default_rng(0)
    held = []
    for draw in range(60):
        gold, model = anchor_law(300, rng)
        view = binned_view(model, "equal-width", 10)
        columns = view.columns(gold)
        means = columns.sum(axis=0) / 300
        drawn = view.draws(Resamples(n=300, count=200, seed=draw).means(columns), means)["ece_debiased"]
        estimate = float(view.values(means)["ece_debiased"])
        evidence = evidence_from_draws(drawn, estimate, n=300, span=DEBIASED_SPAN, kind="basic")
        assert isinstance(evidence, Evidence)
        low, high = evidence.interval(0.95)
        held.append(low <= 0 <= high)
    assert np.mean(held) > 0.88
