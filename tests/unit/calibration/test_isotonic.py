import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from tests.support.calibration_pairs import simulated_pair
from trust_core.calibration.corp import brier_parts
from trust_core.calibration.diagram import Claims, binned_claims, claims
from trust_core.calibration.isotonic import isotonic_curve


def curve_of(model, **options):
    """The curve with a band from a fixed seed."""
    return isotonic_curve(model, rng=np.random.default_rng(0), **options)


def calibrated(n, *, seed, digits=8, slope=1.0):
    """Claims between .5 and 1 that come as often as they say; with a slope below 1, less often."""
    rng = np.random.default_rng(seed)
    said = np.round(0.5 + 0.5 * rng.random(n), digits)
    came = rng.random(n) < 0.5 + slope * (said - 0.5)
    return Claims(said, np.zeros(n, dtype=np.int64), came)


@pytest.mark.parametrize("digits", [1, 8])
@pytest.mark.parametrize("of_class", [None, 1])
def test_the_curve_is_that_of_isotonic_regression(digits, of_class):
    """At every claim the curve has the value of scikit-learn's isotonic regression, ties included."""
    gold, model, _ = simulated_pair(300)
    made = claims(model, gold, of_class=of_class)
    made = Claims(np.round(made.probability, digits), made.target, made.came)
    curve = curve_of(made, simulations=2)
    expected = IsotonicRegression().fit(made.probability, made.came).predict(made.probability)
    assert np.interp(made.probability, curve.at, curve.value) == pytest.approx(expected, abs=1e-9)
    assert (np.diff(curve.value) >= 0).all()


@pytest.mark.parametrize("digits", [1, 8])
def test_blocks_are_bins_in_which_the_curve_is_level(digits):
    """The share of arrivals between the edges of a block is the height of the curve, and heights differ."""
    made = calibrated(400, seed=1, digits=digits)
    curve = curve_of(made, simulations=2)
    blocks = binned_claims(made, curve.edges)
    assert (blocks.count > 0).all()
    assert blocks.came == pytest.approx(curve.value[::2], abs=1e-12)
    assert (np.diff(blocks.came) > 0).all()


def test_the_mean_squared_error_of_the_curve_leaves_discrimination_and_uncertainty():
    """What the curve misses is uncertainty less discrimination: diagram and parts are one regression."""
    gold, model, _ = simulated_pair(300)
    made = claims(model, gold, of_class=2)
    curve = curve_of(made, simulations=2)
    left = np.mean((np.interp(made.probability, curve.at, curve.value) - made.came) ** 2)
    parts = brier_parts(model.probabilities[:, [2]], np.where(gold == 2, 0, 1))[0]
    assert left == pytest.approx(parts[2] - parts[1])


def test_the_band_holds_95_percent_of_calibrated_models():
    """At a place, the curve of a calibrated model lies inside the band of its claims in 95 % of samples."""
    inside = []
    for seed in range(300):
        made = calibrated(200, seed=seed)
        curve = isotonic_curve(made, rng=np.random.default_rng(10_000 + seed), simulations=100)
        value = np.interp(curve.places, curve.at, curve.value)
        inside.append(((value >= curve.low - 1e-9) & (value <= curve.high + 1e-9)).mean())
    assert np.mean(inside) == pytest.approx(0.95, abs=0.02)


def test_an_overconfident_model_leaves_its_band():
    """A model that is right much less often than it says runs below the band where its texts are."""
    curve = curve_of(calibrated(2000, seed=3, slope=0.4))
    middle = (curve.places > 0.7) & (curve.places < 0.98)
    value = np.interp(curve.places, curve.at, curve.value)
    assert (value < curve.low)[middle].mean() > 0.9


@pytest.mark.parametrize(
    "said, came", [([0.7], [True]), ([0.4, 0.4, 0.4], [True, False, True]), ([0.0, 1.0], [False, True])]
)
def test_few_and_equal_claims_have_a_curve(said, came):
    """One text, equal claims, and claims at both ends give blocks from 0 to 1 that hold every text."""
    made = Claims(np.array(said), np.zeros(len(said), dtype=np.int64), np.array(came))
    curve = curve_of(made)
    assert (curve.edges[0], curve.edges[-1]) == (0.0, 1.0)
    assert binned_claims(made, curve.edges).count.sum() == len(said)
    assert curve.value[0] == pytest.approx(np.mean(came) if len(set(said)) == 1 else 0.0)


def test_neighbours_without_a_number_between_them_are_told_apart():
    """Claims that differ in the last digit alone stay in blocks of their own."""
    said = np.array([0.5, np.nextafter(0.5, 1.0)])
    made = Claims(said, np.zeros(2, dtype=np.int64), np.array([False, True]))
    assert binned_claims(made, curve_of(made).edges).count.tolist() == [1, 1]


def test_the_order_of_the_texts_changes_nothing():
    """Curve and band are those of the claims, whatever their order."""
    made = calibrated(100, seed=5, digits=2)
    order = np.random.default_rng(1).permutation(100)
    turned = curve_of(Claims(made.probability[order], made.target, made.came[order]))
    for name in ("edges", "at", "value", "places", "low", "high"):
        assert getattr(turned, name) == pytest.approx(getattr(curve_of(made), name), abs=1e-12)
