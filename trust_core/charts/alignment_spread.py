"""How the alignment of reasons is spread over texts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from trust_core.charts.table import Table
from trust_core.charts.theme import Theme, faded, framed, plain
from trust_core.domain.arrays import FloatArray, IntArray, locked_floats

_STEP = 0.1
_PATTERNS = ("", "/", ".", "x")


@dataclass(frozen=True, slots=True)
class Spread:
    """The alignment of n texts by one explainer.

    Attributes:
        explainer: as it is called.
        values: (n,) alignment of each text; 0 is chance, 1 the same words.
    """

    explainer: str
    values: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", locked_floats(self.values))

    def counts(self, edges: FloatArray) -> IntArray:
        """Texts between the edges; the last interval holds its right end."""
        found: IntArray = np.histogram(self.values, bins=edges)[0].astype(np.int64)
        return found


def spread_edges(spreads: tuple[Spread, ...]) -> FloatArray:
    """Edges of intervals of a tenth, from the lowest value of any explainer to 1."""
    lowest = min([0.0, *(float(one.values.min(initial=0.0)) for one in spreads)])
    first = int(np.floor(lowest / _STEP + 1e-9))
    return np.round(np.arange(first, 11) * _STEP, 10)


def alignment_spread(spreads: tuple[Spread, ...], *, theme: Theme) -> go.Figure:
    """Share of texts in every tenth of the alignment, explainers side by side."""
    figure = go.Figure()
    edges = spread_edges(spreads)
    for at, spread in enumerate(spreads):
        counts = spread.counts(edges)
        colour = theme.reference if at % 2 == 0 else theme.candidate
        figure.add_bar(
            x=((edges[:-1] + edges[1:]) / 2).tolist(),
            y=(counts / max(1, len(spread.values))).tolist(),
            name=plain(spread.explainer),
            marker={
                "color": faded(colour, 0.8),
                "line": {"width": 0},
                "pattern": {
                    "shape": _PATTERNS[at % len(_PATTERNS)],
                    "fgcolor": theme.paper,
                    "bgcolor": faded(colour, 0.8),
                    "size": 6,
                },
            },
            customdata=[
                [f"{left:.1f} to {right:.1f}", f"{count:,}"]
                for left, right, count in zip(edges[:-1], edges[1:], counts.tolist(), strict=True)
            ],
            hovertemplate=(
                f"{plain(spread.explainer)}, alignment %{{customdata[0]}}<br>%{{customdata[1]}} texts, "
                "%{y:.1%}<extra></extra>"
            ),
        )
    figure.add_vline(x=0, line={"color": theme.muted, "width": 1.5, "dash": "dot"})
    return framed(
        figure,
        theme,
        height=330,
        barmode="group",
        bargap=0.15,
        xaxis={
            "title": {"text": "alignment: 0 chance, 1 same words"},
            "dtick": 0.2,
        },
        yaxis={"title": {"text": "texts"}, "tickformat": ".0%"},
    )


def spread_alt(spreads: tuple[Spread, ...]) -> str:
    """The chart in a sentence."""
    said = [
        f"{one.explainer}: half of {len(one.values):,} texts have an alignment of at most "
        f"{np.median(one.values):.2f}, one in ten of at most {np.quantile(one.values, 0.1):.2f}"
        for one in spreads
        if len(one.values)
    ]
    return "; ".join(said) + "." if said else "No text has been explained and compared."


def spread_table(spreads: tuple[Spread, ...]) -> Table:
    """The chart's data: one row an interval."""
    edges = spread_edges(spreads)
    columns = [one.counts(edges).tolist() for one in spreads]
    return Table(
        ("alignment", *(f"texts, {one.explainer}" for one in spreads)),
        tuple(
            (f"{edges[at]:.1f} to {edges[at + 1]:.1f}", *(f"{column[at]}" for column in columns))
            for at in range(len(edges) - 1)
        ),
    )
