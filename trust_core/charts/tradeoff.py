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


def tradeoff(points: tuple[TradeoffPoint, ...], axes: TradeoffAxes, *, theme: Theme) -> go.Figure:
    """One marker a model with its interval; shape and colour say the verdict, a dashed line the margin."""
    figure = go.Figure()
    most = max((point.cost for point in points), default=1.0)
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
            text=[plain(point.name, longest=24) for point in chosen],
            # A name goes to the side that has room for it.
            textposition=["top left" if point.cost > 0.5 * most else "top right" for point in chosen],
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
        xaxis={"title": {"text": f"{axes.cost}, {axes.unit}"}, "range": [0, 1.3 * most]},
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
