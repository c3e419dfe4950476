import numpy as np

from trust_core.stats.multiplicity import holm


def test_holm_is_the_step_down_rule():
    """The smallest p-value counts m times, the next m - 1 times, never below the one before, at most 1."""
    adjusted = holm(np.array([0.04, 0.01, 0.03, 0.9]))
    np.testing.assert_allclose(adjusted, [0.09, 0.04, 0.09, 0.9])


def test_one_test_needs_no_correction_and_none_gives_none():
    """A single p-value stays as it is; no p-values give no p-values."""
    assert holm(np.array([0.03])).tolist() == [0.03]
    assert holm(np.zeros(0)).tolist() == []


def test_ties_get_equal_values():
    """Equal p-values are adjusted equally, whatever their order."""
    assert holm(np.array([0.02, 0.02, 0.02])).tolist() == [0.06, 0.06, 0.06]
