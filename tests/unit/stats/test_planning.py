"""What a number of texts can settle."""

import pytest

from trust_core.domain.measures import NotMeasured
from trust_core.stats.equivalence import half_width
from trust_core.stats.intervals import paired_difference_evidence
from trust_core.stats.planning import smallest_settled


def test_four_times_the_texts_halve_it() -> None:
    """It falls with the square root of the number of texts, and grows with the spread."""
    assert smallest_settled(400, 0.3) == pytest.approx(smallest_settled(100, 0.3) / 2)
    assert smallest_settled(100, 0.6) == pytest.approx(2 * smallest_settled(100, 0.3))


def test_it_is_the_interval_that_the_run_will_have() -> None:
    """Where a tenth of the texts changes outcome, half to each side, the promise is kept to a few percent."""
    found = paired_difference_evidence(lost=50, gained=50, n=1000)
    assert not isinstance(found, NotMeasured)
    assert smallest_settled(1000, 0.1**0.5) == pytest.approx(half_width(found), rel=0.05)
