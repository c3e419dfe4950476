"""The range in which the bins of a calibrated model would lie, drawn behind a reliability diagram."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from trust_core.charts.theme import faded
from trust_core.domain.arrays import FloatArray
from trust_core.stats.consistency import consistency_limits


def add_consistency(figure: go.Figure, said: Sequence[float], count: Sequence[int], *, colour: str) -> None:
    """A broad, faint line a bin, over the rates that a calibrated model would show there.

    Lines are shapes, which nobody can hover or click, so that the traces of the diagram keep their numbers.

    Args:
        figure: with the rates on its first axes.
        said: mean confidence of each bin.
        count: its texts.
        colour: of the model.
    """
    low, high = _limits(said, count)
    for place, bottom, top in zip(said, low.tolist(), high.tolist(), strict=True):
        figure.add_shape(
            type="line",
            xref="x",
            yref="y",
            x0=place,
            x1=place,
            y0=bottom,
            y1=top,
            line={"color": faded(colour, 0.3), "width": 7},
            layer="below",
        )


def consistent_texts(said: Sequence[float], count: Sequence[int], *, digits: int) -> tuple[str, ...]:
    """The range of each bin in words."""
    low, high = _limits(said, count)
    return tuple(
        f"{bottom:.{digits}f} to {top:.{digits}f}"
        for bottom, top in zip(low.tolist(), high.tolist(), strict=True)
    )


def _limits(said: Sequence[float], count: Sequence[int]) -> tuple[FloatArray, FloatArray]:
    return consistency_limits(np.asarray(said, dtype=np.float64), np.asarray(count, dtype=np.int64))
