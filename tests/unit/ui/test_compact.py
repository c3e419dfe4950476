"""Small tables of figures."""

import pytest

from trust_core.domain.measures import Exact, Measured, NotMeasured
from trust_core.domain.report import MeasureRow
from trust_core.ui.compact import brief, brief_figure, texts_said


def test_a_cell_is_never_a_value_alone() -> None:
    """A figure has its interval in brackets, or is exact, or says why there is none."""
    assert brief_figure(Measured(0.5, 0.25, 0.75, 0.95, 40)) == "0.500 (0.250 to 0.750)"
    assert brief_figure(Exact(1.0), unit="share") == "100.0 % (exact)"
    assert brief_figure(NotMeasured("too few texts: 3", "20")) == "not measured: too few texts: 3; needs 20"
    distance = MeasureRow(
        key="curve_distance", of="pair", unit="probability", value=0.05, low=0.01, high=0.1, level=0.95, n=40
    )
    assert brief(distance) == "5.0 points (1.0 to 10.0)"


@pytest.mark.parametrize(
    "counts, said", [([], ""), ([None], ""), ([40, None, 40], "n = 40"), ([40, 1240, 24], "n = 24 to 1,240")]
)
def test_the_texts_behind_a_table_are_said_once(counts: list[int | None], said: str) -> None:
    """Equal numbers are one number, others a range; what was not measured counts for nothing."""
    assert texts_said(counts) == said
