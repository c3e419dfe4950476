"""Selective risk over coverage: how often a model errs when only its most confident answers are taken."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
from jaxtyping import Float

from trust_core.behaviour.threshold import Judged
from trust_core.domain.arrays import FloatArray, IntArray
from trust_core.domain.measures import MIN_TEXTS
from trust_core.domain.report import RiskCoverage
from trust_core.stats.intervals import wilson_interval

POINTS = 60
"""Points of a curve, evenly over the texts."""


def area_under_risk_coverage(answers: Judged, counts: Iterable[FloatArray]) -> FloatArray:
    """AURC: the mean over texts of the selective risk at a text's own confidence. In [0, 1], lower is better.

    Equal confidences are accepted together. Without ties it is the mean over k of the error rate among the
    k most confident answers.

    Source: Geifman, Uziel and El-Yaniv 2019, section 2.

    Args:
        answers: of one model.
        counts: (rows, n) blocks of how often each text counts, a row a resample.

    Returns:
        (draws,) one area a row.
    """
    order = np.argsort(-answers.confidence, kind="stable")
    wrong = answers.wrong[order].astype(np.float64)
    last = _last_of_equals(answers.confidence[order])
    areas: list[FloatArray] = []
    for block in counts:
        weight = block[:, order]
        accepted = weight.cumsum(axis=1)
        risk = (weight * wrong).cumsum(axis=1) / np.maximum(accepted, 1.0)
        areas.append((weight * risk[:, last]).sum(axis=1) / accepted[:, -1])
    return np.concatenate(areas)


def risk_coverage_curve(
    answers: Judged, *, of: Literal["reference", "candidate"], candidate: str
) -> RiskCoverage:
    """Selective risk with Wilson's 95 % interval at up to `POINTS` coverages, from 20 accepted texts on.

    Args:
        answers: of one model.
        of: whose they are.
        candidate: name of the pair's candidate.
    """
    order = np.argsort(-answers.confidence, kind="stable")
    confidence = answers.confidence[order]
    wrong = answers.wrong[order].cumsum().astype(np.float64)
    n = len(order)
    ends = np.unique(_last_of_equals(confidence))
    ends = ends[ends + 1 >= MIN_TEXTS]
    if len(ends) > POINTS:
        wanted = np.linspace(ends[0], n - 1, POINTS)
        ends = np.unique(ends[np.minimum(np.searchsorted(ends, wanted), len(ends) - 1)])
    accepted = (ends + 1).astype(np.float64)
    low, high = wilson_interval(wrong[ends], accepted) if len(ends) else (accepted, accepted)
    return RiskCoverage(
        of=of,
        candidate=candidate,
        threshold=tuple(confidence[ends].tolist()),
        coverage=tuple((accepted / max(n, 1)).tolist()),
        n=tuple((ends + 1).tolist()),
        risk=tuple((wrong[ends] / accepted).tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
    )


def _last_of_equals(falling: Float[np.ndarray, " n"]) -> IntArray:
    """(n,) the place of the last text of the same confidence, in falling order."""
    ends = np.flatnonzero(np.append(falling[1:] != falling[:-1], True)) if len(falling) else np.arange(0)
    last: IntArray = ends[np.searchsorted(ends, np.arange(len(falling)))]
    return last
