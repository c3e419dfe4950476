"""A figure of the report in the digits and the unit that a reader expects."""

from __future__ import annotations

from dataclasses import dataclass

from trust_core.domain.report import MeasureRow

MINUS = "\u2212"

NO_FIGURE = "\u2013"
"""What stands in a table where there is no figure."""


@dataclass(frozen=True, slots=True)
class FigureText:
    """A figure in words.

    Attributes:
        value: the value with its unit, or "not measured".
        detail: the interval and n, "exact", or the reason and what it needs.
    """

    value: str
    detail: str


def figure_text(row: MeasureRow) -> FigureText:
    """The figure of a row; a difference always carries its sign."""
    if row.not_measured is not None:
        reason, needs = row.not_measured.rstrip("."), (row.needs or "").rstrip(".")
        return FigureText("not measured", f"{reason}; needs {needs}" if needs else reason)
    value = 0.0 if row.value is None else row.value
    signed = row.of == "difference"
    if row.low is None or row.high is None or row.level is None:
        return FigureText(number(value, row.unit, signed=signed), "exact")
    limits = f"{_bare(row.low, row.unit, signed=signed)} to {number(row.high, row.unit, signed=signed)}"
    return FigureText(
        number(value, row.unit, signed=signed), f"{row.level * 100:.0f} % interval {limits}, n = {row.n:,}"
    )


def number(value: float, unit: str, *, signed: bool = False) -> str:
    """A value with its unit; shares and probabilities as percent, their differences as points."""
    suffix = unit
    if unit in ("share", "probability"):
        suffix = "points" if signed else "%"
    bare = _bare(value, unit, signed=signed)
    return f"{bare} {suffix}" if suffix else bare


def _bare(value: float, unit: str, *, signed: bool) -> str:
    """The digits with their sign."""
    scaled = value * 100 if unit in ("share", "probability") else value
    size = abs(scaled)
    if unit in ("share", "probability"):
        digits = f"{size:.1f}" if size >= 0.1 or size == 0 else f"{size:.2g}"
    elif size >= 1000 or (size >= 10 and float(scaled).is_integer()):
        digits = f"{size:,.0f}"
    elif unit in ("texts", "words") and float(scaled).is_integer():
        digits = f"{size:.0f}"
    elif size >= 10:
        digits = f"{size:.1f}"
    elif size >= 0.001 or size == 0:
        digits = f"{size:.3f}"
    else:
        digits = f"{size:.1e}"
    zero = not any(c in "123456789" for c in digits.split("e", maxsplit=1)[0])
    if scaled < 0 and not zero:
        return MINUS + digits
    return f"+{digits}" if signed and not zero else digits


def settings_text(row: MeasureRow) -> str:
    """What a figure was computed with, in a few words."""
    return ", ".join(_setting(name, value) for name, value in row.settings.items())


def _setting(name: str, value: str | float) -> str:
    if name in ("binning", "explainer"):
        return str(value)
    if name == "bins":
        return f"{value} bins"
    if name == "edges":
        return f"{value} edges"
    return f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
