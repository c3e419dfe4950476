"""Alignment of reasons on its scale: chance, the floor, candidate, twin, the reference with itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import plotly.graph_objects as go

from trust_core.charts.table import Table
from trust_core.charts.theme import Theme, framed, plain

Kind = Literal["candidate", "ceiling", "twin"]

_SAID: Final[dict[Kind, str]] = {
    "candidate": "candidate",
    "ceiling": "reference, explained again with other seeds",
    "twin": "twin: the reference trained again",
}
_SYMBOLS: Final[dict[Kind, str]] = {"candidate": "diamond", "ceiling": "circle-open", "twin": "square-open"}


@dataclass(frozen=True, slots=True)
class ScaleRow:
    """One figure on the scale.

    Attributes:
        explainer: as it is called.
        kind: the candidate; the ceiling: the reference against itself; or the reference's twin.
        value: S.
        low, high: its interval; None where it is exact.
        n: texts; None where it is exact.
    """

    explainer: str
    kind: Kind
    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None

    @property
    def said(self) -> str:
        """The figure in words."""
        if self.low is None or self.high is None:
            return f"{self.value:.2f}, exact"
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f}), {self.n:,} texts"


def alignment_scale(rows: tuple[ScaleRow, ...], floor: float, *, theme: Theme) -> go.Figure:
    """Each figure with its interval from chance (0) to identity (1); the zone above the floor is shaded."""
    figure = go.Figure()
    places = list(range(len(rows)))[::-1]
    for kind in dict.fromkeys(row.kind for row in rows):
        chosen = [(row, place) for row, place in zip(rows, places, strict=True) if row.kind == kind]
        colour = theme.candidate if kind == "candidate" else theme.reference
        figure.add_scatter(
            x=[row.value for row, _ in chosen],
            y=[place for _, place in chosen],
            mode="markers",
            name=_SAID[kind],
            marker={
                "symbol": _SYMBOLS[kind],
                "size": 13,
                "color": colour,
                "line": {"width": 2, "color": colour},
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [0.0 if row.high is None else max(0.0, row.high - row.value) for row, _ in chosen],
                "arrayminus": [
                    0.0 if row.low is None else max(0.0, row.value - row.low) for row, _ in chosen
                ],
                "color": colour,
                "thickness": 3,
                "width": 6,
            },
            customdata=[[plain(row.explainer), row.said] for row, _ in chosen],
            hovertemplate=f"%{{customdata[0]}}: %{{customdata[1]}}<extra>{_SAID[kind]}</extra>",
        )
    ends = [limit for row in rows for limit in (row.low, row.value, row.high) if limit is not None]
    left, right = min([-0.05, *(end - 0.05 for end in ends)]), max([1.08, *(end + 0.05 for end in ends)])
    figure.add_shape(
        type="rect",
        x0=floor,
        x1=right,
        y0=0,
        y1=1,
        yref="paper",
        fillcolor=theme.zone,
        line_width=0,
        layer="below",
    )
    for at, text in ((0.0, "chance"), (floor, "floor"), (1.0, "itself")):
        figure.add_vline(
            x=at, line={"color": theme.muted, "width": 1, "dash": "dash" if text == "floor" else "dot"}
        )
        figure.add_annotation(
            x=at, y=1, yref="paper", yanchor="bottom", text=text, showarrow=False, font={"color": theme.muted}
        )
    figure = framed(
        figure,
        theme,
        height=180 + 46 * max(1, len(rows)),
        xaxis={"title": {"text": "alignment of reasons, S"}, "range": [left, right], "dtick": 0.25},
        yaxis={
            "tickvals": places,
            "ticktext": [plain(row.explainer) for row in rows],
            "range": [-0.6, len(rows) - 0.4],
            "automargin": True,
            "showgrid": False,
        },
    )
    figure.update_layout(
        legend={"orientation": "h", "x": 0, "y": 0.0, "yref": "container", "yanchor": "bottom"},
        margin={"t": 28, "b": 134},
    )
    return figure


def scale_alt(rows: tuple[ScaleRow, ...], floor: float) -> str:
    """The chart in a sentence."""
    if not rows:
        return "The alignment of reasons was not measured."
    said = [f"{row.explainer}, {_SAID[row.kind]}: {row.said}" for row in rows]
    return f"Alignment of reasons against a floor of {floor:g}: " + "; ".join(said) + "."


def scale_table(rows: tuple[ScaleRow, ...]) -> Table:
    """The chart's data: one row a figure."""
    return Table(
        ("explainer", "compared with the reference", "alignment (95 % interval)"),
        tuple((row.explainer, _SAID[row.kind], row.said) for row in rows),
    )
