"""Several tests at once."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from trust_core.domain.arrays import FloatArray


def holm(p_values: Float[np.ndarray, " m"]) -> Float[np.ndarray, " m"]:
    """Holm's adjusted p-values: rejecting those <= alpha errs anywhere with at most that chance (Holm 1979).

    Returns:
        (m,) adjusted p-values in the order given. Agrees with statsmodels' `multipletests(method="holm")`.
    """
    m = len(p_values)
    order = np.argsort(p_values, kind="stable")
    adjusted: FloatArray = np.empty(m)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p_values[order] * (m - np.arange(m))))
    return adjusted
