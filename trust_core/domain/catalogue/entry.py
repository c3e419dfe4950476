"""What the catalogue says about one measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Dimension = Literal["answers", "reasons", "reliability", "confidence_use", "cost"]

DIMENSIONS: tuple[Dimension, ...] = ("answers", "reasons", "reliability", "confidence_use", "cost")

Direction = Literal["higher", "lower", "zero", "none"]
"""Where the best value lies: `zero` for differences, `none` where there is no better."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One measure, as charts, help texts, docs, exports and tests read it.

    Attributes:
        key: its name in reports and on the command line.
        title: its name for people.
        dimension: the question it belongs to.
        unit: what the value counts ("share", "nats", "ms", "probability", "" where it has none).
        low, high: ends of its range for one model or a pair; None where unbounded. The difference
            of two models lies in [low - high, high - low].
        direction: where the best value lies, for one model or a pair.
        meaning: one or two sentences for a reader who does not know it.
        source: where the definition comes from.
        interval: how its interval is made, in words.
        identity: its value when candidate and reference are the same model and the figure is of the
            pair; None where that says nothing.
        votes: whether it votes on the verdict; `margin` then names its field of the margins.
        margin: see `votes`.
    """

    key: str
    title: str
    dimension: Dimension
    unit: str
    low: float | None
    high: float | None
    direction: Direction
    meaning: str
    source: str
    interval: str
    identity: float | None = None
    votes: bool = False
    margin: str | None = None
