"""What explainers ask the pool for, and what they get.

An explainer is a generator over one text: it yields `MaskRequest`s, is sent the probabilities
of each, and returns an `Explanation`. It never sees a model. The pool runs many of them at once.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from trust_core.domain.arrays import BoolArray, FloatArray, locked_bools
from trust_core.domain.attributions import Explanation


@dataclass(frozen=True, slots=True)
class MaskRequest:
    """Masked versions of one text whose probabilities are wanted.

    Attributes:
        keep: (s, w) True where a word stays. Duplicate rows are allowed: the pool runs them once.
    """

    keep: BoolArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "keep", locked_bools(self.keep))
        if self.keep.ndim != 2:
            raise ValueError(f"a mask request needs an (s, w) array, not one of shape {self.keep.shape}")


Explaining = Generator[MaskRequest, FloatArray, Explanation]
"""A running explainer: yields masks (s, w), is sent probabilities (s, k), returns the explanation."""
