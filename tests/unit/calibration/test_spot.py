from itertools import pairwise

import numpy as np
import pytest

from tests.support.calibration_pairs import simulated_pair
from trust_core.calibration.binning import equal_mass_edges, equal_width_edges
from trust_core.calibration.diagram import claims
from trust_core.calibration.errors import error_measures
from trust_core.calibration.spot import spot_errors
from trust_core.domain.measures import Measured, NotMeasured
from trust_core.stats.bootstrap import Resamples

RESAMPLES = Resamples(n=300, count=100, seed=0)
GOLD, REFERENCE, CANDIDATE = simulated_pair(300)
PAIR = (REFERENCE, CANDIDATE)


def figures(measures):
    """Figures by key and whom they describe."""
    return {(one.key, one.of): one.figure for one in measures}


def spot(edges, of_class=None):
    """The errors at these edges."""
    says = tuple(claims(model, GOLD, of_class=of_class) for model in PAIR)
    return figures(spot_errors(GOLD, PAIR, says, edges=edges, resamples=RESAMPLES, simulations=60))


def test_errors_at_the_report_s_bins_are_the_report_s():
    """On equal-width bins value and interval equal those of the report, models and difference alike."""
    edges = equal_width_edges(10)
    found = spot((edges, edges))
    reported = {
        (one.key, one.of): one.figure
        for one in error_measures(GOLD, *PAIR, bins=10, resamples=RESAMPLES)
        if dict(one.settings).get("binning") == "equal-width" and dict(one.settings).get("edges") == "pooled"
    }
    for key in ("ece", "mce", "ece_debiased"):
        for of in ("reference", "candidate", "difference"):
            ours, theirs = found[key, of], reported[key, of]
            assert (ours.value, ours.low, ours.high) == pytest.approx((theirs.value, theirs.low, theirs.high))
        assert found[f"{key}_level", "reference"].value == pytest.approx(
            reported[f"{key}_level", "reference"].value, rel=0.25, abs=0.002
        )


def test_own_edges_have_no_difference():
    """Models with different bins are not subtracted from each other."""
    edges = tuple(equal_mass_edges(model.confidence, 10) for model in PAIR)
    found = spot(edges)
    assert ("ece", "reference") in found
    assert ("ece", "difference") not in found


def test_error_of_one_class_is_the_loop_over_its_bins():
    """With a class, the gap is between its probability and its share of the texts."""
    edges = equal_width_edges(5)
    p, came = REFERENCE.probabilities[:, 1], GOLD == 1
    gaps = [
        inside.mean() * abs(p[inside].mean() - came[inside].mean())
        for left, right in pairwise(edges)
        if (inside := (p > left) & (p <= right)).any()
    ]
    assert spot((edges, edges), of_class=1)["ece", "reference"].value == pytest.approx(sum(gaps))


def test_smooth_errors_are_the_report_s():
    """Without edges it is SmoothECE, as in the report."""
    found = spot(None)
    reported = figures(
        one for one in error_measures(GOLD, *PAIR, bins=10, resamples=RESAMPLES) if one.key == "smooth_ece"
    )
    for of in ("reference", "candidate", "difference"):
        assert found["smooth_ece", of].value == pytest.approx(reported["smooth_ece", of].value)
    assert isinstance(found["smooth_ece_level", "candidate"], Measured)


def test_few_texts_give_the_reason():
    """Fewer than 20 texts are not measured, at any bins."""
    gold, a, b = simulated_pair(19)
    says = (claims(a, gold), claims(b, gold))
    edges = equal_width_edges(5)
    found = spot_errors(
        gold, (a, b), says, edges=(edges, edges), resamples=Resamples(n=19, count=10, seed=0), simulations=5
    )
    assert found
    assert all(isinstance(one.figure, NotMeasured) for one in found)
    assert np.all([one.of in ("reference", "candidate") for one in found])
