"""Risk over coverage of both models, and where a threshold puts them."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from trust_core.charts.both_models import DASHES, SIGNS, SYMBOLS, Of, colour_of
from trust_core.charts.table import Table
from trust_core.charts.theme import Theme, add_band, framed, plain
from trust_core.domain.report import RiskCoverage


@dataclass(frozen=True, slots=True)
class ThresholdMark:
    """Where a threshold puts one model.

    Attributes:
        of: which model.
        threshold: the threshold.
        coverage, risk: share of answers taken, and of wrong ones among them.
        tuned: whether it is the threshold tuned on the reference (open marker) or one that was chosen.
    """

    of: Of
    threshold: float
    coverage: float
    risk: float
    tuned: bool = False


def mark_on(curve: RiskCoverage, threshold: float) -> ThresholdMark | None:
    """The tuned threshold on a curve: its point with the smallest threshold that is not below it."""
    reached = [at for at, value in enumerate(curve.threshold) if value >= threshold - 1e-12]
    if not reached:
        return None
    at = max(reached, key=lambda place: curve.n[place])
    return ThresholdMark(curve.of, threshold, curve.coverage[at], curve.risk[at], tuned=True)


def risk_coverage(
    curves: tuple[RiskCoverage, ...],
    names: tuple[str, ...],
    marks: tuple[ThresholdMark, ...],
    *,
    theme: Theme,
) -> go.Figure:
    """Error rate among the answers taken, over their share, with pointwise 95 % bands and marked thresholds.

    Args:
        curves: reference, then candidate.
        names: what they are called.
        marks: thresholds on them.
        theme: the colours.
    """
    figure = go.Figure()
    for curve, name in zip(curves, names, strict=True):
        colour = colour_of(curve.of, theme)
        add_band(figure, curve.coverage, curve.low, curve.high, colour=colour)
        figure.add_scatter(
            x=list(curve.coverage),
            y=list(curve.risk),
            mode="lines",
            name=f"{SIGNS[curve.of]} {plain(name, longest=34)}",
            line={"color": colour, "dash": DASHES[curve.of], "width": 2},
            customdata=[
                list(row) for row in zip(curve.threshold, curve.n, curve.low, curve.high, strict=True)
            ],
            hovertemplate=(
                "confidence ≥ %{customdata[0]:.3f}: %{x:.1%} taken (%{customdata[1]} texts)<br>%{y:.1%} of "
                "them wrong (95 % interval %{customdata[2]:.1%} to %{customdata[3]:.1%})<extra></extra>"
            ),
        )
    for mark in marks:
        colour = colour_of(mark.of, theme)
        symbol = SYMBOLS[mark.of]
        figure.add_scatter(
            x=[mark.coverage],
            y=[mark.risk],
            mode="markers",
            name=_mark_name(mark),
            showlegend=False,
            marker={
                "symbol": f"{symbol}-open" if mark.tuned else symbol,
                "size": 13,
                "color": colour,
                "line": {"width": 2, "color": colour if mark.tuned else theme.ink},
            },
            hovertemplate=f"{_mark_name(mark)}: %{{x:.1%}} taken, %{{y:.1%}} of them wrong<extra></extra>",
        )
    highest = max([0.02, *(value for curve in curves for value in curve.high)])
    return framed(
        figure,
        theme,
        height=380,
        xaxis={
            "title": {"text": "coverage: share of answers taken"},
            "tickformat": ".0%",
            "range": [0, 1.02],
        },
        yaxis={
            "title": {"text": "risk: wrong among them"},
            "tickformat": ".0%",
            "range": [0, highest * 1.05],
        },
    )


def _mark_name(mark: ThresholdMark) -> str:
    what = "tuned threshold" if mark.tuned else "threshold"
    return f"{what} {mark.threshold:.3f}, {mark.of}"


def risk_coverage_alt(
    curves: tuple[RiskCoverage, ...], names: tuple[str, ...], marks: tuple[ThresholdMark, ...]
) -> str:
    """The chart in a sentence."""
    drawn = [(curve, name) for curve, name in zip(curves, names, strict=True) if curve.n]
    if not drawn:
        return "Too few texts for a curve of risk over coverage."
    said = [f"{name} errs on {curve.risk[-1]:.1%} of all texts" for curve, name in drawn]
    by_role = dict(zip((curve.of for curve in curves), names, strict=True))
    said += [
        f"at {'the tuned ' if mark.tuned else ''}threshold {mark.threshold:.3f} {by_role[mark.of]} takes "
        f"{mark.coverage:.1%} of the texts and errs on {mark.risk:.1%} of these"
        for mark in marks
    ]
    return f"Risk over coverage: {'; '.join(said)}."


def risk_coverage_table(curves: tuple[RiskCoverage, ...], names: tuple[str, ...]) -> Table:
    """The chart's data: one row a model and point."""
    return Table(
        ("model", "threshold", "texts taken", "coverage", "risk", "95 % interval"),
        tuple(
            (
                name,
                f"{threshold:.4f}",
                str(n),
                f"{coverage:.1%}",
                f"{risk:.1%}",
                f"{low * 100:.1f} to {high * 100:.1f} %",
            )
            for curve, name in zip(curves, names, strict=True)
            for threshold, n, coverage, risk, low, high in zip(
                curve.threshold, curve.n, curve.coverage, curve.risk, curve.low, curve.high, strict=True
            )
        ),
    )
