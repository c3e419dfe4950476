"""Texts as points whose shape and colour say what became of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import plotly.graph_objects as go

from trust_core.charts.theme import Theme, plain
from trust_core.domain.arrays import FloatArray, locked_floats

Outcome = Literal["same", "both right", "both wrong", "negative", "positive", "changed"]

OUTCOMES: Final[dict[Outcome, str]] = {
    "same": "same answer",
    "both right": "both right",
    "both wrong": "both wrong",
    "negative": "right became wrong",
    "positive": "wrong became right",
    "changed": "another answer",
}
"""What outcomes are called, in the order of a legend."""

SYMBOLS: Final[dict[Outcome, str]] = {
    "same": "circle",
    "both right": "circle",
    "both wrong": "x",
    "negative": "diamond",
    "positive": "triangle-up",
    "changed": "square",
}

CLICKED: Final = 0
"""The trace whose points are clicked; its points are the texts, in their order."""


@dataclass(frozen=True, slots=True)
class TextPoints:
    """n texts as points.

    Attributes:
        x, y: (n,) their places.
        outcomes: what became of each answer.
        labels: what a text is called when it is pointed at: its id, or its first words.
    """

    x: FloatArray
    y: FloatArray
    outcomes: tuple[Outcome, ...]
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "x", locked_floats(self.x))
        object.__setattr__(self, "y", locked_floats(self.y))
        if len({len(self.x), len(self.y), len(self.outcomes), len(self.labels)}) != 1:
            raise ValueError("every text needs a place, an outcome and a label")

    def __len__(self) -> int:
        return len(self.outcomes)

    def count(self, outcome: Outcome) -> int:
        """How many texts had this outcome."""
        return self.outcomes.count(outcome)

    @property
    def present(self) -> tuple[Outcome, ...]:
        """The outcomes that there are, in the order of a legend."""
        return tuple(outcome for outcome in OUTCOMES if outcome in self.outcomes)


def outcome_colour(outcome: Outcome, theme: Theme) -> str:
    """Changes stand out, what stayed is muted; the shape says the same."""
    colours: dict[Outcome, str] = {
        "negative": theme.candidate,
        "positive": theme.reference,
        "changed": theme.ink,
    }
    return colours.get(outcome, theme.muted)


def add_texts(figure: go.Figure, points: TextPoints, theme: Theme, *, x: str, y: str) -> None:
    """Draw the points as the figure's first trace, then a legend of their outcomes.

    Args:
        figure: an empty figure.
        points: the texts.
        theme: the colours.
        x: how the place of a point across is said, with plotly's `%{x}`.
        y: how its height is said, with `%{y}`.
    """
    figure.add_scatter(
        x=points.x.tolist(),
        y=points.y.tolist(),
        mode="markers",
        marker={
            "symbol": [SYMBOLS[outcome] for outcome in points.outcomes],
            "color": [outcome_colour(outcome, theme) for outcome in points.outcomes],
            "size": [7 if outcome in ("same", "both right") else 10 for outcome in points.outcomes],
            "opacity": 0.7 if len(points) < 800 else 0.5,
        },
        selected={"marker": {"opacity": 1, "size": 14}},
        unselected={"marker": {"opacity": 0.4}},
        customdata=[
            [plain(label, longest=70), OUTCOMES[outcome]]
            for label, outcome in zip(points.labels, points.outcomes, strict=True)
        ],
        hovertemplate=f"<b>%{{customdata[0]}}</b><br>{x}<br>{y}<br>%{{customdata[1]}}<extra></extra>",
        showlegend=False,
    )
    for outcome in points.present:
        # Points of one trace have one entry in a legend, so each outcome gets a trace without points.
        figure.add_scatter(
            x=[None],
            y=[None],
            mode="markers",
            name=f"{OUTCOMES[outcome]} ({points.count(outcome):,})",
            marker={"symbol": SYMBOLS[outcome], "color": outcome_colour(outcome, theme), "size": 9},
            hoverinfo="skip",
        )
    figure.update_layout(
        legend={"itemclick": False, "itemdoubleclick": False}, clickmode="event+select", hoverdistance=12
    )


def counted(points: TextPoints) -> str:
    """The outcomes with their counts, as part of a sentence."""
    return ", ".join(f"{points.count(outcome):,} {OUTCOMES[outcome]}" for outcome in points.present)


def drawn_rows(points: TextPoints, places: int) -> tuple[tuple[str, ...], ...]:
    """One row a text: label, place and outcome."""
    return tuple(
        (label, f"{x:.{places}f}", f"{y:.{places}f}", OUTCOMES[outcome])
        for label, x, y, outcome in zip(
            points.labels, np.asarray(points.x), np.asarray(points.y), points.outcomes, strict=True
        )
    )
