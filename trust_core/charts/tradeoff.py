"""What a candidate keeps against what it saves: trust on one axis, size or latency on the other."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from trust_core.charts.table import Table
from trust_core.charts.theme import SYMBOLS, Theme, framed, plain
from trust_core.domain.report import Status

_SAID: dict[Status, str] = {
    "equivalent": "equivalent",
    "different": "different",
    "inconclusive": "not settled",
    "not_measured": "not measured",
    "information": "reference",
}


_ROOM = 1.3
"""The axis of costs ends so many times farther than the largest: names need room."""

_LONGEST_NAME = 24

_WIDTH, _HEIGHT = 800.0, 260.0
"""Of the plot, in pixels, at its usual size."""

_LETTER, _LINE, _MARKER = 7.0, 16.0, 7.0
"""Width of a letter, height of a line, half the width of a marker; in pixels."""

_Box = tuple[float, float, float, float]

FRONT = "no other is both cheaper and nearer"
"""Name of the line through the Pareto front."""


@dataclass(frozen=True, slots=True)
class TradeoffPoint:
    """One model.

    Attributes:
        name: its name.
        status: its verdict; `information` for the reference.
        cost: size or latency, in the axis' unit, above 0.
        value: the figure of trust.
        low, high: its interval; None where the figure is exact, as for the reference.
        said: the figure with its interval in words.
        spent: the cost in words, with its interval or `exact`.
    """

    name: str
    status: Status
    cost: float
    value: float
    low: float | None
    high: float | None
    said: str
    spent: str


@dataclass(frozen=True, slots=True)
class TradeoffAxes:
    """The two axes.

    Attributes:
        cost, unit: what a model costs, and in which unit.
        value: the figure of trust.
        margin: where its margin lies, if it has one.
        best: the value of the reference itself.
    """

    cost: str
    unit: str
    value: str
    margin: float | None = None
    best: float = 1.0


def pareto_front(points: tuple[TradeoffPoint, ...], axes: TradeoffAxes) -> tuple[TradeoffPoint, ...]:
    """The models that no other one beats at cost and trust both, the cheapest first."""

    def far(point: TradeoffPoint) -> float:
        return abs(point.value - axes.best)

    front: list[TradeoffPoint] = []
    for point in sorted(points, key=lambda one: (one.cost, far(one))):
        if not front or far(point) < far(front[-1]):
            front.append(point)
    return tuple(front)


def sides_of_names(points: tuple[TradeoffPoint, ...]) -> tuple[str, ...]:
    """Where each name stands beside its marker, so that names of models that lie close are read apart.

    One after the other takes the side on which it covers least of the markers and of the names before it, the
    side with more room first. Sizes are those of a chart of usual width.

    Returns:
        plotly's text positions, in the order of the points.
    """
    most = max((point.cost for point in points), default=1.0)
    values = [point.value for point in points]
    spread = (max(values) - min(values) or 1.0) if values else 1.0
    places = [
        (point.cost / (_ROOM * most) * _WIDTH, (point.value - min(values)) / spread * _HEIGHT)
        for point in points
    ]
    taken = [(x - _MARKER, y - _MARKER, x + _MARKER, y + _MARKER) for x, y in places]
    found = []
    for point, (x, y) in zip(points, places, strict=True):
        long = _LETTER * min(len(point.name), _LONGEST_NAME)
        sides = ("left", "right") if point.cost > 0.5 * most else ("right", "left")
        boxes = {
            f"{level} {side}": _box(x, y, long, level=level, side=side)
            for level in ("top", "bottom", "middle")
            for side in sides
        }
        name = min(boxes, key=lambda one: sum(_shared(boxes[one], other) for other in taken))
        taken.append(boxes[name])
        found.append(name)
    return tuple(found)


def _box(x: float, y: float, long: float, *, level: str, side: str) -> _Box:
    """What a name covers on this side of its marker, in pixels: left, low, right, high."""
    left = x - _MARKER - long if side == "left" else x + _MARKER
    middle = y + {"top": 1, "middle": 0, "bottom": -1}[level] * (_MARKER + _LINE / 2)
    return left, middle - _LINE / 2, left + long, middle + _LINE / 2


def _shared(one: _Box, other: _Box) -> float:
    """The area that both cover."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, wide) * max(0.0, high)


def tradeoff(points: tuple[TradeoffPoint, ...], axes: TradeoffAxes, *, theme: Theme) -> go.Figure:
    """One marker a model with its interval; shape and colour say the verdict, a dashed line the margin."""
    figure = go.Figure()
    most = max((point.cost for point in points), default=1.0)
    side_of = dict(zip(points, sides_of_names(points), strict=True))
    statuses = list(dict.fromkeys(point.status for point in points))
    for status in statuses:
        chosen = [point for point in points if point.status == status]
        colour = theme.ink if status == "information" else theme.status(status)
        figure.add_scatter(
            x=[point.cost for point in chosen],
            y=[point.value for point in chosen],
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [0.0 if point.high is None else point.high - point.value for point in chosen],
                "arrayminus": [0.0 if point.low is None else point.value - point.low for point in chosen],
                "color": colour,
                "thickness": 1.5,
            },
            mode="markers+text",
            name=_SAID[status],
            text=[plain(point.name, longest=_LONGEST_NAME) for point in chosen],
            textposition=[side_of[point] for point in chosen],
            cliponaxis=False,
            marker={"symbol": SYMBOLS[status], "size": 12, "color": colour, "line": {"width": 2}},
            customdata=[[plain(point.name), plain(point.said, longest=200)] for point in chosen],
            hovertemplate=(
                f"%{{customdata[0]}}<br>%{{customdata[1]}}<br>%{{x:.4~g}} {plain(axes.unit)}"
                f"<extra>{_SAID[status]}</extra>"
            ),
        )
    front = pareto_front(points, axes)
    if len(front) > 1:
        figure.add_scatter(
            x=[point.cost for point in front],
            y=[point.value for point in front],
            mode="lines",
            name=FRONT,
            line={"color": theme.muted, "width": 1.5, "dash": "dot"},
            hoverinfo="skip",
        )
    if axes.margin is not None:
        figure.add_hline(y=axes.margin, line={"color": theme.muted, "width": 1.5, "dash": "dash"})
    return framed(
        figure,
        theme,
        height=380,
        xaxis={"title": {"text": f"{axes.cost}, {axes.unit}"}, "range": [0, _ROOM * most]},
        yaxis={"title": {"text": axes.value}},
    )


def tradeoff_alt(points: tuple[TradeoffPoint, ...], axes: TradeoffAxes) -> str:
    """The chart in a sentence."""
    if not points:
        return "No model has both figures."
    said = [f"{point.name} {point.cost:.4g} {axes.unit}, {point.said}" for point in points]
    front = ", ".join(point.name for point in pareto_front(points, axes))
    return f"{axes.value} against {axes.cost.lower()}: " + "; ".join(said) + f". Pareto front: {front}."


def tradeoff_table(points: tuple[TradeoffPoint, ...], axes: TradeoffAxes) -> Table:
    """The chart's data: one row a model."""
    return Table(
        ("model", "verdict", axes.cost, axes.value, "Pareto front"),
        tuple(
            (
                point.name,
                _SAID[point.status],
                point.spent,
                point.said,
                "yes" if point in pareto_front(points, axes) else "no",
            )
            for point in points
        ),
    )
