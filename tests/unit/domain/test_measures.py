import math

import numpy as np
import pytest

from trust_core.domain.measures import ALPHAS, Evidence, Exact, Measured


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_figures_are_finite(value: float) -> None:
    """A figure that is no finite number cannot be made."""
    with pytest.raises(ValueError, match="finite"):
        Exact(value)
    for parts in ((value, 0.0, 1.0), (0.5, value, 1.0), (0.5, 0.0, value)):
        with pytest.raises(ValueError, match="finite"):
            Measured(*parts, level=0.95, n=30)


def test_limits_are_in_order() -> None:
    """An interval has its lower limit first; the value may lie outside of it."""
    with pytest.raises(ValueError, match="lower limit"):
        Measured(0.5, 0.6, 0.4, 0.95, 30)
    assert Measured(0.7, 0.4, 0.6, 0.95, 30).value == 0.7


def _evidence(**changes: object) -> Evidence:
    width = np.linspace(0.01, 0.2, len(ALPHAS))
    return Evidence(**{"estimate": 0.0, "n": 50, "low": -width, "high": width, **changes})


def test_evidence_gives_the_interval_of_a_level() -> None:
    """The interval at a level is the pair of limits at half of what is left."""
    evidence = _evidence()
    at = ALPHAS.tolist().index(0.05)
    assert evidence.interval(0.90) == (evidence.low[at], evidence.high[at])
    assert evidence.interval() == evidence.interval(0.90)
    at = ALPHAS.tolist().index(0.025)
    assert evidence.interval(0.95) == (evidence.low[at], evidence.high[at])
    with pytest.raises(ValueError, match=r"no limits were kept for level 0\.93"):
        evidence.interval(0.93)


def test_evidence_refuses_broken_limits() -> None:
    """Limits are finite, one a side for every error rate."""
    with pytest.raises(ValueError, match="every error rate"):
        _evidence(low=np.zeros(3))
    with pytest.raises(ValueError, match="every error rate"):
        _evidence(high=np.zeros(3))
    for side in ("low", "high"):
        with pytest.raises(ValueError, match="finite"):
            _evidence(**{side: np.full(len(ALPHAS), np.nan)})


def test_evidence_is_locked() -> None:
    """The limits are copies that nobody can write to."""
    mine = np.zeros(len(ALPHAS))
    evidence = _evidence(low=mine)
    mine[0] = 1
    assert evidence.low[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        evidence.low[0] = 1
