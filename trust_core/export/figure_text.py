"""A figure of the report in the digits and the unit that a reader expects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from trust_core.domain.measures import Setting
from trust_core.domain.report import MeasureRow
from trust_core.report.retraining import SAYS

MINUS = "\u2212"

NO_FIGURE = "\u2013"
"""What stands in a table where there is no figure."""


_PERCENT = ("share", "probability")

_DISTANCES: Final = "curve_distance"
"""Begins the keys of what lies between two shares: said in points, as differences are, but without a sign."""


_CHANGES: Final = frozenset({"keep_rate_change"})
"""Figures of the pair that are differences all the same, and carry their sign."""


@dataclass(frozen=True, slots=True)
class FigureText:
    """A figure in words.

    Attributes:
        value: the value with its unit, or "not measured".
        detail: the interval and n, "exact", or the reason and what it needs.
        retraining: the twin's figure and whether this one lies within or beyond it; empty without a twin.
    """

    value: str
    detail: str
    retraining: str = ""


def figure_text(row: MeasureRow) -> FigureText:
    """The figure of a row; a difference always carries its sign."""
    if row.not_measured is not None:
        reason, needs = row.not_measured.rstrip("."), (row.needs or "").rstrip(".")
        return FigureText("not measured", f"{reason}; needs {needs}" if needs else reason)
    value = 0.0 if row.value is None else row.value
    signed = row.of == "difference" or row.key in _CHANGES
    points = in_points(row)
    beside = _retraining(row)
    if row.low is None or row.high is None or row.level is None:
        return FigureText(number(value, row.unit, signed=signed, points=points), "exact", beside)
    # The three share their digits, so that they can be compared.
    scale = max(abs(value), abs(row.low), abs(row.high))
    low = _bare(row.low, row.unit, signed=signed, scale=scale)
    high = number(row.high, row.unit, signed=signed, scale=scale, points=points)
    return FigureText(
        number(value, row.unit, signed=signed, scale=scale, points=points),
        f"{row.level * 100:.0f} % interval {low} to {high}, n\u00a0=\u00a0{row.n:,}",
        beside,
    )


def duration(seconds: float) -> str:
    """A time in the words of a person: 40 s, 3 min, 2 h 05 min."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"


def _retraining(row: MeasureRow) -> str:
    """The twin's figure beside a row's."""
    twin = row.twin
    if twin is None:
        return ""
    of_twin = figure_text(
        MeasureRow(
            key=row.key,
            of=row.of,
            unit=row.unit,
            value=twin.value,
            low=twin.low,
            high=twin.high,
            level=twin.level,
            n=twin.n,
        )
    )
    return f"{SAYS[twin.says]}: {of_twin.value} ({of_twin.detail})"


def in_points(row: MeasureRow) -> bool:
    """Whether a figure of shares is said in percentage points: differences, and distances between shares."""
    return row.of == "difference" or row.key in _CHANGES or row.key.startswith(_DISTANCES)


def number(
    value: float, unit: str, *, signed: bool = False, scale: float | None = None, points: bool = False
) -> str:
    """A value with its unit; shares and probabilities as percent, what lies between two of them as points.

    Args:
        value: the value.
        unit: its unit in the catalogue.
        signed: whether it is a difference.
        scale: the size that decides on the digits; None takes the value's own.
        points: whether shares and probabilities are said in points, as every difference is.
    """
    suffix = unit
    if unit in _PERCENT:
        suffix = "points" if signed or points else "%"
    bare = _bare(value, unit, signed=signed, scale=scale)
    return f"{bare} {suffix}" if suffix else bare


def _bare(value: float, unit: str, *, signed: bool, scale: float | None = None) -> str:
    """The digits with their sign."""
    factor = 100 if unit in _PERCENT else 1
    scaled = value * factor
    size = abs(scaled) if scale is None else scale * factor
    digits = _digits(abs(scaled), size, percent=factor == 100)
    zero = not any(c in "123456789" for c in digits.split("e", maxsplit=1)[0])
    if scaled < 0 and not zero:
        return MINUS + digits
    return f"+{digits}" if signed and not zero else digits


def _digits(value: float, size: float, *, percent: bool) -> str:
    """Decimals by the size of the figure: three below 10, one below 1000, none for counts."""
    if value.is_integer() and size >= 1 and not percent:
        return f"{value:,.0f}"
    if 0 < size < (0.1 if percent else 0.001):
        return f"{value:.1e}" if not percent else f"{value:.3f}"
    if percent:
        return f"{value:.1f}"
    return f"{value:,.0f}" if size >= 1000 else f"{value:.{1 if size >= 10 else 3}f}"


def settings_text(row: MeasureRow) -> str:
    """What a figure was computed with, in a few words."""
    return ", ".join(_setting(name, value) for name, value in row.settings.items())


def _setting(name: str, value: Setting) -> str:
    if name in ("binning", "explainer"):
        return str(value)
    if name == "bins":
        return f"{value} bins"
    if name == "edges":
        return f"{value} edges"
    return f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
