"""Arrays inside records: always float64 or int64, contiguous, and locked against writing."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def locked_floats(values: ArrayLike) -> FloatArray:
    """A read-only float64 copy of `values`."""
    array = np.array(values, dtype=np.float64, order="C")
    array.setflags(write=False)
    return array


def locked_ints(values: ArrayLike) -> IntArray:
    """A read-only int64 copy of `values`."""
    array = np.array(values, dtype=np.int64, order="C")
    array.setflags(write=False)
    return array


def locked_bools(values: ArrayLike) -> BoolArray:
    """A read-only boolean copy of `values`."""
    array = np.array(values, dtype=np.bool_, order="C")
    array.setflags(write=False)
    return array
