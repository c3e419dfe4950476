"""How sure both models are of each text."""

from __future__ import annotations

import plotly.graph_objects as go

from trust_core.charts.table import Table
from trust_core.charts.text_points import TextPoints, add_texts, counted, drawn_rows
from trust_core.charts.theme import Theme, framed, plain


def confidence_scatter(points: TextPoints, names: tuple[str, str], *, theme: Theme) -> go.Figure:
    """One point a text: the reference's confidence against the candidate's, on square axes.

    Args:
        points: x is the reference's confidence, y the candidate's.
        names: of reference and candidate.
        theme: the colours.
    """
    figure = go.Figure()
    add_texts(figure, points, theme, x="reference %{x:.1%} sure", y="candidate %{y:.1%} sure")
    lowest = min([1.0, *points.x.tolist(), *points.y.tolist()])
    start = max(0.0, int(lowest * 10) / 10) - 0.02
    figure.add_shape(
        type="line",
        x0=start,
        y0=start,
        x1=1,
        y1=1,
        line={"color": theme.muted, "dash": "dot", "width": 1.5},
        layer="below",
    )
    axis = {"range": [start, 1.02], "tickformat": ".0%", "constrain": "domain"}
    return framed(
        figure,
        theme,
        height=500,
        xaxis={"title": {"text": f"confidence of {plain(names[0], longest=34)}"}, **axis},
        yaxis={
            "title": {"text": f"confidence of {plain(names[1], longest=34)}"},
            "scaleanchor": "x",
            "constraintoward": "bottom",
            **axis,
        },
    )


def confidence_alt(points: TextPoints) -> str:
    """The chart in a sentence."""
    if not len(points):
        return "No text was predicted by both models."
    surer = int((points.y > points.x).sum())
    return (
        f"The candidate is surer than the reference on {surer:,} of {len(points):,} texts drawn: "
        f"{counted(points)}."
    )


def confidence_table(points: TextPoints) -> Table:
    """The chart's data: one row a text that is drawn."""
    return Table(
        ("text", "confidence of reference", "confidence of candidate", "outcome"), drawn_rows(points, 4)
    )
