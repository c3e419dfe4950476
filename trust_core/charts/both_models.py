"""How reference and candidate look where a chart shows both: colour, line, sign, and points to click."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import plotly.graph_objects as go

from trust_core.charts.theme import Theme, plain

Of = Literal["reference", "candidate"]

DASHES: Final[dict[Of, str]] = {"reference": "solid", "candidate": "dash"}
SYMBOLS: Final[dict[Of, str]] = {"reference": "circle", "candidate": "diamond"}
SIGNS: Final[dict[Of, str]] = {"reference": "●", "candidate": "◆"}
SHIFTS: Final[dict[Of, float]] = {"reference": -0.25, "candidate": 0.25}
"""By how much of its width a bar stands beside the middle, so that both models' bars are seen."""


def colour_of(of: Of, theme: Theme) -> str:
    """The colour of a model."""
    return theme.reference if of == "reference" else theme.candidate


def square_axes(
    confidence: str, rate: str, *, domain: tuple[float, float], anchor: str
) -> dict[str, dict[str, Any]]:
    """Both axes of a square diagram of rates over confidence from 0 to 1, with panels of its own below.

    Args:
        confidence: name of the horizontal axis.
        rate: name of the vertical axis.
        domain: part of the figure's height that the diagram takes.
        anchor: the vertical axis of the lowest panel, which carries the horizontal one.
    """
    both = {
        "range": [-0.02, 1.02],
        "constrain": "domain",
        "tickformat": ".1f",
        "dtick": 0.2,
    }
    return {
        "xaxis": {"title": {"text": plain(confidence)}, "anchor": anchor, **both},
        "yaxis": {
            "title": {"text": plain(rate)},
            "domain": list(domain),
            "scaleanchor": "x",
            "constraintoward": "bottom",
            **both,
        },
    }


@dataclass(frozen=True, slots=True)
class GroupPoint:
    """One marker: a group of texts of one model, such as a bin.

    Attributes:
        of: whose it is.
        at, height: where it stands.
        count: its texts.
        told: what the hover text fills in.
    """

    of: Of
    at: float
    height: float
    count: int
    told: tuple[str, ...]


def add_group_points(
    figure: go.Figure, points: Sequence[GroupPoint], theme: Theme, *, sizes: tuple[float, float], hover: str
) -> None:
    """The markers of both models as one trace, so that a point's index says model and group.

    Args:
        figure: what they are added to.
        points: the markers.
        theme: colours.
        sizes: of a marker without texts, and of the one with the most.
        hover: plotly's template.
    """
    most = max((1, *(point.count for point in points)))
    smallest, largest = sizes
    figure.add_scatter(
        x=[point.at for point in points],
        y=[point.height for point in points],
        mode="markers",
        marker={
            "symbol": [SYMBOLS[point.of] for point in points],
            "color": [colour_of(point.of, theme) for point in points],
            "size": [
                smallest + (largest - smallest) * float(np.sqrt(point.count / most)) for point in points
            ],
            "opacity": 0.85,
            "line": {"width": 1, "color": theme.paper},
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 0.55}},
        customdata=[list(point.told) for point in points],
        hovertemplate=hover,
        showlegend=False,
    )
