"""Answers and reasons in one picture: who answers alike, and who answers alike for other reasons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from trust_core.charts.table import Table
from trust_core.charts.text_points import TextPoints, add_texts, counted, drawn_rows
from trust_core.charts.theme import Theme, faded, framed, plain


@dataclass(frozen=True, slots=True)
class JointMap:
    """The map.

    Attributes:
        points: x is the confidence shift, y the alignment of the text's reasons.
        border: alignment below which reasons count as different.
        explainer: whose reasons, as it is called.
    """

    points: TextPoints
    border: float
    explainer: str

    @property
    def quadrant(self) -> int:
        """Texts with the same answer and different reasons."""
        return sum(
            outcome == "same" and y < self.border
            for outcome, y in zip(self.points.outcomes, self.points.y.tolist(), strict=True)
        )


def joint_map(joint: JointMap, *, theme: Theme) -> go.Figure:
    """One point a text: confidence shift across, alignment upwards; below the border reasons differ."""
    figure = go.Figure()
    points = joint.points
    add_texts(figure, points, theme, x="confidence shift %{x:+.1%}", y="alignment %{y:.2f}")
    reach = max(0.1, 1.1 * float(np.abs(points.x).max(initial=0.0)))
    # Room for two lines below the lowest point.
    bottom = min(-0.1, float(points.y.min(initial=0.0)) - 0.16)
    figure.add_shape(
        type="rect",
        xref="paper",
        x0=0,
        x1=1,
        y0=bottom,
        y1=joint.border,
        fillcolor=faded(theme.candidate, 0.07),
        line_width=0,
        layer="below",
    )
    figure.add_shape(
        type="line",
        xref="paper",
        x0=0,
        x1=1,
        y0=joint.border,
        y1=joint.border,
        line={"color": theme.muted, "width": 1.5, "dash": "dash"},
        layer="below",
    )
    figure.add_vline(x=0, line={"color": theme.faint, "width": 1.5}, layer="below")
    share = joint.quadrant / len(points) if len(points) else 0.0
    figure.add_annotation(
        xref="paper",
        x=0.01,
        y=bottom,
        xanchor="left",
        yanchor="bottom",
        align="left",
        text=f"<b>same answer, different reasons</b><br>{joint.quadrant:,} texts, {share:.0%}",
        showarrow=False,
        font={"color": theme.ink},
        bgcolor=faded(theme.paper, 0.8),
    )
    return framed(
        figure,
        theme,
        height=480,
        xaxis={
            "title": {"text": "confidence shift, candidate − reference"},
            "range": [-reach, reach],
            "tickformat": "+.0%",
        },
        yaxis={"title": {"text": f"alignment of reasons, {plain(joint.explainer)}"}, "range": [bottom, 1.06]},
    )


def joint_alt(joint: JointMap) -> str:
    """The map in a sentence."""
    if not len(joint.points):
        return "No text has been explained and compared."
    return (
        f"Of {len(joint.points):,} explained texts, {joint.quadrant:,} keep their answer with different "
        f"reasons (alignment by {joint.explainer} below {joint.border:.2f}): "
        f"{counted(joint.points)}."
    )


def joint_table(joint: JointMap) -> Table:
    """The map's data: one row a text."""
    return Table(("text", "confidence shift", "alignment", "outcome"), drawn_rows(joint.points, 3))
