"""Numbers as a reader meets them: percent and points, signs, thousands."""

from __future__ import annotations

import math
import re
from typing import Final, Literal

Unit = Literal["percent", "points", "distance", "plain", "signed"]
"""How a figure is said: a share as percent, a difference of shares as signed points, a distance of shares
as points without a sign, a plain number, or a signed number."""

MINUS = "\u2212"


def spoken(value: float, unit: Unit, *, digits: int | None = None) -> str:
    """The number without its unit: 2.1 for a share of .021, +0.8 for a difference of .008, 0.82.

    Args:
        value: the figure, as measured.
        unit: how it is said.
        digits: decimals; None takes one for percent and points, three (two from .1 on) for the others.
    """
    if unit in ("percent", "points", "distance"):
        value = value * 100
        digits = 1 if digits is None else digits
    elif digits is None:
        digits = 2 if abs(value) >= 0.1 else 3
    text = f"{abs(value):.{digits}f}"
    zero = float(text) == 0
    if unit in ("points", "signed"):
        sign = "" if zero else ("+" if value > 0 else MINUS)
    else:
        sign = MINUS if value < 0 and not zero else ""
    return sign + text


def interval(low: float, high: float, unit: Unit) -> str:
    """Both limits and the unit: "1.2 to 3.4 %"."""
    # Both limits of a plain number get the digits of the smaller, so that they can be compared.
    digits = 3 if unit in ("plain", "signed") and min(abs(low), abs(high)) < 0.1 else None
    return f"{spoken(low, unit, digits=digits)} to {spoken(high, unit, digits=digits)}{suffix(unit)}"


def suffix(unit: Unit, *, one: bool = False) -> str:
    """The unit with the space before it, or nothing."""
    if unit in ("points", "distance"):
        return " point" if one else " points"
    return " %" if unit == "percent" else ""


def bound(margin: float, unit: Unit) -> str:
    """A margin as it was given, without digits that say nothing: "2 %", "1 point", "0.01"."""
    if unit in ("percent", "points", "distance"):
        text = f"{margin * 100:.4g}"
        return text + suffix(unit, one=text == "1")
    return f"{margin:.4g}"


def counted_up(texts: int) -> int:
    """A number of texts, rounded up to two significant digits: 1,400 for 1,312."""
    if texts < 100:
        return texts
    step: int = 10 ** (int(math.log10(texts)) - 1)
    return math.ceil(texts / step) * step


def count(texts: int) -> str:
    """A number of texts with two significant digits, thousands apart: "1,400"."""
    return f"{counted_up(texts):,}"


_NAMES: Final = frozenset(
    ("Bowker", "Brier", "Jaccard", "Jensen", "Kendall", "McNemar", "Ruzicka", "Spearman", "Stuart")
)


def in_sentence(title: str) -> str:
    """A title as it stands inside a sentence: "alignment of reasons", but "Brier score" and "ECE"."""
    first = re.split(r"\W", title, maxsplit=1)[0]
    keeps = first in _NAMES or any(letter.isupper() for letter in first[1:])
    return title if keeps else title[:1].lower() + title[1:]


def listed(parts: list[str]) -> str:
    """Words joined as in a sentence: "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + " and " + parts[-1]
