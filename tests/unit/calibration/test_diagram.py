import numpy as np
import pytest

from tests.support.calibration_pairs import simulated_pair
from trust_core.calibration.binning import equal_width_edges
from trust_core.calibration.curve_distance import curve_columns, distance_of_means, shared_bandwidth
from trust_core.calibration.diagram import (
    binned_claims,
    binned_gap_difference,
    claims,
    smooth_curves,
)
from trust_core.calibration.reliability import reliability_curve
from trust_core.stats.bootstrap import Resamples

RESAMPLES = Resamples(n=400, count=100, seed=0)
GOLD, REFERENCE, CANDIDATE = simulated_pair(400)
EDGES = equal_width_edges(10)


def test_claims_of_the_top_label_are_the_confidences():
    """Without a class, a model claims its predicted class and is right where that is gold."""
    said = claims(REFERENCE, GOLD)
    assert (said.probability == REFERENCE.confidence).all()
    assert (said.came == (REFERENCE.predicted == GOLD)).all()


def test_claims_of_one_class_are_its_probabilities():
    """With a class, every text is a claim of that class, also where another is predicted."""
    said = claims(REFERENCE, GOLD, of_class=2)
    assert (said.probability == REFERENCE.probabilities[:, 2]).all()
    assert (said.came == (GOLD == 2)).all()
    assert set(said.target.tolist()) == {2}


def test_bins_are_those_of_the_report():
    """Counts, means and Wilson limits equal the report's curve on the same edges."""
    found = binned_claims(claims(CANDIDATE, GOLD), EDGES)
    curve = reliability_curve(
        GOLD,
        CANDIDATE,
        of="candidate",
        candidate="b",
        binning="equal-width",
        bins=10,
        edges="own",
        pooled=CANDIDATE.confidence,
    )
    used = found.count > 0
    assert found.count.sum() == 400
    assert (found.count == np.bincount(found.place, minlength=10)).all()
    for ours, theirs in (
        (found.count, curve.n),
        (found.said, curve.conf),
        (found.came, curve.acc),
        (found.low, curve.low),
        (found.high, curve.high),
    ):
        assert ours[used] == pytest.approx(np.array(theirs))
    assert (found.said[~used] == 0).all()


def test_gap_difference_is_the_loop_over_bins():
    """In every bin that both models use: candidate's gap minus reference's, inside its limits."""
    a, b = claims(REFERENCE, GOLD), claims(CANDIDATE, GOLD)
    used, band = binned_gap_difference(a, b, EDGES, resamples=RESAMPLES)
    for at, place in enumerate(used):
        gaps = []
        for model in (a, b):
            inside = (model.probability > EDGES[place]) & (model.probability <= EDGES[place + 1])
            gaps.append(model.probability[inside].mean() - model.came[inside].mean())
        assert band.value[at] == pytest.approx(gaps[1] - gaps[0])
        assert EDGES[place] <= band.at[at] <= EDGES[place + 1]
    assert (band.low <= band.high).all()
    assert ((band.low <= band.value) & (band.value <= band.high)).mean() > 0.9


def test_a_model_against_itself_has_no_gap_difference():
    """The same claims twice differ by 0 in every bin and every resample, smooth or not."""
    same = claims(REFERENCE, GOLD)
    _, band = binned_gap_difference(same, same, EDGES, resamples=RESAMPLES)
    assert (band.value == 0).all()
    assert (band.low == 0).all()
    _, _, smooth = smooth_curves(same, same, resamples=RESAMPLES)
    assert (smooth.value == 0).all()
    assert (smooth.high == 0).all()


def test_no_bin_in_common_gives_no_difference():
    """Where one model is always surer than the other there is nothing to compare."""
    sure = claims(REFERENCE, GOLD)
    sure = type(sure)(np.full(400, 0.95), sure.target, sure.came)
    unsure = type(sure)(np.full(400, 0.45), sure.target, sure.came)
    used, band = binned_gap_difference(sure, unsure, EDGES, resamples=RESAMPLES)
    assert len(used) == len(band.value) == 0


def test_smooth_difference_adds_up_to_the_curve_distance():
    """The drawn difference, weighted by where the texts lie, is the distance that votes."""
    a, b = claims(REFERENCE, GOLD), claims(CANDIDATE, GOLD)
    means = np.concatenate([curve_columns(m, GOLD).sum(axis=0) / 400 for m in (REFERENCE, CANDIDATE)])
    distance = distance_of_means(means, bandwidth=shared_bandwidth(means), n=400)
    curves = smooth_curves(a, b, resamples=RESAMPLES)
    band = curves[2]
    drawn = float((np.abs(band.value) * band.share).sum() / band.share.sum())
    assert drawn == pytest.approx(float(distance), rel=0.15)
    for curve in curves[:2]:
        assert ((curve.value >= 0) & (curve.value <= 1)).all()
        assert (curve.low <= curve.high).all()


def test_smooth_curve_ends_where_the_texts_end():
    """Below the smallest confidence of three classes there is no curve."""
    curve, _, _ = smooth_curves(claims(REFERENCE, GOLD), claims(CANDIDATE, GOLD), resamples=RESAMPLES)
    assert curve.at.min() > REFERENCE.confidence.min() - 0.15
    assert curve.at.max() > 0.97
