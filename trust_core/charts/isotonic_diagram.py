"""CORP reliability diagram: claims corrected by isotonic regression, and where the texts lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import plotly.graph_objects as go

from trust_core.charts.both_models import (
    DASHES,
    SHIFTS,
    SIGNS,
    GroupPoint,
    Of,
    add_group_points,
    colour_of,
    square_axes,
)
from trust_core.charts.table import Table
from trust_core.charts.theme import Theme, add_band, add_diagonal, faded, framed, plain
from trust_core.domain.arrays import FloatArray, IntArray

CLICKED: Final = 7
"""The trace whose points are clicked: one a model and block, in the order of `IsotonicView.points`."""

_SIZES: Final = (5.0, 18.0)
"""Of the smallest marker and of the largest."""


@dataclass(frozen=True, slots=True)
class IsotonicModel:
    """One model's curve in v blocks, its consistency band, and a histogram of its texts.

    Attributes:
        of: which of the two models.
        name: what it is called.
        left, right: (v,) ends of the blocks.
        count: (v,) texts.
        said: (v,) mean confidence.
        came: (v,) share of texts in which the model was right: the corrected confidence.
        at, value: (m,) corners of the curve.
        places, low, high: (g,) band around the diagonal where 95 % of calibrated models' curves lie.
        texts: (h,) texts in each of h intervals of equal width from 0 to 1.
    """

    of: Of
    name: str
    left: FloatArray
    right: FloatArray
    count: IntArray
    said: FloatArray
    came: FloatArray
    at: FloatArray
    value: FloatArray
    places: FloatArray
    low: FloatArray
    high: FloatArray
    texts: IntArray

    def expected(self, at: int) -> tuple[float, float]:
        """Where calibrated models' curves lie at the mean confidence of a block."""
        place = self.said[at]
        return float(np.interp(place, self.places, self.low)), float(np.interp(place, self.places, self.high))

    @property
    def outside(self) -> float:
        """Share of its texts in blocks that lie outside the band."""
        total = int(self.count.sum())
        ranges = [self.expected(at) for at in range(len(self.count))]
        out = [not low <= rate <= high for rate, (low, high) in zip(self.came.tolist(), ranges, strict=True)]
        return float(self.count[np.array(out, dtype=np.bool_)].sum()) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class IsotonicView:
    """What the diagram shows.

    Attributes:
        models: reference, then candidate.
        confidence: name of the horizontal axis: "confidence", or the probability of a class.
        rate: name of the vertical axis: "accuracy", or the share of texts of that class.
    """

    models: tuple[IsotonicModel, IsotonicModel]
    confidence: str = "confidence"
    rate: str = "accuracy"

    @property
    def points(self) -> tuple[tuple[IsotonicModel, int], ...]:
        """The points that can be clicked, in their order: a model and the place in its arrays."""
        return tuple((model, at) for model in self.models for at in range(len(model.count)))


def isotonic_diagram(view: IsotonicView, *, theme: Theme) -> go.Figure:
    """Corrected over given confidence of both models with consistency bands; below, where the texts lie.

    The axes of the diagram are square and go from 0 to 1. Only the markers, one a block, can be hovered and
    clicked.
    """
    figure = go.Figure()
    add_diagonal(figure, theme)
    for model in view.models:
        _add_model(figure, model, theme)
    _add_points(figure, view, theme)
    return framed(
        figure,
        theme,
        height=640,
        barmode="overlay",
        clickmode="event+select",
        **square_axes(view.confidence, f"{view.rate}, isotonic", domain=(0.22, 1.0), anchor="y2"),
        yaxis2={"title": {"text": "texts"}, "domain": [0, 0.14], "tickformat": ".0%", "nticks": 3},
    )


def _add_model(figure: go.Figure, model: IsotonicModel, theme: Theme) -> None:
    """Band, curve and histogram of one model: three traces, whatever there is to show."""
    colour = colour_of(model.of, theme)
    add_band(figure, model.places.tolist(), model.low.tolist(), model.high.tolist(), colour=colour)
    figure.add_scatter(
        x=model.at.tolist(),
        y=model.value.tolist(),
        mode="lines",
        name=f"{SIGNS[model.of]} {plain(model.name, longest=34)}",
        line={"color": colour, "dash": DASHES[model.of], "width": 2},
        hoverinfo="skip",
    )
    width = 1 / max(1, len(model.texts))
    figure.add_bar(
        x=((np.arange(len(model.texts)) + 0.5 + SHIFTS[model.of]) * width).tolist(),
        y=(model.texts / max(1, int(model.texts.sum()))).tolist(),
        width=width / 2,
        yaxis="y2",
        marker={"color": faded(colour, 0.75), "line": {"width": 0}},
        hoverinfo="skip",
        showlegend=False,
    )


def _add_points(figure: go.Figure, view: IsotonicView, theme: Theme) -> None:
    """The markers of both models as one trace, so that a point's index says model and block."""
    points = [
        GroupPoint(
            of=model.of,
            at=float(model.said[at]),
            height=float(model.came[at]),
            count=int(model.count[at]),
            told=(
                plain(model.name),
                *_told(model, at, digits=3),
                plain(view.confidence),
                plain(view.rate),
            ),
        )
        for model, at in view.points
    ]
    add_group_points(
        figure,
        points,
        theme,
        sizes=_SIZES,
        hover=(
            "<b>%{customdata[0]}</b><br>%{customdata[2]} texts, %{customdata[6]} %{customdata[1]}"
            "<br>mean %{customdata[6]} %{customdata[3]}<br>%{customdata[7]} %{customdata[4]}"
            "<br>%{customdata[5]} if calibrated<extra></extra>"
        ),
    )


def _told(model: IsotonicModel, at: int, *, digits: int) -> tuple[str, str, str, str, str]:
    """Ends, texts, mean confidence, rate and range of a block, in words."""
    low, high = model.expected(at)
    return (
        f"{model.left[at]:.{digits}f} to {model.right[at]:.{digits}f}",
        f"{model.count[at]:,}",
        f"{model.said[at]:.{digits}f}",
        f"{model.came[at]:.{digits}f}",
        f"{low:.{digits}f} to {high:.{digits}f}",
    )


def isotonic_alt(view: IsotonicView) -> str:
    """The diagram in a sentence."""
    parts = [
        f"{model.name} has {len(model.count)} blocks, and {model.outside * 100:.0f} % of its "
        f"{int(model.count.sum()):,} texts are in blocks outside of a calibrated model's band"
        for model in view.models
        if len(model.count)
    ]
    return "Reliability diagram by isotonic regression (CORP): " + ("; ".join(parts) or "no texts") + "."


def isotonic_table(view: IsotonicView) -> Table:
    """The diagram's data: one row a model and block."""
    return Table(
        ("model", "block", "texts", f"mean {view.confidence}", f"{view.rate}, isotonic", "if calibrated"),
        tuple((model.name, *_told(model, at, digits=4)) for model, at in view.points),
    )
