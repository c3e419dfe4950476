import numpy as np
import pytest

from tests.support.calibration_pairs import simulated_pair
from trust_core.calibration.smooth import (
    CELLS,
    NARROWEST,
    cell_centres,
    cell_membership,
    gap_curve,
    smooth_cells,
    smooth_ece,
)


def reflected(t, x, bandwidth):
    """The Gaussian kernel at t of a mass at x, reflected at 0 and 1 as often as it reaches."""
    images = np.concatenate([[x + 2 * m, -x + 2 * m] for m in range(-6, 7)])
    density = np.exp(-0.5 * ((t[:, None] - images[None, :]) / bandwidth) ** 2).sum(axis=1)
    return density / (bandwidth * np.sqrt(2 * np.pi))


def residuals(n, seed=0):
    """Cells of residuals, confidence and residual of a simulated overconfident model."""
    gold, _, model = simulated_pair(n, seed=seed)
    residual = model.confidence - (model.predicted == gold)
    return cell_membership(model.confidence).T @ residual / n, model.confidence, residual


def test_cells_keep_mass_and_place():
    """Dealt onto cells, a text keeps its weight, and its confidence as the mean of its two cells' centres."""
    confidence = np.concatenate([[0.0, 1.0], np.random.default_rng(0).uniform(0.001, 0.999, 50)])
    dealt = cell_membership(confidence)
    np.testing.assert_allclose(dealt.sum(axis=1), 1.0)
    np.testing.assert_allclose((dealt @ cell_centres())[2:], confidence[2:], atol=1e-12)
    assert abs((dealt @ cell_centres())[:2] - [0, 1]).max() <= 0.5 / CELLS + 1e-12


@pytest.mark.parametrize("bandwidth", [0.01, 0.05, 0.3, 1.0])
@pytest.mark.parametrize("x", [0.0, 0.31, 0.95, 1.0])
def test_smoothing_is_the_reflected_gaussian(bandwidth, x):
    """The cosine transform gives the kernel that is reflected at both ends, whole mass included."""
    smoothed = smooth_cells(cell_membership(np.array([x])).toarray()[0], bandwidth)
    expected = reflected(cell_centres(), x, bandwidth)
    np.testing.assert_allclose(smoothed, expected, atol=0.03 * expected.max())
    assert smoothed.mean() == pytest.approx(1.0)


def test_smooth_ece_is_its_own_bandwidth():
    """The value s solves: integral of the absolute gap smoothed with bandwidth s equals s."""
    cells, confidence, residual = residuals(400)
    value = float(smooth_ece(cells))
    t = cell_centres()
    smoothed = sum(r * reflected(t, c, value) for c, r in zip(confidence, residual, strict=True)) / 400
    assert np.abs(smoothed).mean() == pytest.approx(value, rel=2e-3)
    assert np.abs(smooth_cells(cells, value)).mean() == pytest.approx(value, abs=1e-9)


def test_certain_and_wrong_throughout_is_one():
    """A model that is certain of every answer and always wrong has a SmoothECE of 1."""
    cells = cell_membership(np.ones(40)).sum(axis=0) / 40
    assert float(smooth_ece(cells)) == pytest.approx(1.0)
    other, _, _ = residuals(400)
    np.testing.assert_allclose(smooth_ece(np.stack([cells, other])), [1.0, float(smooth_ece(other))])


def test_many_draws_are_solved_as_one():
    """SmoothECE of stacked residuals is that of each by itself."""
    stacked = np.stack([residuals(80, seed)[0] for seed in range(6)])
    alone = [float(smooth_ece(row)) for row in stacked]
    np.testing.assert_allclose(smooth_ece(stacked), alone, atol=1e-9)
    np.testing.assert_allclose(smooth_ece(stacked.reshape(2, 3, CELLS)).ravel(), alone, atol=1e-9)


def test_no_gap_has_no_error():
    """A model whose residuals are all 0 has a SmoothECE of 0, not of the narrowest bandwidth."""
    assert float(smooth_ece(np.zeros(CELLS))) == 0.0
    tiny = np.zeros(CELLS)
    tiny[100] = NARROWEST / 10
    assert float(smooth_ece(tiny)) == pytest.approx(NARROWEST / 10)


def test_the_whole_gap_at_one_confidence_is_the_error():
    """Texts of one confidence and one sign of gap have a SmoothECE of that gap: smoothing moves no mass."""
    cells = cell_membership(np.full(10, 0.8)).T @ np.full(10, 0.3) / 10
    assert float(smooth_ece(cells)) == pytest.approx(0.3)


def test_equal_inputs_up_to_rounding_give_equal_values():
    """A change of 1e-9 in the residuals changes SmoothECE by no more than about that."""
    cells, _, _ = residuals(300)
    jitter = np.random.default_rng(0).normal(scale=1e-9 / CELLS, size=CELLS)
    assert abs(float(smooth_ece(cells + jitter)) - float(smooth_ece(cells))) < 1e-8


def test_the_gap_curve_is_the_local_mean_gap():
    """Where texts lie, the curve is the kernel-weighted mean of their gaps; far from all texts it is 0."""
    confidence = np.full(500, 0.9)
    share = cell_membership(confidence).T @ np.ones(500) / 500
    curve = gap_curve(share, 0.2 * share, bandwidth=0.02, n=500)
    at = int(0.9 * CELLS)
    assert curve[at] == pytest.approx(0.2, rel=1e-3)
    assert abs(curve[: CELLS // 2]).max() < 1e-6
