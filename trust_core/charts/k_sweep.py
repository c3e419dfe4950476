"""Overlap of the top words for every size of the list, against chance."""

from __future__ import annotations

import plotly.graph_objects as go

from trust_core.charts.table import Table
from trust_core.charts.theme import Theme, add_band, framed
from trust_core.domain.report import KSweep


def k_sweep(sweep: KSweep, *, theme: Theme) -> go.Figure:
    """Mean Jaccard index of the top K words with its band, and what random words would give."""
    figure = go.Figure()
    add_band(figure, [float(k) for k in sweep.k], sweep.low, sweep.high, colour=theme.candidate)
    figure.add_scatter(
        x=list(sweep.k),
        y=list(sweep.jaccard),
        mode="lines+markers",
        name="reference and candidate",
        line={"color": theme.candidate, "width": 2},
        marker={"symbol": "diamond", "size": 7},
        customdata=[list(row) for row in zip(sweep.n, sweep.low, sweep.high, strict=True)],
        hovertemplate=(
            "top %{x} words<br>Jaccard %{y:.2f} (95 % interval %{customdata[1]:.2f} to "
            "%{customdata[2]:.2f})<br>%{customdata[0]} texts<extra></extra>"
        ),
    )
    figure.add_scatter(
        x=list(sweep.k),
        y=list(sweep.chance),
        mode="lines",
        name="random words",
        line={"color": theme.muted, "width": 2, "dash": "dot"},
        hovertemplate="random words: %{y:.2f}<extra></extra>",
    )
    return framed(
        figure,
        theme,
        height=340,
        xaxis={"title": {"text": "K, words compared"}, "rangemode": "tozero", "tickformat": "d"},
        yaxis={"title": {"text": "Jaccard@K"}, "range": [0, 1.02]},
    )


def k_sweep_alt(sweep: KSweep) -> str:
    """The chart in a sentence."""
    if not sweep.k:
        return "No K leaves enough texts for a curve."
    first, last = 0, len(sweep.k) - 1
    ends = [
        f"at K = {sweep.k[i]} the overlap is {sweep.jaccard[i]:.2f} where chance gives {sweep.chance[i]:.2f}"
        for i in dict.fromkeys((first, last))
    ]
    return "Overlap of the top words: " + " and ".join(ends) + "."


def k_sweep_table(sweep: KSweep) -> Table:
    """The chart's data: one row a K."""
    rows = zip(sweep.k, sweep.n, sweep.jaccard, sweep.low, sweep.high, sweep.chance, strict=True)
    return Table(
        ("K", "texts", "Jaccard@K", "95 % interval", "random words"),
        tuple(
            (str(k), str(n), f"{j:.3f}", f"{low:.3f} to {high:.3f}", f"{c:.3f}")
            for k, n, j, low, high, c in rows
        ),
    )
