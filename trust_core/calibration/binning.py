"""Bins of confidence: left-open and right-closed; the first also holds 0, the last also holds 1."""

from __future__ import annotations

from typing import Literal

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import csr_array

from trust_core.domain.arrays import FloatArray, IntArray

BinningName = Literal["equal-width", "equal-mass"]
"""equal-width: bins of the same length; equal-mass: bins of about as many texts each."""

EdgesName = Literal["own", "pooled"]
"""Whose quantiles cut equal-mass bins: each model's own, or those of both models together."""


def equal_width_edges(bins: int) -> FloatArray:
    """(bins + 1,) edges of equally long bins from 0 to 1."""
    if bins < 1:
        raise ValueError(f"a binning needs at least one bin, not {bins}")
    return np.linspace(0.0, 1.0, bins + 1)


def equal_mass_edges(confidence: Float[np.ndarray, " n"], bins: int) -> FloatArray:
    """Edges at the quantiles of the confidences, from 0 to 1; equal edges are merged into one."""
    if bins < 1:
        raise ValueError(f"a binning needs at least one bin, not {bins}")
    if len(confidence) == 0:
        return np.array([0.0, 1.0])
    inner = np.quantile(confidence, np.arange(1, bins) / bins)
    # An inner edge at 1 would leave an empty bin between 1 and 1; one at 0 would split off c = 0 alone.
    return np.concatenate([[0.0], np.unique(inner[(inner > 0) & (inner < 1)]), [1.0]])


def bin_edges(binning: BinningName, confidence: Float[np.ndarray, " n"], bins: int) -> FloatArray:
    """Edges of a binning; only equal-mass bins depend on the confidences."""
    return equal_width_edges(bins) if binning == "equal-width" else equal_mass_edges(confidence, bins)


def assign_bins(confidence: Float[np.ndarray, " n"], edges: Float[np.ndarray, " e"]) -> Int[np.ndarray, " n"]:
    """(n,) index of the bin of each confidence: a value on an inner edge belongs to the bin on its left."""
    index: IntArray = np.searchsorted(edges[1:-1], confidence, side="left")
    return index


def membership(confidence: Float[np.ndarray, " n"], edges: Float[np.ndarray, " e"]) -> csr_array:
    """(n, b) matrix with a 1 where a text lies in a bin."""
    n = len(confidence)
    columns = assign_bins(confidence, edges)
    return csr_array((np.ones(n), columns, np.arange(n + 1)), shape=(n, len(edges) - 1))
