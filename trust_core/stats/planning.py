"""How many texts a margin needs, and which margin a number of texts can settle, before anything is measured.

A measure is called equivalent when its 90 % interval lies inside the margin. The figures here are those at
which that happens with probability `POWER`, if truth and spread are as assumed: normal approximations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from scipy.special import ndtri

from trust_core.domain.measures import MIN_TEXTS, TEST_LEVEL
from trust_core.stats.equivalence import MOST_TEXTS, MarginKind

POWER: Final = 0.9
"""Probability that a measure whose truth is as assumed is called equivalent."""

_Z: Final = float(ndtri((1 + TEST_LEVEL) / 2))
"""Quantile of each of the two one-sided tests."""

_LEAST: Final = 1e-9
"""Margins are told apart to here."""


@dataclass(frozen=True, slots=True)
class Assumed:
    """What is assumed of a measure.

    Attributes:
        kind: what its margin bounds.
        truth: its true value.
        spread: standard deviation over texts; of a rate it follows from the truth and is not read.
        rate: whether it is a rate, whose interval is Wilson's.
    """

    kind: MarginKind
    truth: float
    spread: float
    rate: bool = False


def texts_needed(assumed: Assumed, margin: float, *, power: float = POWER) -> int | None:
    """How many texts make it likely that a measure is called equivalent.

    A difference is tested on both sides: n = ((z + z') s / (margin - |truth|))^2, with z of each test at 5 %
    and z' that of (1 + power) / 2 where the truth is 0, else of power. What is bounded from one side:
    likewise with z' of power. A rate: n = ((z sqrt(m (1 - m)) + z' sqrt(f (1 - f))) / (m - f))^2 for the
    margin m and the truth f, as Wilson's interval is the test at the margin.

    Args:
        assumed: truth and spread.
        margin: the margin, or the floor of a similarity.
        power: probability that it is called equivalent.

    Returns:
        At least 20; None where the truth does not lie inside the margin, or for more than a million.
    """
    room = _room(assumed, margin)
    if room <= 0:
        return None
    beyond = _beyond(assumed, power)
    if assumed.rate:
        needed = (
            _Z * math.sqrt(margin * (1 - margin)) + beyond * math.sqrt(assumed.truth * (1 - assumed.truth))
        ) ** 2 / room**2
    else:
        needed = ((_Z + beyond) * assumed.spread / room) ** 2
    return None if needed > MOST_TEXTS else max(MIN_TEXTS, math.ceil(needed * (1 - 1e-12)))


def smallest_margin(assumed: Assumed, n: int, *, power: float = POWER) -> float:
    """The tightest margin, or the highest floor, that n texts settle with this probability.

    Args:
        assumed: truth and spread.
        n: texts, at least 1.
        power: probability that the measure is called equivalent.

    Returns:
        A margin from the truth on; of a rate at most 1.
    """
    if not assumed.rate:
        reach = (_Z + _beyond(assumed, power)) * assumed.spread / math.sqrt(n)
        if assumed.kind == "similarity":
            return assumed.truth - reach
        sided = {"difference": abs(assumed.truth), "loss": -assumed.truth}.get(assumed.kind, assumed.truth)
        return sided + reach
    low, high = assumed.truth, 1.0
    while high - low > _LEAST:
        middle = (low + high) / 2
        needed = texts_needed(assumed, middle, power=power)
        low, high = (low, middle) if needed is not None and needed <= max(n, MIN_TEXTS) else (middle, high)
    return high


def _room(assumed: Assumed, margin: float) -> float:
    """How far the truth lies inside the margin."""
    if assumed.kind == "similarity":
        return assumed.truth - margin
    if assumed.kind == "loss":
        return assumed.truth + margin
    return margin - (abs(assumed.truth) if assumed.kind == "difference" else assumed.truth)


def _beyond(assumed: Assumed, power: float) -> float:
    """The quantile by which the estimate must stay inside, to be called equivalent that often."""
    both_sides = assumed.kind == "difference" and assumed.truth == 0
    return float(ndtri((1 + power) / 2 if both_sides else power))
