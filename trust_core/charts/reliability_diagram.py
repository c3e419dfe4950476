"""Reliability diagram: how often each model is right at each confidence, both on the same square axes."""

from __future__ import annotations

import plotly.graph_objects as go

from trust_core.charts.both_models import DASHES, SHIFTS, SYMBOLS
from trust_core.charts.consistency import add_consistency, consistent_texts
from trust_core.charts.table import Table
from trust_core.charts.theme import Theme, add_band, add_diagonal, faded, framed, plain
from trust_core.domain.report import ReliabilityCurve


def reliability_diagram(
    curves: tuple[ReliabilityCurve, ...], names: tuple[str, ...], *, theme: Theme
) -> go.Figure:
    """Accuracy over mean confidence for each bin with its Wilson band; below, where the texts lie.

    A broad faint line a bin says where a calibrated model would lie.

    Args:
        curves: one a model, the reference first.
        names: what they are called, in the same order.
        theme: the colours.
    """
    figure = go.Figure()
    add_diagonal(figure, theme)
    for curve, name in zip(curves, names, strict=True):
        _add_model(figure, curve, name, theme)
    return framed(
        figure,
        theme,
        height=560,
        barmode="overlay",
        xaxis={"title": {"text": "confidence"}, "range": [0, 1], "constrain": "domain", "anchor": "y2"},
        yaxis={
            "title": {"text": "accuracy"},
            "range": [0, 1],
            "domain": [0.26, 1],
            "scaleanchor": "x",
            "constrain": "domain",
        },
        yaxis2={"title": {"text": "texts"}, "domain": [0, 0.17], "tickformat": ".0%", "nticks": 3},
    )


def _add_model(figure: go.Figure, curve: ReliabilityCurve, name: str, theme: Theme) -> None:
    """The band, the curve and the histogram of one model."""
    colour = theme.reference if curve.of == "reference" else theme.candidate
    total = sum(curve.n) or 1
    add_band(figure, curve.conf, curve.low, curve.high, colour=colour)
    add_consistency(figure, curve.conf, curve.n, colour=colour)
    figure.add_scatter(
        x=list(curve.conf),
        y=list(curve.acc),
        mode="lines+markers",
        name=plain(name),
        line={"color": colour, "dash": DASHES[curve.of], "width": 2},
        marker={"symbol": SYMBOLS[curve.of], "size": 8},
        customdata=[list(row) for row in zip(curve.n, curve.low, curve.high, strict=True)],
        hovertemplate=(
            "confidence %{x:.1%}<br>accuracy %{y:.1%}<br>95 % interval %{customdata[1]:.1%} to "
            "%{customdata[2]:.1%}<br>%{customdata[0]} texts"
        ),
    )
    widths = [right - left for left, right in zip(curve.left, curve.right, strict=True)]
    figure.add_bar(
        x=[
            (left + right) / 2 + SHIFTS[curve.of] * (right - left)
            for left, right in zip(curve.left, curve.right, strict=True)
        ],
        y=[count / total for count in curve.n],
        width=[width / 2 for width in widths],
        yaxis="y2",
        marker={"color": faded(colour, 0.75), "line": {"width": 0}},
        name=plain(name),
        showlegend=False,
        customdata=list(curve.n),
        hovertemplate="%{customdata} texts, %{y:.1%}",
    )


def reliability_alt(curves: tuple[ReliabilityCurve, ...], names: tuple[str, ...]) -> str:
    """The diagram in a sentence."""
    parts = []
    for curve, name in zip(curves, names, strict=True):
        total = sum(curve.n)
        if not total:
            continue
        gap = (
            sum(n * (conf - acc) for n, conf, acc in zip(curve.n, curve.conf, curve.acc, strict=True)) / total
        )
        side = "over-confident" if gap > 0 else "under-confident"
        parts.append(f"{name} is on average {abs(gap) * 100:.1f} points {side} over {len(curve.n)} bins")
    binning = curves[0].binning if curves else "equal-width"
    return f"Reliability diagram with {binning} bins: " + ("; ".join(parts) or "no texts") + "."


def reliability_table(curves: tuple[ReliabilityCurve, ...], names: tuple[str, ...]) -> Table:
    """The diagram's data: one row a model and bin."""
    expected = [consistent_texts(curve.conf, curve.n, digits=3) for curve in curves]
    rows = tuple(
        (
            name,
            f"{curve.left[i]:.3f} to {curve.right[i]:.3f}",
            str(curve.n[i]),
            f"{curve.conf[i]:.3f}",
            f"{curve.acc[i]:.3f}",
            f"{curve.low[i]:.3f} to {curve.high[i]:.3f}",
            ranges[i],
        )
        for curve, name, ranges in zip(curves, names, expected, strict=True)
        for i in range(len(curve.n))
    )
    columns = ("model", "bin", "texts", "mean confidence", "accuracy", "95 % interval", "if calibrated")
    return Table(columns, rows)
