"""A bin that somebody chose, as the address carries it: whose texts, of which class, between which ends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, cast

from trust_core.calibration.diagram import Claims
from trust_core.domain.arrays import BoolArray

_TOP = "top"


@dataclass(frozen=True, slots=True)
class ChosenBin:
    """The texts of which one model is so sure.

    It does not say how the bins were made, so it stays what it is when they are made anew.

    Attributes:
        of: whose confidence.
        of_class: index of the class whose probability counts; None for the predicted one.
        left, right: ends of the bin; the left one is outside, unless it is 0.
    """

    of: Literal["reference", "candidate"]
    of_class: int | None
    left: float
    right: float

    @property
    def address(self) -> str:
        """The bin as the address carries it."""
        target = _TOP if self.of_class is None else str(self.of_class)
        return f"{self.of}~{target}~{self.left!r}~{self.right!r}"

    def inside(self, claims: Claims) -> BoolArray:
        """Which of the texts lie in the bin."""
        above = claims.probability > self.left if self.left > 0 else claims.probability >= 0
        found: BoolArray = above & (claims.probability <= self.right)
        return found

    @property
    def span(self) -> str:
        """The ends in words."""
        digits = 2 if all(round(end, 2) == round(end, 6) for end in (self.left, self.right)) else 4
        return f"{self.left:.{digits}f} to {self.right:.{digits}f}"


def read_bin(address: str, classes: int) -> ChosenBin | None:
    """The bin that an address names; None for anything else: an address comes from anybody.

    Args:
        address: what the address carries.
        classes: how many classes there are.
    """
    parts = address.split("~")
    if len(parts) != 4 or parts[0] not in ("reference", "candidate"):
        return None
    if parts[1] != _TOP and parts[1] not in {str(index) for index in range(classes)}:
        return None
    try:
        left, right = float(parts[2]), float(parts[3])
    except ValueError:
        return None
    if not (math.isfinite(left) and math.isfinite(right) and 0 <= left < right <= 1):
        return None
    of = cast("Literal['reference', 'candidate']", parts[0])
    return ChosenBin(of, None if parts[1] == _TOP else int(parts[1]), left, right)
