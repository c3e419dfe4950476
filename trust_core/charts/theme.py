"""Colours, fonts and frames of all charts, light and dark.

The palette is Okabe and Ito's, blue against orange, which the common kinds of colour blindness keep apart.
Colour is never the only carrier: every series has its own marker or line as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import plotly.graph_objects as go

from trust_core.domain.report import Status

Mode = Literal["light", "dark"]

FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

FONT_SIZE: Final = 13

LONGEST_LABEL: Final = 48


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a chart.

    Attributes:
        ink: text.
        faint: grid and zero lines.
        muted: what is there for comparison only (diagonal, chance).
        reference: the reference model.
        candidate: the candidate.
        zone: fill of the zone of equivalence.
        paper: background of hover labels; charts themselves are transparent.
    """

    ink: str
    faint: str
    muted: str
    reference: str
    candidate: str
    zone: str
    paper: str

    def status(self, status: Status) -> str:
        """The colour of an outcome."""
        colours = {"equivalent": self.reference, "different": self.candidate}
        return colours.get(status, self.muted)


LIGHT: Final = Theme(
    ink="#1d2433",
    faint="#dfe3ea",
    muted="#667085",
    reference="#0072B2",
    candidate="#D55E00",
    zone="rgba(0,114,178,0.11)",
    paper="#ffffff",
)

DARK: Final = Theme(
    ink="#e7eaf0",
    faint="#343c4b",
    muted="#98a2b3",
    reference="#56B4E9",
    candidate="#F0A030",
    zone="rgba(86,180,233,0.16)",
    paper="#1b2230",
)

THEMES: Final[dict[Mode, Theme]] = {"light": LIGHT, "dark": DARK}

SYMBOLS: Final[dict[Status, str]] = {
    "equivalent": "circle",
    "different": "square",
    "inconclusive": "diamond-open",
    "not_measured": "x-thin-open",
    "information": "circle-open",
}
"""A marker for every outcome, so that it can be read without its colour."""


def faded(colour: str, opacity: float) -> str:
    """A #rrggbb colour with an opacity."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def plain(text: str, *, longest: int = LONGEST_LABEL) -> str:
    """User text for a chart: markup taken literally, cut to a readable length.

    Plotly reads a small set of HTML tags, links among them, in every label.
    """
    shown = text if len(text) <= longest else text[: longest - 1] + "…"
    shown = "".join(c if c.isprintable() else " " for c in shown)
    shown = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # Between two dollars plotly looks for a formula.
    return shown.replace("$", "&#36;")


def add_diagonal(figure: go.Figure, theme: Theme) -> None:
    """The line on which a model is right as often as it is confident: a trace of its own in the legend."""
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        name="as right as confident",
        line={"color": theme.muted, "dash": "dot", "width": 1.5},
        hoverinfo="skip",
    )


def add_band(
    figure: go.Figure,
    at: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    *,
    colour: str,
    opacity: float = 0.14,
    **axes: str,
) -> None:
    """The area between two curves, which nobody can hover or click.

    Args:
        figure: where it is drawn.
        at: places on the horizontal axis.
        low: the lower curve there.
        high: the upper one.
        colour: #rrggbb.
        opacity: of the filling.
        axes: `xaxis` and `yaxis` of a panel, where they are not the first.
    """
    figure.add_scatter(
        x=[*at, *reversed(at)],
        y=[*high, *reversed(low)],
        fill="toself",
        fillcolor=faded(colour, opacity),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
        **axes,
    )


def framed(figure: go.Figure, theme: Theme, *, height: int, **layout: Any) -> go.Figure:
    """The figure with the frame that all charts share; the rest of `layout` is the chart's own."""
    figure.update_layout(
        template="none",
        font={"family": FONT, "size": FONT_SIZE, "color": theme.ink},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hoverlabel={"bgcolor": theme.paper, "bordercolor": theme.muted, "font": {"color": theme.ink}},
        legend={"orientation": "h", "x": 0, "y": 1.02, "xanchor": "left", "yanchor": "bottom"},
        margin={"l": 56, "r": 16, "t": 36, "b": 52},
        height=height,
        dragmode=False,
        **layout,
    )
    # Titles no larger than the rest: a narrow screen has no room for more.
    title = {"font": {"size": FONT_SIZE}}
    axis = {
        "gridcolor": theme.faint,
        "zeroline": False,
        "linecolor": theme.faint,
        "ticks": "",
        "title": title,
    }
    figure.update_xaxes(axis)
    figure.update_yaxes(axis)
    return figure
