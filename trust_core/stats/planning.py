"""How small a difference a number of texts can settle, before anything is measured."""

from __future__ import annotations

import math

from scipy.special import ndtri

from trust_core.domain.measures import TEST_LEVEL

TYPICAL_CHURN = 0.1
"""Share of texts whose outcome differs between reference and candidate: of the bundled students, roughly."""

TYPICAL_ALIGNMENT_SPREAD = 0.25
"""Standard deviation of the alignment over texts: of the bundled students, roughly."""


def smallest_settled(n: int, spread: float) -> float:
    """The margin that n texts can just settle where the true difference is 0.

    That is half the width of the interval by which equivalence is judged, z * spread / sqrt(n), with the
    spread over texts that is expected.

    Args:
        n: texts, at least 1.
        spread: standard deviation of the measure over texts.
    """
    return float(ndtri((1 + TEST_LEVEL) / 2)) * spread / math.sqrt(n)
