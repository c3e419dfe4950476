"""ECE by sweep against the published algorithm, step by step."""

from itertools import pairwise

import numpy as np
import pytest

from trust_core.calibration.binning import assign_bins, equal_mass_edges
from trust_core.calibration.sweep import MOST_BINS, sweep


def slowly(confidence, right):
    """Add bins until an accuracy falls from one bin to the next."""
    stopped, error = 1, abs(confidence.mean() - right.mean())
    for count in range(2, min(MOST_BINS, len(right)) + 1):
        place = assign_bins(confidence, equal_mass_edges(confidence, count))
        groups = [place == at for at in np.unique(place)]
        accuracies = [right[group].mean() for group in groups]
        if any(later < earlier - 1e-12 for earlier, later in pairwise(accuracies)):
            break
        stopped = count
        error = sum(group.mean() * abs(confidence[group].mean() - right[group].mean()) for group in groups)
    return stopped, error


@pytest.mark.parametrize("n, decimals", [(20, 12), (60, 1), (300, 12), (300, 2), (1500, 12)])
@pytest.mark.parametrize("seed", range(3))
def test_sweep_is_the_published_algorithm(n, decimals, seed):
    """Bins and ECE equal the loop's, also where confidences are equal and for several rows at once."""
    rng = np.random.default_rng(seed)
    confidence = np.round(0.4 + 0.6 * rng.random(n), decimals)
    right = rng.random((4, n)) < confidence**1.5
    bins, errors = sweep(confidence, right)
    for row in range(4):
        stopped, error = slowly(confidence, right[row])
        assert bins[row] == stopped
        assert errors[row] == pytest.approx(error)


def test_rows_do_not_depend_on_each_other():
    """A row alone gives what it gives among others."""
    rng = np.random.default_rng(9)
    confidence = rng.random(200)
    right = rng.random((5, 200)) < confidence
    bins, errors = sweep(confidence, right)
    for row in range(5):
        alone = sweep(confidence, right[row][None])
        assert (alone[0][0], alone[1][0]) == (bins[row], errors[row])


def test_a_model_that_is_always_right_ends_at_the_most_bins():
    """Accuracies of 1 never fall, so the sweep ends by itself; the gap is that of the mean confidence."""
    confidence = np.linspace(0.5, 1.0, 400)
    bins, errors = sweep(confidence, np.ones((1, 400), dtype=bool))
    assert bins[0] == MOST_BINS
    assert errors[0] == pytest.approx(0.25)


def test_falling_accuracy_leaves_one_bin():
    """A model that is right less often where it is surer keeps one bin."""
    confidence = np.linspace(0.5, 1.0, 100)
    bins, errors = sweep(confidence, (np.arange(100) < 50)[None])
    assert bins[0] == 1
    assert errors[0] == pytest.approx(0.25)
