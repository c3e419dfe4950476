"""Numbers in groups of about equal size: lengths, shares and columns of the data."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from jaxtyping import Float

from trust_core.domain.arrays import BoolArray, FloatArray

GROUPS: Final = 4
"""Groups that numbers are cut into, of about equal size."""

FEW_NUMBERS: Final = 8
"""A column of so many different numbers or fewer is taken as it is: star ratings, counts of annotators."""

NO_NUMBER: Final = "(no number)"
"""The texts that a column of numbers says nothing about."""

_MISSING: Final = frozenset({"", "-", "?", "n/a", "na", "nan", "none", "null"})
"""What stands in a column of numbers, in small letters, where there is none."""

_LONGEST_NUMBER: Final = 13
"""Longer ones are written with an exponent."""

_MOST_DIGITS: Final = 17
"""So many tell any two different numbers apart."""


def as_numbers(values: Sequence[str]) -> FloatArray | None:
    """A column as numbers, NaN where a cell is empty; None where one is something else, or all are empty."""
    try:
        numbers = np.array(
            [np.nan if value.lower() in _MISSING else float(value) for value in values], dtype=np.float64
        )
    except ValueError:
        return None
    return None if np.isinf(numbers).any() or np.isnan(numbers).all() else numbers


def number_groups(
    values: Float[np.ndarray, " n"], *, unit: str = "", whole: bool = False
) -> list[tuple[str, BoolArray]]:
    """Up to four groups of about equal size, and one of what has no number; equal values stay together.

    Args:
        values: (n,) one number a text, NaN where there is none.
        unit: what is counted, for the names.
        whole: whether all are whole numbers.

    Returns:
        (name, (n,) whether a text belongs to it) of each group in order; nothing where all are alike.
    """
    known = ~np.isnan(values)
    groups = _quarters(values[known], unit, whole=whole)
    if known.all():
        return groups
    spread = []
    for name, inside in groups or [("with a number", known[known])]:
        rows = np.zeros(len(values), dtype=np.bool_)
        rows[known] = inside
        spread.append((name, rows))
    return [*spread, (NO_NUMBER, ~known)]


def _quarters(values: FloatArray, unit: str, *, whole: bool) -> list[tuple[str, BoolArray]]:
    edges = np.unique(np.quantile(values, np.linspace(0, 1, GROUPS + 1)))
    if whole:
        edges = np.unique(np.round(edges))
    if len(edges) < 2:
        return []
    digits = _digits_to_tell_apart(edges)
    if len(edges) == 2:
        # Quartiles fall together: the value that most texts have, an observed one, and the others.
        common = float(np.quantile(values, 0.5, method="lower"))
        alike = values == common
        return [(_of_unit(f"{common:.{digits}g}", unit), alike), ("other", ~alike)]
    at = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    last = len(edges) - 2
    groups = []
    for index, (low, high) in enumerate(pairwise(edges.tolist())):
        rows = at == index
        if not rows.any():
            continue
        if whole:
            end = high if index == last else high - 1
            name = f"{low:g}" if low == end else f"{low:g} to {end:g}"
        else:
            name = f"{low:.{digits}g} to {'' if index == last else 'below '}{high:.{digits}g}"
        groups.append((_of_unit(name, unit), rows))
    return groups


def _of_unit(number: str, unit: str) -> str:
    return f"{number} {unit.removesuffix('s') if number == '1' else unit}".strip()


def _digits_to_tell_apart(edges: FloatArray) -> int:
    """Digits with which numbers are written in full up to a million million, and no two look the same."""
    longest = len(f"{np.abs(edges).max():.0f}")
    digits = max(3, longest) if longest <= _LONGEST_NUMBER else 3
    while digits < _MOST_DIGITS and len({f"{edge:.{digits}g}" for edge in edges.tolist()}) < len(edges):
        digits += 1
    return digits
