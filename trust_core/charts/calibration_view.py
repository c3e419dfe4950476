"""Reliability of both models at any bins: rates on square axes, differences, and where the texts lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

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
from trust_core.charts.consistency import add_consistency, consistent_texts
from trust_core.charts.table import Table
from trust_core.charts.theme import Theme, add_band, add_diagonal, faded, framed, plain
from trust_core.domain.arrays import FloatArray, IntArray

CLICKED: Final = 9
"""The trace whose points are clicked: one a model and bin, in the order of `CalibrationView.points`."""

_SIZES: Final = (6.0, 26.0)
"""Of the smallest marker and of the largest."""


@dataclass(frozen=True, slots=True)
class CurveBand:
    """A curve with its 95 % band at m places: (m,) each."""

    at: FloatArray
    value: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True)
class ModelBins:
    """One model's texts in the v bins that hold any.

    Attributes:
        of: which of the two models.
        name: what it is called.
        left, right: (v,) ends of the bins.
        count: (v,) texts.
        said: (v,) mean confidence.
        came: (v,) share of texts in which the model was right.
        low, high: (v,) 95 % interval of `came`.
        curve: the smooth curve with its band; None where the bins themselves are drawn.
    """

    of: Of
    name: str
    left: FloatArray
    right: FloatArray
    count: IntArray
    said: FloatArray
    came: FloatArray
    low: FloatArray
    high: FloatArray
    curve: CurveBand | None = None

    @property
    def heights(self) -> FloatArray:
        """(v,) where the markers stand: on the smooth curve if there is one."""
        if self.curve is None or not len(self.curve.at):
            return self.came
        return np.interp(self.said, self.curve.at, self.curve.value)


@dataclass(frozen=True, slots=True)
class CalibrationView:
    """What the diagram shows.

    Attributes:
        models: reference, then candidate.
        difference: candidate's gap (confidence minus accuracy) less the reference's, where both have texts.
        confidence: name of the horizontal axis: "confidence", or the probability of a class.
        rate: name of the vertical axis: "accuracy", or the share of texts of that class.
        binning: the bins in words: "10 bins of equal width".
    """

    models: tuple[ModelBins, ModelBins]
    difference: CurveBand
    confidence: str = "confidence"
    rate: str = "accuracy"
    binning: str = ""

    @property
    def points(self) -> tuple[tuple[ModelBins, int], ...]:
        """The points that can be clicked, in their order: a model and the place in its arrays."""
        return tuple((model, at) for model in self.models for at in range(len(model.count)))


def calibration_view(view: CalibrationView, *, theme: Theme) -> go.Figure:
    """Rates over confidence with bands, markers as large as their bins; below, differences and counts.

    The axes of the rates are square and go from 0 to 1. Only the markers can be hovered and clicked.
    """
    figure = go.Figure()
    add_diagonal(figure, theme)
    for model in view.models:
        _add_model(figure, model, theme)
    _add_difference(figure, view.difference, theme)
    _add_points(figure, view, theme)
    return framed(
        figure,
        theme,
        height=760,
        barmode="overlay",
        clickmode="event+select",
        **square_axes(view.confidence, view.rate, domain=(0.42, 1.0), anchor="y3"),
        yaxis2={"domain": [0.19, 0.34], **_gap_axis(view.difference)},
        yaxis3={"domain": [0, 0.12], "tickformat": ".0%", "nticks": 3},
        annotations=[
            _panel_title("gap of the candidate − gap of the reference", 0.35),
            _panel_title("share of texts", 0.13),
        ],
    )


def _add_model(figure: go.Figure, model: ModelBins, theme: Theme) -> None:
    """Band, line and histogram of one model: three traces, whatever there is to show."""
    colour = colour_of(model.of, theme)
    band = model.curve or CurveBand(model.said, model.came, model.low, model.high)
    if model.curve is None:
        add_consistency(figure, model.said.tolist(), model.count.tolist(), colour=colour)
    add_band(figure, band.at.tolist(), band.low.tolist(), band.high.tolist(), colour=colour)
    figure.add_scatter(
        x=band.at.tolist(),
        y=band.value.tolist(),
        mode="lines",
        name=f"{SIGNS[model.of]} {plain(model.name, longest=34)}",
        line={"color": colour, "dash": DASHES[model.of], "width": 2},
        hoverinfo="skip",
    )
    width = model.right - model.left
    figure.add_bar(
        x=((model.left + model.right) / 2 + SHIFTS[model.of] * width).tolist(),
        y=(model.count / max(1, int(model.count.sum()))).tolist(),
        width=(width / 2).tolist(),
        yaxis="y3",
        marker={"color": faded(colour, 0.75), "line": {"width": 0}},
        hoverinfo="skip",
        showlegend=False,
    )


def _add_difference(figure: go.Figure, difference: CurveBand, theme: Theme) -> None:
    """The panel of differences: band and line."""
    add_band(
        figure,
        difference.at.tolist(),
        difference.low.tolist(),
        difference.high.tolist(),
        colour=theme.muted,
        opacity=0.25,
        yaxis="y2",
    )
    figure.add_scatter(
        x=difference.at.tolist(),
        y=difference.value.tolist(),
        yaxis="y2",
        mode="lines+markers" if len(difference.at) <= 60 else "lines",
        line={"color": theme.ink, "width": 1.5},
        marker={"size": 5},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.add_shape(
        type="line",
        xref="x",
        x0=-0.02,
        x1=1.02,
        yref="y2",
        y0=0,
        y1=0,
        line={"color": theme.muted, "width": 1},
    )


def _add_points(figure: go.Figure, view: CalibrationView, theme: Theme) -> None:
    """The markers of both models as one trace, so that a point's index says model and bin."""
    expected = _expected(view, digits=3)
    points = [
        GroupPoint(
            of=model.of,
            at=float(model.said[at]),
            height=float(model.heights[at]),
            count=int(model.count[at]),
            told=(
                plain(model.name),
                f"{model.left[at]:.3f} to {model.right[at]:.3f}",
                f"{model.count[at]:,}",
                f"{model.said[at]:.1%}",
                f"{model.came[at]:.1%}",
                f"{model.low[at]:.1%} to {model.high[at]:.1%}",
                expected[model.of][at],
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
            "<b>%{customdata[0]}</b><br>%{customdata[2]} texts, %{customdata[7]} %{customdata[1]}"
            "<br>mean %{customdata[7]} %{customdata[3]}<br>%{customdata[8]} %{customdata[4]}"
            " (95 % interval %{customdata[5]})<br>%{customdata[6]} if calibrated<extra></extra>"
        ),
    )


def _panel_title(text: str, y: float) -> dict[str, Any]:
    """A line above a panel, which a narrow screen has room for where an axis title has none."""
    return {
        "text": text,
        "xref": "x domain",
        "x": 0,
        "xanchor": "left",
        "yref": "paper",
        "y": y,
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 12},
    }


