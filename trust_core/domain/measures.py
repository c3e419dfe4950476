"""Figures: never a bare number.

A figure is `Measured` (value, interval, level, n), `Exact` (nothing was sampled) or `NotMeasured`
(the reason, and what it would need). There is no 0, NaN or None for "could not".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from trust_core.domain.arrays import FloatArray, locked_floats

Of = Literal["reference", "candidate", "difference", "pair"]
"""Whom a figure describes; a difference is candidate - reference, a pair figure has no direction."""

Setting = str | int | float

LEVEL = 0.95
"""Level of the intervals that are shown."""

TEST_LEVEL = 0.90
"""Level of the interval that two one-sided tests at 5 % are read from."""

MIN_TEXTS = 20
"""Fewer texts than this give no interval: the figure is NotMeasured."""

ALPHAS: FloatArray = locked_floats(
    [
        0.5,
        0.4,
        0.3,
        0.25,
        0.2,
        0.15,
        0.1,
        0.075,
        0.05,
        0.04,
        0.03,
        0.025,
        0.02,
        0.015,
        0.01,
        0.0075,
        0.005,
        0.0025,
        0.001,
    ]
)
"""One-sided error rates at which `Evidence` holds limits, from wide-open to strict."""


@dataclass(frozen=True, slots=True)
class Measured:
    """An estimate from n texts with its interval.

    Attributes:
        value: the estimate.
        low, high: limits of the interval at `level`; low <= high, but a basic interval of a biased
            estimator need not contain the value.
        level: confidence level of the interval, in (0, 1).
        n: how many texts it rests on.
    """

    value: float
    low: float
    high: float
    level: float
    n: int

    def __post_init__(self) -> None:
        if not all(math.isfinite(x) for x in (self.value, self.low, self.high)):
            raise ValueError(f"a measured figure must be finite: {self}")
        if self.low > self.high:
            raise ValueError(f"the lower limit is above the upper: {self}")


@dataclass(frozen=True, slots=True)
class Exact:
    """A figure that no sampling stands behind: sizes, counts, chance levels, p-values of exact tests."""

    value: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"an exact figure must be finite: {self}")


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """Why there is no figure (`reason`), and what it would take to have one (`needs`)."""

    reason: str
    needs: str


Figure = Measured | Exact | NotMeasured


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure with its name.

    Attributes:
        key: a key of the catalogue.
        of: whom it describes.
        figure: the figure.
        explainer: for figures of reasons: lime, shap-partition, ...
        settings: what it was computed with (binning, bins, edges, k, class, ...).
    """

    key: str
    of: Of
    figure: Figure
    explainer: str | None = None
    settings: Mapping[str, Setting] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Limits of a voting measure at many error rates, from which any margin can be judged later.

    `low[i]` and `high[i]` are the one-sided limits at error rate `ALPHAS[i]`: together they are the
    interval at level 1 - 2 ALPHAS[i]. low falls and high rises as the error rate gets stricter.

    Attributes:
        estimate: the estimate; a difference (candidate - reference) or a similarity.
        n: how many texts it rests on.
        low, high: (len(ALPHAS),) limits.
        null_p: where set, the p-value of a second test that must also reject before the measure may
            be called different (the random-swap level of the curve distance).
    """

    estimate: float
    n: int
    low: FloatArray
    high: FloatArray
    null_p: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", locked_floats(self.low))
        object.__setattr__(self, "high", locked_floats(self.high))
        if self.low.shape != ALPHAS.shape or self.high.shape != ALPHAS.shape:
            raise ValueError("evidence needs one limit a side for every error rate in ALPHAS")
        if not (np.isfinite(self.low).all() and np.isfinite(self.high).all()):
            raise ValueError("limits of evidence must be finite")

    def interval(self, level: float = TEST_LEVEL) -> tuple[float, float]:
        """The two-sided interval at `level`, one of 1 - 2 ALPHAS."""
        index = int(np.argmin(np.abs(ALPHAS - (1 - level) / 2)))
        if not math.isclose(float(ALPHAS[index]), (1 - level) / 2, abs_tol=1e-9):
            raise ValueError(f"no limits were kept for level {level}")
        return float(self.low[index]), float(self.high[index])


@dataclass(frozen=True, slots=True)
class Vote:
    """What a voting measure brings to the verdict: its evidence, or why there is none."""

    key: str
    evidence: Evidence | NotMeasured
    explainer: str | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """What the measures of one dimension found for one candidate.

    Attributes:
        measures: every figure, in the order in which it is shown.
        votes: evidence of the voting measures.
        notes: what a reader should know (texts left out, and why), in sentences.
    """

    measures: tuple[Measure, ...]
    votes: tuple[Vote, ...] = ()
    notes: tuple[str, ...] = ()
