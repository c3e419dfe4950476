"""How many texts have probabilities that are at least so far apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from trust_core.charts.table import Table
from trust_core.charts.theme import Theme, framed
from trust_core.domain.arrays import FloatArray, locked_floats

_LEVELS = (0.5, 0.9, 0.95, 0.99)
_POINTS = 400
_TICKS = [1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.001, 0.0001, 0.00001]


@dataclass(frozen=True, slots=True)
class DivergenceTail:
    """The distances of n texts.

    Attributes:
        distances: (n,) Jensen-Shannon divergence of each text in bits, in [0, 1].
    """

    distances: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "distances", locked_floats(np.sort(self.distances)))

    def quantile(self, level: float) -> float:
        """The distance that this share of the texts does not exceed."""
        return float(np.quantile(self.distances, level, method="higher"))


def tail_points(tail: DivergenceTail) -> tuple[Float[np.ndarray, " m"], Float[np.ndarray, " m"]]:
    """At most some hundred points (distance, share of texts at least that far apart) of the whole curve."""
    n = len(tail.distances)
    at = np.unique(np.concatenate([[0], n - np.geomspace(1, n, min(n, _POINTS)).round().astype(int)]))
    return tail.distances[at], (n - at) / n


def divergence_tail(tail: DivergenceTail, *, theme: Theme) -> go.Figure:
    """The share of texts beyond each distance, on a logarithmic axis: the tail is where harm is."""
    figure = go.Figure()
    if len(tail.distances):
        distance, share = tail_points(tail)
        figure.add_scatter(
            x=distance.tolist(),
            y=share.tolist(),
            mode="lines",
            line={"color": theme.candidate, "width": 2, "shape": "vh"},
            hovertemplate="%{y:.2%} of the texts are at least %{x:.3f} apart<extra></extra>",
            showlegend=False,
        )
    return framed(
        figure,
        theme,
        height=320,
        xaxis={"title": {"text": "Jensen-Shannon divergence, bits"}, "range": [-0.01, 1.01]},
        yaxis={
            "title": {"text": "texts at least so far apart", "standoff": 8},
            "type": "log",
            "tickmode": "array",
            "tickvals": _TICKS,
            "ticktext": [f"{tick * 100:g} %" for tick in _TICKS],
            "automargin": True,
        },
    )


def divergence_tail_alt(tail: DivergenceTail) -> str:
    """The chart in a sentence."""
    if not len(tail.distances):
        return "No text was predicted by both models."
    middle, far = tail.quantile(0.5), tail.quantile(0.99)
    return (
        f"Half of the {len(tail.distances):,} texts have a divergence of {middle:.3f} bits or less; one in a "
        f"hundred has {far:.3f} or more."
    )


def divergence_tail_table(tail: DivergenceTail) -> Table:
    """The quantiles that the tail is judged by."""
    if not len(tail.distances):
        return Table(("share of texts", "divergence, bits, at most"), ())
    return Table(
        ("share of texts", "divergence, bits, at most"),
        (
            *((f"{level:.0%}", f"{tail.quantile(level):.4f}") for level in _LEVELS),
            ("100%", f"{tail.distances[-1]:.4f}"),
        ),
    )
