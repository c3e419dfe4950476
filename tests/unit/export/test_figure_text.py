import pytest

from trust_core.domain.report import MeasureRow
from trust_core.export.figure_text import figure_text, number, settings_text


@pytest.mark.parametrize(
    "value, unit, signed, said",
    [
        (0.8604, "share", False, "86.0 %"),
        (-0.008, "share", True, "\u22120.8 points"),
        (0.0, "share", True, "0.0 points"),
        (0.21, "", False, "0.210"),
        (0.0041, "", True, "+0.004"),
        (17_000_000.0, "parameters", False, "17,000,000 parameters"),
        (12.34, "ms", False, "12.3 ms"),
        (0.00004, "", False, "4.0e-05"),
    ],
)
def test_number(value, unit, signed, said):
    """Units, signs and digits are those a reader expects."""
    assert number(value, unit, signed=signed) == said


def test_measured_figure_carries_interval_and_n():
    """Value and limits have the same digits; level and n are there."""
    row = MeasureRow(key="brier", of="difference", value=0.004, low=-0.0008, high=0.009, level=0.95, n=1500)
    text = figure_text(row)
    assert text.value == "+0.004"
    assert text.detail == "95 % interval \u22120.001 to +0.009, n\u00a0=\u00a01,500"


def test_exact_and_missing_figures_say_what_they_are():
    """An exact figure is called exact; a missing one gives reason and need."""
    assert figure_text(MeasureRow(key="parameters", of="reference", value=5.0, exact=True)).detail == "exact"
    missing = figure_text(MeasureRow(key="nll", of="pair", not_measured="no labels", needs="labels."))
    assert missing.value == "not measured"
    assert missing.detail == "no labels; needs labels"


@pytest.mark.parametrize("key", ["curve_distance", "curve_distance_level", "curve_distance_scaled"])
def test_a_distance_of_curves_is_said_in_points(key):
    """What lies between two shares has one unit on cards, in tables and in sentences, and no sign."""
    row = MeasureRow(
        key=key, of="pair", unit="probability", value=0.054, low=0.013, high=0.096, level=0.95, n=306
    )
    text = figure_text(row)
    assert text.value == "5.4 points"
    assert text.detail == "95 % interval 1.3 to 9.6 points, n\u00a0=\u00a0306"
    share = figure_text(row.model_copy(update={"key": "agreement", "unit": "share"}))
    assert share.value == "5.4 %"


def test_a_change_of_a_rate_carries_its_sign():
    """What is a difference is said as one, also where it is a figure of the pair."""
    row = MeasureRow(
        key="keep_rate_change", of="pair", unit="share", value=0.025, low=-0.1, high=0.14, level=0.95, n=40
    )
    text = figure_text(row)
    assert text.value == "+2.5 points"
    assert text.detail == "95 % interval \u221210.0 to +14.0 points, n\u00a0=\u00a040"


def test_settings_text():
    """Settings read as a phrase."""
    row = MeasureRow(
        key="ece",
        of="reference",
        value=1.0,
        exact=True,
        settings={"binning": "equal-mass", "bins": 10, "edges": "own", "p": 0.8},
    )
    assert settings_text(row) == "equal-mass, 10 bins, own edges, p 0.8"
