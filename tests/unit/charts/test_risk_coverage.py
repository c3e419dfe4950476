"""The chart of risk over coverage."""

import pytest

from tests.support.report_samples import HOSTILE
from trust_core.charts.offline import figure_json
from trust_core.charts.risk_coverage import (
    ThresholdMark,
    mark_on,
    risk_coverage,
    risk_coverage_alt,
    risk_coverage_table,
)
from trust_core.charts.theme import DARK, LIGHT
from trust_core.domain.report import RiskCoverage


def curve(of, risks=(0.02, 0.05, 0.1)):
    """A curve of three points."""
    return RiskCoverage(
        of=of,
        candidate="B",
        threshold=(0.9, 0.7, 0.5),
        coverage=(0.2, 0.6, 1.0),
        n=(40, 120, 200),
        risk=risks,
        low=tuple(r / 2 for r in risks),
        high=tuple(r * 2 for r in risks),
    )


CURVES = (curve("reference"), curve("candidate", (0.04, 0.08, 0.15)))
MARKS = (ThresholdMark("candidate", 0.72, 0.55, 0.07), ThresholdMark("reference", 0.7, 0.6, 0.05, tuned=True))


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_same_record_gives_the_same_figure(theme):
    """The chart is deterministic to the byte."""
    drawn = [figure_json(risk_coverage(CURVES, ("A", "B"), MARKS, theme=theme)) for _ in range(2)]
    assert drawn[0] == drawn[1]


def test_models_differ_in_more_than_colour():
    """Lines differ in dash, markers in shape; a tuned threshold is open, a chosen one filled."""
    figure = risk_coverage(CURVES, ("A", "B"), MARKS, theme=LIGHT)
    lines = [trace for trace in figure.data if trace.mode == "lines" and trace.name]
    assert [line.line.dash for line in lines] == ["solid", "dash"]
    symbols = [trace.marker.symbol for trace in figure.data if trace.mode == "markers"]
    assert symbols == ["diamond", "circle-open"]


def test_the_band_lies_inside_the_axes():
    """The vertical axis starts at 0 and holds every upper limit."""
    figure = risk_coverage(CURVES, ("A", "B"), (), theme=LIGHT)
    low, high = figure.layout.yaxis.range
    assert low == 0
    assert high >= 0.3


def test_a_tuned_threshold_is_marked_where_it_accepts():
    """The mark is at the last point whose threshold is not below the tuned one; above all, there is none."""
    assert mark_on(CURVES[0], 0.65) == ThresholdMark("reference", 0.65, 0.6, 0.05, tuned=True)
    assert mark_on(CURVES[0], 0.7) == ThresholdMark("reference", 0.7, 0.6, 0.05, tuned=True)
    assert mark_on(CURVES[0], 0.95) is None


def test_the_sentence_says_what_is_drawn():
    """Errors on all texts, and what each threshold takes."""
    said = risk_coverage_alt(CURVES, ("A", "B"), MARKS)
    assert "A errs on 10.0% of all texts" in said
    assert "at threshold 0.720 B takes 55.0% of the texts and errs on 7.0% of these" in said
    assert "at the tuned threshold 0.700 A takes" in said


def test_the_table_has_every_point():
    """One row a model and point."""
    table = risk_coverage_table(CURVES, ("A", "B"))
    assert len(table.rows) == 6
    assert table.rows[1] == ("A", "0.7000", "120", "60.0%", "5.0%", "2.5 to 10.0 %")


def test_nothing_to_draw_is_said():
    """Curves without a point draw an empty chart and say so."""
    empty = RiskCoverage(
        of="reference", candidate="B", threshold=(), coverage=(), n=(), risk=(), low=(), high=()
    )
    assert "Too few texts" in risk_coverage_alt((empty,), ("A",), ())
    assert risk_coverage_table((empty,), ("A",)).rows == ()
    assert risk_coverage((empty,), ("A",), (), theme=LIGHT).layout.yaxis.range[0] == 0


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(name):
    """A model's name is no markup in the legend."""
    drawn = figure_json(risk_coverage(CURVES, (name, name), MARKS, theme=LIGHT))
    for tag in ("<script", "<img", "<svg", "<b>"):
        assert tag not in drawn
