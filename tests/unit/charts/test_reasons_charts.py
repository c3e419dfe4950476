import numpy as np
import pytest

from tests.support.report_samples import HOSTILE
from trust_core.charts.alignment_scale import ScaleRow, alignment_scale, scale_alt, scale_table
from trust_core.charts.alignment_spread import (
    Spread,
    alignment_spread,
    spread_alt,
    spread_edges,
    spread_table,
)
from trust_core.charts.joint_map import JointMap, joint_alt, joint_map, joint_table
from trust_core.charts.offline import figure_json
from trust_core.charts.text_points import CLICKED, TextPoints
from trust_core.charts.theme import DARK, LIGHT

ROWS = (
    ScaleRow("LIME", "candidate", 0.62, 0.5, 0.7, 300),
    ScaleRow("LIME", "ceiling", 0.98, 0.9, 1.05, 30),
    ScaleRow("SHAP", "candidate", 1.0),
)
POINTS = TextPoints(
    np.array([0.0, -0.2, 0.1, 0.02]),
    np.array([0.1, 0.2, 1.0, 0.9]),
    ("same", "negative", "same", "same"),
    ("a", "b", "c", "d"),
)
JOINT = JointMap(POINTS, 0.5, "LIME")
SPREADS = (Spread("LIME", np.array([-0.13, 0.0, 0.5, 1.0])), Spread("SHAP", np.array([0.2, 0.25])))
NONE = TextPoints(np.array([]), np.array([]), (), ())


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_same_record_gives_the_same_figure(theme):
    """The charts of reasons are deterministic to the byte."""
    for draw in (
        lambda: alignment_scale(ROWS, 0.75, theme=theme),
        lambda: alignment_spread(SPREADS, theme=theme),
        lambda: joint_map(JOINT, theme=theme),
    ):
        assert figure_json(draw()) == figure_json(draw())


def test_quadrant_counts_same_answers_below_the_border():
    """Only texts that keep their answer count, and only below the border."""
    assert JOINT.quadrant == 1
    assert JointMap(POINTS, 0.95, "LIME").quadrant == 2
    notes = [note.text for note in joint_map(JOINT, theme=LIGHT).layout.annotations]
    assert notes == ["<b>same answer, different reasons</b><br>1 texts, 25%"]
    assert "1 keep their answer with different" in joint_alt(JOINT)


def test_points_of_the_map_are_its_texts_in_order():
    """The clicked trace is the texts: a point's index is the text's."""
    trace = joint_map(JOINT, theme=LIGHT).data[CLICKED]
    assert list(trace.x) == POINTS.x.tolist()
    assert [row[0] for row in trace.customdata] == list(POINTS.labels)
    assert [row[0] for row in joint_table(JOINT).rows] == list(POINTS.labels)


def test_scale_shows_interval_floor_and_ceiling():
    """Every figure has its interval, its kind its own marker; chance, floor and identity are marked."""
    figure = alignment_scale(ROWS, 0.75, theme=LIGHT)
    assert [note.text for note in figure.layout.annotations] == ["chance", "floor", "itself"]
    candidate, ceiling = figure.data
    assert candidate.marker.symbol != ceiling.marker.symbol
    assert candidate.error_x.array[0] == pytest.approx(0.08)
    assert candidate.error_x.array[1] == 0
    assert figure.layout.xaxis.range[1] > 1.05
    assert "0.62 (0.50 to 0.70), 300 texts" in scale_alt(ROWS, 0.75)
    assert scale_table(ROWS).rows[2][2] == "1.00, exact"


def test_spread_counts_every_text_once():
    """Intervals of a tenth hold every text, the last one also the value 1."""
    edges = spread_edges(SPREADS)
    assert edges[0] == pytest.approx(-0.2)
    assert edges[-1] == 1
    for spread in SPREADS:
        assert spread.counts(edges).sum() == len(spread.values)
    bars = alignment_spread(SPREADS, theme=LIGHT).data
    assert [sum(bar.y) for bar in bars] == [pytest.approx(1)] * 2
    assert bars[0].marker.pattern.shape != bars[1].marker.pattern.shape
    assert len(spread_table(SPREADS).rows) == 12
    assert "half of 4 texts have an alignment of at most 0.25" in spread_alt(SPREADS)


def test_empty_records_are_said_to_be_empty():
    """Without an explained text every chart still draws and says that there is nothing."""
    assert alignment_scale((), 0.75, theme=LIGHT).layout.height > 0
    assert "not measured" in scale_alt((), 0.75)
    nothing = JointMap(NONE, 0.5, "LIME")
    assert joint_map(nothing, theme=LIGHT).data
    assert joint_alt(nothing) == spread_alt(()) == "No text has been explained and compared."
    assert alignment_spread((), theme=LIGHT).layout.height > 0


@pytest.mark.parametrize("name", HOSTILE)
def test_foreign_text_is_text(name):
    """Labels of texts reach plotly without markup."""
    points = TextPoints(np.array([0.5]), np.array([0.5]), ("same",), (name,))
    drawn = joint_map(JointMap(points, 0.5, "LIME"), theme=LIGHT).to_json()
    for tag in ("<script", "<img", "<a "):
        assert tag not in drawn.replace("\\u003c", "<")
