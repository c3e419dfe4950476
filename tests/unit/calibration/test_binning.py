from itertools import pairwise

import numpy as np
import pytest

from trust_core.calibration.binning import (
    assign_bins,
    bin_edges,
    equal_mass_edges,
    equal_width_edges,
    membership,
)


def slow_bin(confidence: float, edges: np.ndarray) -> int:
    """The bin (left, right] that holds a confidence, found one by one; the first also holds its left end."""
    for index, (left, right) in enumerate(pairwise(edges)):
        if left < confidence <= right or (index == 0 and confidence == left):
            return index
    raise AssertionError(f"{confidence} lies in no bin of {edges}")


@pytest.mark.parametrize("bins", [1, 2, 10, 15])
def test_bins_are_left_open_and_right_closed(bins):
    """Values on, just below and just above each edge fall where the textbook rule puts them."""
    edges = equal_width_edges(bins)
    near = np.concatenate([edges, np.nextafter(edges, 2), np.nextafter(edges, -1)])
    values = np.concatenate([near[(near >= 0) & (near <= 1)], np.random.default_rng(0).random(50)])
    assert assign_bins(values, edges).tolist() == [slow_bin(value, edges) for value in values]


def test_certain_and_impossible_fall_in_the_outer_bins():
    """A confidence of exactly 1 is in the last bin and exactly 0 in the first: no bin of their own."""
    assert assign_bins(np.array([0.0, 1.0]), equal_width_edges(10)).tolist() == [0, 9]


def test_equal_mass_bins_hold_equally_many_texts():
    """Without ties the quantile edges split 1,000 texts into ten bins of 100."""
    confidence = np.random.default_rng(0).random(1000)
    edges = equal_mass_edges(confidence, 10)
    assert np.bincount(assign_bins(confidence, edges)).tolist() == [100] * 10
    assert (edges[0], edges[-1]) == (0.0, 1.0)


def test_equal_quantiles_are_merged():
    """Where most texts share a confidence, fewer bins are left and none is listed twice."""
    confidence = np.concatenate([np.full(70, 0.9), np.linspace(0.5, 0.8, 30)])
    edges = equal_mass_edges(confidence, 10)
    assert (np.diff(edges) > 0).all()
    assert len(edges) - 1 < 10
    same = equal_mass_edges(np.ones(50), 10)
    assert same.tolist() == [0.0, 1.0]
    assert assign_bins(np.ones(50), same).tolist() == [0] * 50


def test_membership_has_one_bin_a_text():
    """Each row of the membership matrix has a single 1, in the text's bin."""
    confidence = np.random.default_rng(0).random(40)
    edges = bin_edges("equal-mass", confidence, 5)
    matrix = membership(confidence, edges).toarray()
    assert (matrix.sum(axis=1) == 1).all()
    assert matrix.argmax(axis=1).tolist() == assign_bins(confidence, edges).tolist()


def test_no_texts_still_have_edges_and_no_bins_are_refused():
    """Quantiles of nothing give one bin; a binning without bins is an error."""
    assert equal_mass_edges(np.zeros(0), 10).tolist() == [0.0, 1.0]
    for edges in (lambda: equal_width_edges(0), lambda: equal_mass_edges(np.ones(3), 0)):
        with pytest.raises(ValueError, match="at least one bin, not 0"):
            edges()
