"""Forest plot of a verdict: each test's interval over the shaded zone of equivalence."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass

import plotly.graph_objects as go

from trust_core.charts.table import Table
from trust_core.charts.theme import SYMBOLS, Theme, framed, plain
from trust_core.domain.report import Status

_WIDEST = 5.0
"""Axis limit, in margins; what lies beyond is drawn at the edge with an arrow."""

GOES_ON = "goes on"
"""Name of the arrows at the ends of intervals that are longer than the axis."""

CAPTION = (
    "Each line is a 90 % interval. Inside the shaded zone: equivalent (circle). Wholly outside: different "
    "(square). Across its edge: not settled (open diamond). An arrow at the edge: the interval, or the "
    "estimate itself, goes on beyond the axis."
)
"""How the plot is read; whoever shows it puts this beside it."""

_WORDS: dict[Status, str] = {
    "equivalent": "within the margin",
    "different": "beyond the margin",
    "inconclusive": "not settled",
    "not_measured": "not measured",
    "information": "information",
}


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One test on the common axis.

    Attributes:
        label: what was tested.
        said: estimate and interval in words.
        margin: the margin in words.
        sentence: all of it as a sentence.
        status: the outcome.
        interval: (low, estimate, high) in units of the margin, or None where there is none.
        n: texts that it rests on; None where nothing was measured.
    """

    label: str
    said: str
    margin: str
    sentence: str
    status: Status
    interval: tuple[float, float, float] | None
    n: int | None = None


def forest_plot(rows: tuple[ForestRow, ...], *, theme: Theme) -> go.Figure:
    """Intervals of all tests in units of their margins, so that one zone from -1 to 1 serves them all.

    A point's shape says the outcome: circle within the margin, square beyond it, open diamond not settled.
    """
    figure = go.Figure()
    places = list(range(len(rows)))[::-1]
    reach = _reach(rows)
    statuses: tuple[Status, ...] = ("equivalent", "inconclusive", "different")
    for status in statuses:
        drawn = [
            (row, row.interval, place)
            for row, place in zip(rows, places, strict=True)
            if row.status == status and row.interval is not None
        ]
        if not drawn:
            continue
        colour = theme.status(status)
        middles = [_clipped(interval[1], reach) for _, interval, _ in drawn]
        figure.add_scatter(
            x=middles,
            y=[place for _, _, place in drawn],
            mode="markers",
            name=_WORDS[status],
            marker={
                "symbol": [_symbol(interval[1], reach, status) for _, interval, _ in drawn],
                "size": 12,
                "color": colour,
                "line": {"width": 2, "color": colour},
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [
                    max(0.0, _end(interval[2], reach) - middle)
                    for (_, interval, _), middle in zip(drawn, middles, strict=True)
                ],
                "arrayminus": [
                    max(0.0, middle - _end(interval[0], reach))
                    for (_, interval, _), middle in zip(drawn, middles, strict=True)
                ],
                "color": colour,
                "thickness": 3,
                "width": 6,
            },
            hovertext=[_wrapped(row.sentence) for row, _, _ in drawn],
            hovertemplate="%{hovertext}<extra></extra>",
        )
        _add_arrows(figure, [(interval, place) for _, interval, place in drawn], reach, colour)
    figure.add_shape(
        type="rect", x0=-1, x1=1, y0=0, y1=1, yref="paper", fillcolor=theme.zone, line_width=0, layer="below"
    )
    for edge in (-1, 1):
        figure.add_vline(x=edge, line={"color": theme.muted, "width": 1, "dash": "dash"})
    for row, place in zip(rows, places, strict=True):
        if row.interval is None:
            figure.add_annotation(
                x=0, y=place, text=_WORDS[row.status], showarrow=False, font={"color": theme.muted}
            )
    return framed(
        figure,
        theme,
        height=118 + 54 * max(1, len(rows)),
        xaxis={
            "title": {"text": "in margins", "font": {"size": 12}},
            "range": [-reach * 1.05, reach * 1.05],
            "tickvals": [-4, -1, 1, 4],
            "fixedrange": True,
        },
        yaxis={
            "tickvals": places,
            "ticktext": [
                f"{plain(row.label)}<br><span style='font-size:11px'>{plain(row.said)}</span>" for row in rows
            ],
            "range": [-0.6, len(rows) - 0.4],
            "automargin": True,
            "showgrid": False,
            "fixedrange": True,
        },
    )


def _reach(rows: tuple[ForestRow, ...]) -> float:
    """How far the axis goes to both sides."""
    ends = [abs(limit) for row in rows if row.interval is not None for limit in row.interval]
    return min(_WIDEST, max([1.5, *ends]))


def _clipped(value: float, reach: float) -> float:
    return max(-reach, min(reach, value))


def _end(limit: float, reach: float) -> float:
    """Where an interval's line ends: one that goes on is drawn past the frame, so that no cap closes it."""
    return limit if abs(limit) <= reach else math.copysign(2 * reach, limit)


def _add_arrows(
    figure: go.Figure, drawn: list[tuple[tuple[float, float, float], int]], reach: float, colour: str
) -> None:
    """An arrow wherever an interval goes on beyond the axis and no arrow stands for its estimate there."""
    arrows = [
        (math.copysign(reach, end), place)
        for (low, middle, high), place in drawn
        for end in (low, high)
        if abs(end) > reach and (abs(middle) <= reach or end * middle < 0)
    ]
    if arrows:
        figure.add_scatter(
            x=[x for x, _ in arrows],
            y=[place for _, place in arrows],
            mode="markers",
            name=GOES_ON,
            showlegend=False,
            hoverinfo="skip",
            marker={
                "symbol": ["triangle-right" if x > 0 else "triangle-left" for x, _ in arrows],
                "size": 11,
                "color": colour,
            },
        )


def _symbol(estimate: float, reach: float, status: Status) -> str:
    """The outcome's marker, or an arrow where the estimate lies beyond the axis."""
    if abs(estimate) <= reach:
        return SYMBOLS[status]
    return "triangle-right" if estimate > 0 else "triangle-left"


def _wrapped(sentence: str) -> str:
    return "<br>".join(plain(line, longest=80) for line in textwrap.wrap(sentence, 60))


def forest_alt(rows: tuple[ForestRow, ...]) -> str:
    """The plot in a sentence."""
    parts = []
    for status, words in _WORDS.items():
        labels = [row.label for row in rows if row.status == status]
        if labels:
            parts.append(f"{words}: {', '.join(labels)}")
    said = "; ".join(parts) or "no tests"
    return f"Intervals of each test against its margin. {said[0].upper()}{said[1:]}."


def forest_table(rows: tuple[ForestRow, ...]) -> Table:
    """The plot's data: one row a test; one that was not measured has its reason."""
    return Table(
        ("test", "estimate and 90 % interval", "n", "margin", "outcome"),
        tuple(
            (
                row.label,
                row.sentence if row.status == "not_measured" else row.said,
                "" if row.n is None else f"{row.n:,}",
                row.margin,
                _WORDS[row.status],
            )
            for row in rows
        ),
    )
