import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss

from tests.support.calibration_pairs import simulated_pair, two_class
from trust_core.calibration.binning import equal_mass_edges
from trust_core.calibration.scoring_rules import brier_scores, negative_log_likelihoods
from trust_core.calibration.smooth import cell_membership, smooth_ece
from trust_core.calibration.views import binned_view

pytestmark = [pytest.mark.golden, pytest.mark.filterwarnings("ignore")]


def errors(view, gold):
    """The errors of a view on the texts themselves."""
    return {
        key: float(value) for key, value in view.values(view.columns(gold).sum(axis=0) / len(gold)).items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("bins", [5, 10, 15])
def test_ece_and_mce_agree_with_torchmetrics(bins):
    """Equal-width ECE and MCE equal torchmetrics' where no confidence lies on an edge."""
    torch = pytest.importorskip("torch")
    functional = pytest.importorskip("torchmetrics.functional.classification")
    gold, model, _ = simulated_pair(2000)
    found = errors(binned_view(model, "equal-width", bins), gold)
    for norm, key in (("l1", "ece"), ("max", "mce")):
        theirs = functional.multiclass_calibration_error(
            torch.tensor(model.probabilities), torch.tensor(gold), num_classes=3, n_bins=bins, norm=norm
        )
        assert found[key] == pytest.approx(float(theirs), abs=1e-6)


@pytest.mark.slow
def test_edge_rule_against_torchmetrics():
    """Of four bins .75 is ours in the third, theirs in the fourth, and 1 theirs in a bin of its own."""
    torch = pytest.importorskip("torch")
    functional = pytest.importorskip("torchmetrics.functional.classification")
    confidence = np.array([0.75] * 20 + [0.9] * 20 + [1.0] * 20)
    gold = np.array([0] * 20 + [1] * 20 + [0] * 20)
    ours = errors(binned_view(two_class(confidence), "equal-width", 4), gold)["ece"]
    assert ours == pytest.approx((20 * 0.25 + abs(20 * 0.9 + 20 - 20)) / 60)
    theirs = functional.binary_calibration_error(
        torch.tensor(confidence), torch.tensor(1 - gold), n_bins=4, norm="l1"
    )
    # Theirs has .75 and .9 in [.75, 1), and a bin of its own for 1.
    assert float(theirs) == pytest.approx(abs(20 * 0.75 + 20 * 0.9 - 20) / 60, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("bins", [5, 10, 15])
def test_ece_and_mce_agree_with_netcal(bins):
    """Equal-width ECE and MCE equal netcal's, whose bins are left-closed: none lies on an edge here."""
    metrics = pytest.importorskip("netcal.metrics")
    gold, model, _ = simulated_pair(1500, seed=1)
    found = errors(binned_view(model, "equal-width", bins), gold)
    assert found["ece"] == pytest.approx(metrics.ECE(bins).measure(model.probabilities, gold))
    assert found["mce"] == pytest.approx(metrics.MCE(bins).measure(model.probabilities, gold))


def test_quantile_edges_agree_with_pandas():
    """Equal-mass bins hold the texts of pandas' qcut, ties and merged edges included."""
    pandas = pytest.importorskip("pandas")
    rng = np.random.default_rng(0)
    for confidence in (rng.random(997), np.round(rng.random(500), 1).clip(0.05, 0.95)):
        ours = np.searchsorted(equal_mass_edges(confidence, 10)[1:-1], confidence, side="left")
        theirs = pandas.qcut(confidence, 10, labels=False, duplicates="drop")
        assert np.bincount(ours)[np.bincount(ours) > 0].tolist() == np.bincount(theirs).tolist()


def test_brier_and_nll_agree_with_scikit_learn():
    """The mean scores equal scikit-learn's Brier (unscaled) and log loss, for three classes and for two."""
    gold, model, _ = simulated_pair(400)
    labels = [0, 1, 2]
    expected = brier_score_loss(gold, model.probabilities, labels=labels, scale_by_half=False)
    assert brier_scores(model.probabilities, gold).mean() == pytest.approx(expected)
    losses, _ = negative_log_likelihoods(model, gold)
    assert losses.mean() == pytest.approx(log_loss(gold, model.probabilities, labels=labels))
    confidence = np.linspace(0.5, 0.99, 50)
    yes = (np.arange(50) % 3 > 0).astype(int)
    binary = brier_score_loss(yes, confidence, scale_by_half=True)
    assert brier_scores(two_class(confidence).probabilities, 1 - yes).mean() == pytest.approx(2 * binary)


def our_smooth_ece(confidence, right):
    """SmoothECE of confidences and hits."""
    return float(smooth_ece(cell_membership(confidence).T @ (confidence - right) / len(right)))


@pytest.mark.parametrize("n, seed", [(300, 0), (1000, 1), (5000, 2)])
@pytest.mark.parametrize("temperature", [0.25, 0.4, 0.52])
def test_smooth_ece_agrees_with_relplot(n, seed, temperature):
    """SmoothECE equals relplot's smECE up to its search in steps of 1/1024 and its mesh of 200 points."""
    relplot = pytest.importorskip("relplot")
    gold, _, model = simulated_pair(n, seed=seed, temperatures=(0.5, temperature))
    right = (model.predicted == gold).astype(float)
    # Away from 1, where relplot loses mass (next test).
    confidence = 0.98 * model.confidence
    theirs = relplot.smECE(confidence, right)
    assert our_smooth_ece(confidence, right) == pytest.approx(theirs, abs=1e-3)


def test_relplot_counts_half_of_what_lies_at_one():
    """Half of the texts certain and right, half .2 overconfident: ours is .1; theirs halves the former."""
    relplot = pytest.importorskip("relplot")
    confidence = np.array([1.0] * 100 + [0.8] * 100)
    right = np.array([1.0] * 100 + [1.0] * 60 + [0.0] * 40)
    assert our_smooth_ece(confidence, right) == pytest.approx(0.1)
    assert relplot.smECE(confidence, right) == pytest.approx(0.5 * 0.2 / (0.5 + 0.25), abs=2e-3)
