"""Memory that is free goes back to the system."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """Give the system what malloc holds for later.

    Batches of many shapes leave holes of many sizes behind, and the process would grow with the texts,
    though nothing is kept of them. Only glibc can; elsewhere nothing happens.
    """
    _trim()(0)


@cache
def _trim() -> Callable[[int], object]:
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return _nothing if trim is None else trim


def _nothing(pad: int) -> None:
    del pad
