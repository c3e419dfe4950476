"""Binned calibration errors, as functions of what lies in the bins.

Every function takes `sums` of shape (..., 3, b): per bin the share of texts, their summed confidence and
their summed correctness, the last two divided by the number n of all texts. Leading axes are resamples.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from trust_core.domain.arrays import FloatArray

_EMPTY = 1e-12
"""Shares below this are empty bins: the share of one text of a hundred million is larger."""


def expected_calibration_error(sums: Float[np.ndarray, "*draws 3 b"]) -> Float[np.ndarray, "*draws"]:
    """ECE: the mean over texts of the absolute gap of their bin. In [0, 1], lower is better.

    Source: Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017, equation 3. Agrees with torchmetrics (l1) and
    netcal, whose bins are left-closed or leave out c = 0: the values differ where a confidence lies on an
    edge.
    """
    return np.asarray(np.abs(sums[..., 1, :] - sums[..., 2, :]).sum(axis=-1))


def maximum_calibration_error(sums: Float[np.ndarray, "*draws 3 b"]) -> Float[np.ndarray, "*draws"]:
    """MCE: the largest absolute gap of a bin that holds texts. In [0, 1], lower is better.

    Source: Naeini, Cooper and Hauskrecht 2015. Agrees with torchmetrics (max).
    """
    share = sums[..., 0, :]
    gap = np.abs(sums[..., 1, :] - sums[..., 2, :])
    return np.asarray(np.where(share > _EMPTY, gap / np.where(share > _EMPTY, share, 1.0), 0.0).max(axis=-1))


def debiased_squared_error(sums: Float[np.ndarray, "*draws 3 b"], *, n: int) -> Float[np.ndarray, "*draws"]:
    """Squared calibration error without the part that sampling alone adds; averages 0 for a calibrated model.

    Each bin counts (confidence - accuracy)^2 - accuracy (1 - accuracy) / (n_b - 1), weighted by n_b / n; bins
    with fewer than two texts are left out. It is not cut off at 0: only so is it unbiased. Its root is a
    root-mean-square and not comparable to ECE.

    Source: Kumar, Liang and Ma 2019, definition 4.1; Broecker 2012.

    Args:
        sums: (..., 3, b) see the module.
        n: how many texts.
    """
    share, gap, count = _of_two_or_more(sums, n=n)
    accuracy = sums[..., 2, :] / np.where(count > 0, share, 1.0)
    noise = accuracy * (1 - accuracy) / np.where(count > 0, count - 1, 1.0)
    return np.asarray(np.where(count > 0, share * (gap**2 - noise), 0.0).sum(axis=-1))


def squared_error(sums: Float[np.ndarray, "*draws 3 b"], *, n: int) -> Float[np.ndarray, "*draws"]:
    """Squared calibration error with the noise of sampling left in, of the same bins as the debiased one.

    Args:
        sums: (..., 3, b) see the module.
        n: how many texts.
    """
    share, gap, count = _of_two_or_more(sums, n=n)
    return np.asarray(np.where(count > 0, share * gap**2, 0.0).sum(axis=-1))


def _of_two_or_more(
    sums: Float[np.ndarray, "*draws 3 b"], *, n: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Share, mean gap and count of each bin; a count of 0 where it has fewer than two texts."""
    share = sums[..., 0, :]
    count = np.rint(share * n)
    count = np.where(count >= 2, count, 0.0)
    return share, (sums[..., 1, :] - sums[..., 2, :]) / np.where(count > 0, share, 1.0), count
