"""The chart of agreement against forward passes, as SVG: one panel a model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

WIDTH, HEIGHT = 420, 300
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 36, 46
PASSES = (100, 2100)
AGREEMENT = (0.4, 1.0)
COLOURS = {"independent": "#6b7280", "stratified, words alone": "#2a9d8f", "stratified": "#1f4e9c"}
MARKS = {"independent": "none", "stratified, words alone": "4 3", "stratified": "none"}


def chart(models: Sequence[dict[str, Any]]) -> str:
    """All panels beside each other; the bands are 95 % intervals over texts."""
    width = WIDTH * max(1, len(models))
    panels = "".join(panel(one, place * WIDTH) for place, one in enumerate(models))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="11"><title>Agreement of LIME\'s top words with a converged run, '
        f'by forward passes</title><rect width="{width}" height="{HEIGHT}" fill="white"/>{panels}</svg>\n'
    )


def panel(model: dict[str, Any], left: int) -> str:
    """One model's curves."""
    parts = [
        f'<g transform="translate({left} 0)">',
        text(LEFT, 20, f"{model['model']}, {model['texts']} texts", bold=True),
        text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "forward passes a text (log)", anchor="middle"),
        f'<g transform="translate(14 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)">',
        text(0, 0, "Jaccard with the converged top words", anchor="middle"),
        "</g>",
    ]
    for value in (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        parts += [line([(PASSES[0], value), (PASSES[1], value)], "#e5e7eb", 1, "none")]
        parts += [text(LEFT - 6, y(value) + 4, f"{value:.1f}", anchor="end")]
    parts += [
        text(x(passes), HEIGHT - BOTTOM + 16, str(passes), anchor="middle")
        for passes in (125, 250, 500, 1000, 2000)
    ]
    for place, (method, colour) in enumerate(COLOURS.items()):
        rows = [row for row in model["curves"] if row["method"] == method]
        band = [(row["passes"], row["high"]) for row in rows] + [
            (row["passes"], row["low"]) for row in rows[::-1]
        ]
        corners = " ".join(f"{x(passes):.1f},{y(value):.1f}" for passes, value in band)
        parts.append(f'<polygon points="{corners}" fill="{colour}" opacity="0.12"/>')
        parts.append(line([(row["passes"], row["agreement"]) for row in rows], colour, 2, MARKS[method]))
        at = HEIGHT - BOTTOM - 44 + 15 * place
        parts.append(
            f'<line x1="{WIDTH - 170}" x2="{WIDTH - 146}" y1="{at - 4}" y2="{at - 4}" stroke="{colour}" '
            f'stroke-width="2" stroke-dasharray="{MARKS[method]}"/>'
        )
        parts.append(text(WIDTH - 140, at, method))
    return "".join([*parts, "</g>"])


def x(passes: float) -> float:
    """Where a number of passes lies."""
    share = math.log(passes / PASSES[0]) / math.log(PASSES[1] / PASSES[0])
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def y(agreement: float) -> float:
    """Where an agreement lies."""
    share = (agreement - AGREEMENT[0]) / (AGREEMENT[1] - AGREEMENT[0])
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def line(points: Sequence[tuple[float, float]], colour: str, width: int, dashes: str) -> str:
    """A line through points."""
    corners = " ".join(f"{x(passes):.1f},{y(value):.1f}" for passes, value in points)
    return (
        f'<polyline points="{corners}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'stroke-dasharray="{dashes}"/>'
    )


def text(left: float, top: float, words: str, *, anchor: str = "start", bold: bool = False) -> str:
    """Words at a place."""
    style = f'text-anchor="{anchor}" fill="#374151"' + (' font-weight="bold"' if bold else "")
    return f'<text x="{left:.1f}" y="{top:.1f}" {style}>{escape(words)}</text>'
