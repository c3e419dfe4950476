"""Smooth calibration: gaps smoothed over confidence by a reflected Gaussian kernel.

Confidences are dealt onto CELLS cells of [0, 1], so that smoothing is a product in the cosine basis, in which
the kernel reflected at 0 and 1 is diagonal: exact for the cells, for many resamples at once.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy.fft import dct, idct
from scipy.sparse import csr_array

from trust_core.domain.arrays import FloatArray

CELLS = 512
"""Cells of [0, 1]; half as wide as the narrowest bandwidth."""

NARROWEST = 2 / CELLS
"""Smallest bandwidth: below it cells would show."""

_STEPS = 60
_SETTLED = 1e-10


def cell_centres() -> FloatArray:
    """(CELLS,) confidence at the middle of each cell."""
    return (np.arange(CELLS) + 0.5) / CELLS


def cell_membership(confidence: Float[np.ndarray, " n"]) -> csr_array:
    """(n, CELLS) each text dealt to the two cells between whose centres it lies: its place is kept."""
    n = len(confidence)
    place = np.clip(confidence * CELLS - 0.5, 0.0, CELLS - 1.0)
    left = np.minimum(place.astype(np.int64), CELLS - 2)
    right_part = place - left
    columns = np.stack([left, left + 1], axis=1).ravel()
    weights = np.stack([1 - right_part, right_part], axis=1).ravel()
    return csr_array((weights, columns, np.arange(0, 2 * n + 1, 2)), shape=(n, CELLS))


def _attenuation(bandwidth: Float[np.ndarray, "*draws"] | float) -> FloatArray:
    """(..., CELLS) factor of each cosine under a Gaussian of this standard deviation."""
    frequency = np.pi * np.arange(CELLS)
    factors: FloatArray = np.exp(-0.5 * np.square(np.asarray(bandwidth)[..., None] * frequency))
    return factors


def smooth_cells(
    cells: Float[np.ndarray, "*draws 512"], bandwidth: Float[np.ndarray, "*draws"] | float
) -> Float[np.ndarray, "*draws 512"]:
    """Smoothed density of the mass in the cells, at their centres; its mean over cells is the whole mass."""
    smoothed: FloatArray = idct(dct(cells, axis=-1) * _attenuation(bandwidth), axis=-1) * CELLS
    return smoothed


def smooth_ece(residual: Float[np.ndarray, "*draws 512"]) -> Float[np.ndarray, "*draws"]:
    """SmoothECE: the integral of the absolute smoothed gap, at the bandwidth that equals its own value.

    Source: Blasiok and Nakkiran, arXiv 2309.12236, definition 5 (the fixed point smECE_s = s). Agrees with
    relplot's `smECE`, which searches the bandwidth in steps of 1/1024 and counts half of a mass at exactly 1.

    Args:
        residual: (..., CELLS) summed (confidence - correctness) per cell, divided by n.

    Returns:
        (...) values in [0, 1], lower is better; each is also its bandwidth, but for values below `NARROWEST`.
    """
    shape = residual.shape[:-1]
    spectrum = dct(residual.reshape(-1, CELLS), axis=-1)

    def excess(bandwidth: FloatArray) -> FloatArray:
        smoothed = idct(spectrum * _attenuation(bandwidth), axis=-1)
        return np.asarray(np.abs(smoothed).sum(axis=-1) - bandwidth)

    # The excess falls with the bandwidth: positive below the fixed point, negative above. Bracketed
    # secant steps (Illinois rule) settle it to rounding, so that equal inputs up to rounding give equal
    # values.
    low = np.full(len(spectrum), NARROWEST)
    high = np.ones(len(spectrum))
    at_low, at_high = excess(low), excess(high)
    without = at_low <= 0
    value = np.where(without, low + at_low, low)
    side = np.zeros(len(spectrum))
    for _ in range(_STEPS):
        # Where every answer is certain and wrong, 1 is the root and an end as well: nothing is left to fall.
        fall = np.where(without, 0.0, at_low - at_high)
        step = np.where(fall > 0, at_low / np.where(fall > 0, fall, 1.0), 0.0)
        middle = low + step * (high - low)
        moved = np.abs(middle - value)
        value = np.where(without, value, middle)
        if (moved[~without] < _SETTLED).all():
            break
        at_middle = excess(middle)
        above = at_middle < 0
        at_low = np.where(above, np.where(side < 0, at_low / 2, at_low), at_middle)
        at_high = np.where(above, at_middle, np.where(side > 0, at_high / 2, at_high))
        low, high = np.where(above, low, middle), np.where(above, middle, high)
        side = np.where(above, -1.0, 1.0)
    return np.asarray(value.reshape(shape))


def gap_curve(
    share: Float[np.ndarray, "*draws 512"],
    residual: Float[np.ndarray, "*draws 512"],
    *,
    bandwidth: float,
    n: int,
) -> Float[np.ndarray, "*draws 512"]:
    """The smoothed gap confidence - accuracy at each cell's centre: smoothed residual over smoothed share.

    One imagined text without a gap, spread evenly over [0, 1], takes part, so that the curve goes to 0
    where a model has no texts, instead of being undefined.

    Args:
        share: (..., CELLS) share of texts per cell.
        residual: (..., CELLS) summed (confidence - correctness) per cell, divided by n.
        bandwidth: standard deviation of the kernel.
        n: how many texts.
    """
    curve: FloatArray = smooth_cells(residual, bandwidth) / (smooth_cells(share, bandwidth) + 1 / n)
    return curve
