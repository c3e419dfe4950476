"""Equivalent, different or inconclusive: two one-sided tests read off the 90 % interval (Schuirmann 1987)."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from scipy.special import ndtr

from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import ALPHAS, MIN_TEXTS, TEST_LEVEL, Evidence
from trust_core.stats.evidence import QUANTILES

Status = Literal["equivalent", "different", "inconclusive"]

MarginKind = Literal["difference", "similarity", "upper", "loss"]
"""What a margin bounds: a `difference` from both sides (-margin, margin), a `similarity` from below (a
floor), a rate or distance from above (`upper`), a difference that only a `loss` makes worse from below
(-margin)."""

TEST_ALPHA = (1 - TEST_LEVEL) / 2
"""Error rate of each one-sided test."""

MOST_TEXTS = 1_000_000
"""More texts than that are not a number that anyone could act on."""


def judge(evidence: Evidence, margin: float, kind: MarginKind = "difference") -> Status:
    """The verdict on one measure.

    Equivalent where the whole 90 % interval lies on the good side of the margin, different where it lies
    beyond it, else inconclusive. A second test (`evidence.null_p`) needs no word here: where it does not
    reject, the lower limits are 0.

    Args:
        evidence: limits of the measure.
        margin: a positive margin, or the floor of a similarity.
        kind: what the margin bounds.
    """
    low, high = evidence.interval(TEST_LEVEL)
    if kind == "similarity":
        equivalent, beyond = low > margin, high < margin
    elif kind == "loss":
        equivalent, beyond = low > -margin, high < -margin
    elif kind == "upper":
        equivalent, beyond = high < margin, low > margin
    else:
        equivalent, beyond = -margin < low and high < margin, low > margin or high < -margin
    if equivalent:
        return "equivalent"
    return "different" if beyond else "inconclusive"


def p_different(evidence: Evidence, margin: float, kind: MarginKind = "difference") -> float:
    """The smallest error rate at which the measure would be called different: its p-value for Holm.

    Between the error rates at which limits are kept, the limit is taken as linear in the normal quantile.

    Returns:
        A value in [.001, 1]: .001 stands for "at most .001" (the strictest rate kept), 1 for "not even at
        .5". Never below `evidence.null_p`.
    """
    if kind == "similarity":
        p = _crossing(evidence.high, margin, below=True)
    elif kind == "loss":
        p = _crossing(evidence.high, -margin, below=True)
    elif kind == "upper":
        p = _crossing(evidence.low, margin, below=False)
    else:
        p = min(_crossing(evidence.low, margin, below=False), _crossing(evidence.high, -margin, below=True))
    return p if evidence.null_p is None else max(p, evidence.null_p)


def p_equivalent(evidence: Evidence, margin: float, kind: MarginKind = "difference") -> float:
    """The smallest error rate at which the measure would be called equivalent.

    It is the larger p-value of the two one-sided tests.

    Returns:
        A value in [.001, 1]: .001 stands for "at most .001", 1 for "not even at .5".
    """
    if kind == "similarity":
        return _crossing(evidence.low, margin, below=False)
    upper = _crossing(evidence.high, margin, below=True)
    if kind == "upper":
        return upper
    lower = _crossing(evidence.low, -margin, below=False)
    return lower if kind == "loss" else max(upper, lower)


def _crossing(limits: FloatArray, margin: float, *, below: bool) -> float:
    """The smallest error rate at which a limit is still beyond the margin."""
    beyond = margin - limits if below else limits - margin
    excluded = beyond > 0
    if not excluded[0]:
        return 1.0
    if excluded.all():
        return float(ALPHAS[-1])
    last = int(np.argmin(excluded)) - 1
    part = beyond[last] / (beyond[last] - beyond[last + 1])
    z = QUANTILES[last] + part * (QUANTILES[last + 1] - QUANTILES[last])
    return float(np.clip(ndtr(-z), ALPHAS[last + 1], ALPHAS[last]))


def half_width(evidence: Evidence) -> float:
    """Half the width of the 90 % interval: what `n_needed` scales."""
    low, high = evidence.interval(TEST_LEVEL)
    return (high - low) / 2


def n_needed(
    n: int, estimate: float, half_width: float, margin: float, kind: MarginKind = "difference"
) -> int | None:
    """How many texts would settle a measure, if the estimate stayed and the interval shrank as 1 / sqrt(n).

    Args:
        n: texts of the estimate.
        estimate: the estimate.
        half_width: half the width of its 90 % interval.
        margin: the margin, or the floor of a similarity.
        kind: what the margin bounds.

    Returns:
        n (h / | |estimate| - margin |)^2, at least 20; None means "not within a million": the estimate lies
        (nearly) on the margin, so that hardly any number of texts would tell on which side the truth is.
    """
    sided = {"difference": abs(estimate), "loss": -estimate}.get(kind, estimate)
    distance = abs(sided - margin)
    if half_width == 0:
        return MIN_TEXTS
    if distance == 0:
        return None
    needed = n * (half_width / distance) ** 2
    # A whole number that rounding lifted by an ulp must not become the next one.
    return None if needed > MOST_TEXTS else max(MIN_TEXTS, math.ceil(needed * (1 - 1e-12)))