def _expected(view: CalibrationView, *, digits: int) -> dict[Of, tuple[str, ...]]:
    """The range of the rate of a calibrated model in each bin, in words."""
    return {
        model.of: consistent_texts(model.said.tolist(), model.count.tolist(), digits=digits)
        for model in view.models
    }


def _reach(difference: CurveBand) -> list[float]:
    """Symmetric limits of the panel of differences; a few wide bands may leave it."""
    values = np.abs(difference.value).max(initial=0.0)
    bands = np.quantile(np.abs([difference.low, difference.high]), 0.8) if len(difference.at) else 0.0
    reach = max(0.05, 1.15 * float(values), float(bands))
    return [-reach, reach]


def _gap_axis(difference: CurveBand) -> dict[str, Any]:
    """The axis of the panel of differences: three round ticks, that of no difference between."""
    reach = _reach(difference)
    end = next(one for one in (0.5, 0.2, 0.1, 0.05, 0.02) if one <= reach[1])
    return {
        "range": reach,
        "tickvals": [-end, 0, end],
        "ticktext": [f"−{end * 100:.0f}%", "0", f"+{end * 100:.0f}%"],
    }


def calibration_alt(view: CalibrationView) -> str:
    """The diagram in a sentence."""
    parts = []
    for model in view.models:
        total = int(model.count.sum())
        if total:
            gap = float((model.count * (model.said - model.came)).sum()) / total
            side = "over-confident" if gap > 0 else "under-confident"
            parts.append(f"{model.name} is on average {abs(gap) * 100:.1f} points {side} on {total:,} texts")
    if not parts:
        return "Reliability diagram without any text."
    return f"Reliability diagram, {view.binning}: " + "; ".join(parts) + "."


def calibration_table(view: CalibrationView) -> Table:
    """The diagram's data: one row a model and bin."""
    expected = _expected(view, digits=4)
    rows = tuple(
        (
            model.name,
            f"{model.left[at]:.4f} to {model.right[at]:.4f}",
            f"{model.count[at]}",
            f"{model.said[at]:.4f}",
            f"{model.came[at]:.4f}",
            f"{model.low[at]:.4f} to {model.high[at]:.4f}",
            expected[model.of][at],
        )
        for model, at in view.points
    )
    columns = (
        "model",
        "bin",
        "texts",
        f"mean {view.confidence}",
        view.rate,
        "95 % interval",
        "if calibrated",
    )
    return Table(columns, rows)
