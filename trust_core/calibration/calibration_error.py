"""Binned calibration errors, as functions of what lies in the bins.

Every function takes `sums` of shape (..., 3, b): per bin the share of texts, their summed confidence and
their summed correctness, the last two divided by the number n of all texts. Leading axes are resamples.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

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
    share = sums[..., 0, :]
    count = np.rint(share * n)
    used = count >= 2
    safe = np.where(used, share, 1.0)
    accuracy = sums[..., 2, :] / safe
    gap = (sums[..., 1, :] - sums[..., 2, :]) / safe
    noise = accuracy * (1 - accuracy) / np.where(used, count - 1, 1.0)
    return np.asarray(np.where(used, share * (gap**2 - noise), 0.0).sum(axis=-1))
