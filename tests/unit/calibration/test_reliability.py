import numpy as np
import pytest

from tests.support.calibration_pairs import simulated_pair
from trust_core.calibration.binning import bin_edges
from trust_core.calibration.reliability import reliability_curves
from trust_core.domain.texts import NO_LABEL
from trust_core.stats.intervals import wilson_interval


def test_every_curve_is_the_loop_over_its_bins():
    """Each bin's count, confidence, accuracy and Wilson interval are those of the texts inside it."""
    gold, reference, candidate = simulated_pair(200)
    curves = reliability_curves(gold, reference, candidate, bins=10)
    assert len({(c.of, c.binning, c.edges) for c in curves}) == len(curves) == 8
    for curve in curves:
        model = reference if curve.of == "reference" else candidate
        assert sum(curve.n) == 200
        for i, (left, right) in enumerate(zip(curve.left, curve.right, strict=True)):
            inside = (model.confidence > left) & (model.confidence <= right)
            assert inside.sum() == curve.n[i]
            assert model.confidence[inside].mean() == pytest.approx(curve.conf[i])
            hits = float((model.predicted == gold)[inside].sum())
            assert hits / curve.n[i] == pytest.approx(curve.acc[i])
            low, high = wilson_interval(np.array([hits]), np.array([float(curve.n[i])]))
            assert (curve.low[i], curve.high[i]) == (pytest.approx(low[0]), pytest.approx(high[0]))


def test_pooled_edges_are_the_same_for_both_models():
    """Pooled edges give both models the ends of one binning; their own edges differ."""
    gold, reference, candidate = simulated_pair(300)
    both = np.concatenate([reference.confidence, candidate.confidence])
    edges = set(bin_edges("equal-mass", both, 10).tolist())
    ends = {}
    for curve in reliability_curves(gold, reference, candidate, bins=10):
        if curve.binning == "equal-mass":
            ends[curve.of, curve.edges] = set(curve.left) | set(curve.right)
    assert ends["reference", "pooled"] <= edges
    assert ends["candidate", "pooled"] <= edges
    assert ends["reference", "own"] != ends["candidate", "own"]


def test_texts_without_gold_have_no_curves():
    """A diagram needs every gold class; without, there is none rather than a partial one."""
    gold, reference, candidate = simulated_pair(30)
    partial = gold.copy()
    partial[3] = NO_LABEL
    assert reliability_curves(partial, reference, candidate, bins=10) == ()
    assert reliability_curves(gold[:0], reference.take([]), candidate.take([]), bins=10) == ()
