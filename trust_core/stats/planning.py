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
        rate: whether it is a rate, whose interval is Wilson's; of a `difference`, whether it is one of two
            paired rates, whose interval is Bonett and Price's.
    """

    kind: MarginKind
    truth: float
    spread: float
    rate: bool = False


def texts_needed(assumed: Assumed, margin: float, *, power: float = POWER) -> int | None:
    """How many texts make it likely that a measure is called equivalent.

    A difference is tested on both sides: n = ((z + z') s / (margin - |truth|))^2, with z of each test at 5 %
    and z' that of (1 + power) / 2 where the truth is 0, else of power. What is bounded from one side:
    likewise with z' of power. A rate: ((z sqrt(m (1 - m)) + z' sqrt(f (1 - f))) / (m - f))^2 + 1 / (m - f)
    with margin m and truth f, as Wilson's interval is the test at the margin; the last term allows for
    counts that are whole (Fleiss, Tytun and Ury 1980). A difference of paired rates: 2 / s^2 more, for the
    text lost and the text gained that its interval imagines.

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
    if assumed.rate and assumed.kind != "difference":
        needed = (
            _Z * math.sqrt(margin * (1 - margin)) + beyond * math.sqrt(assumed.truth * (1 - assumed.truth))
        ) ** 2 / room**2 + 1 / room
    else:
        needed = ((_Z + beyond) * assumed.spread / room) ** 2 + _imagined(assumed)
    return None if needed > MOST_TEXTS else max(MIN_TEXTS, math.ceil(needed * (1 - 1e-12)))


def lies_inside(assumed: Assumed, margin: float) -> bool:
    """Whether the truth lies inside the margin, so that some number of texts settles the measure."""
    return _room(assumed, margin) > 0


def smallest_margin(assumed: Assumed, n: int, *, power: float = POWER) -> float:
    """The tightest margin, or the highest floor, that n texts settle with this probability.

    Args:
        assumed: truth and spread.
        n: texts, at least 1.
        power: probability that the measure is called equivalent.

    Returns:
        A margin from the truth on; of a rate at most 1.
    """
    if not assumed.rate or assumed.kind == "difference":
        seen = max(n - _imagined(assumed), 1.0)
        reach = (_Z + _beyond(assumed, power)) * assumed.spread / math.sqrt(seen)
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


def _imagined(assumed: Assumed) -> float:
    """Texts by which the two imagined ones of Bonett and Price's interval have to be outweighed."""
    return 2 / assumed.spread**2 if assumed.rate else 0.0


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
