import numpy as np
import pytest

from tests.support.report_samples import HOSTILE
from trust_core.charts.calibration_view import (
    CLICKED,
    CalibrationView,
    CurveBand,
    ModelBins,
    calibration_alt,
    calibration_table,
    calibration_view,
)
from trust_core.charts.confidence_scatter import confidence_alt, confidence_scatter, confidence_table
from trust_core.charts.offline import figure_json
from trust_core.charts.text_points import SYMBOLS, TextPoints, outcome_colour
from trust_core.charts.theme import DARK, LIGHT

EMPTY = np.array([])


def bins(of, name="model", *, v=3, curve=None):
    """A model with v bins between .4 and 1, fuller to the right."""
    edges = np.linspace(0.4, 1.0, v + 1)
    middle = (edges[:-1] + edges[1:]) / 2
    return ModelBins(
        of=of,
        name=name,
        left=edges[:-1],
        right=edges[1:],
        count=np.arange(1, v + 1) * 10,
        said=middle,
        came=middle - 0.1,
        low=middle - 0.2,
        high=middle,
        curve=curve,
    )


BAND = CurveBand(
    np.array([0.5, 0.9]), np.array([0.02, -0.04]), np.array([-0.01, -0.1]), np.array([0.05, 0.0])
)
VIEW = CalibrationView((bins("reference", "A"), bins("candidate", "B", v=2)), BAND, binning="3 bins")
POINTS = TextPoints(
    np.array([0.5, 0.9, 0.8]),
    np.array([0.6, 0.7, 0.9]),
    ("negative", "both right", "both wrong"),
    ("a", "b", "c"),
)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_same_record_gives_the_same_figure(theme):
    """Both charts are deterministic to the byte, and differ between the themes."""
    assert figure_json(calibration_view(VIEW, theme=theme)) == figure_json(
        calibration_view(VIEW, theme=theme)
    )
    drawn = [figure_json(confidence_scatter(POINTS, ("A", "B"), theme=theme)) for _ in range(2)]
    assert drawn[0] == drawn[1]


def test_a_click_names_model_and_bin():
    """The clicked trace holds one point a model and bin, in the order of the record's points."""
    trace = calibration_view(VIEW, theme=LIGHT).data[CLICKED]
    assert len(trace.x) == len(VIEW.points) == 5
    for at, (model, place) in enumerate(VIEW.points):
        assert (trace.x[at], trace.y[at]) == (model.said[place], model.came[place])
    assert VIEW.points[3][0].name == "B"


def test_only_the_markers_answer_to_the_pointer():
    """Everything but the markers is skipped by hover and click, so a point's index is never ambiguous."""
    figure = calibration_view(VIEW, theme=LIGHT)
    assert all(trace.hoverinfo == "skip" for trace in figure.data[:CLICKED])
    assert figure.data[CLICKED].hoverinfo is None
    assert len(figure.data) == CLICKED + 1


def test_markers_are_as_large_as_their_bins():
    """A marker's size grows with the texts of its bin, so that sparse bins look sparse."""
    size = calibration_view(VIEW, theme=LIGHT).data[CLICKED].marker.size
    assert size[0] < size[1] < size[2]


def test_smooth_markers_stand_on_the_curve():
    """With a smooth curve the markers lie on it, not on the bins' own rates."""
    curve = CurveBand(np.array([0.4, 1.0]), np.array([0.2, 0.8]), np.zeros(2), np.ones(2))
    view = CalibrationView((bins("reference", curve=curve), bins("candidate", curve=curve)), BAND)
    trace = calibration_view(view, theme=LIGHT).data[CLICKED]
    assert list(trace.y) == pytest.approx([x - 0.2 for x in trace.x])


def test_axes_are_square_and_models_differ_without_colour():
    """One scale from 0 to 1 on both axes; dash and marker tell the models apart."""
    figure = calibration_view(VIEW, theme=LIGHT)
    assert figure.layout.yaxis.scaleanchor == "x"
    assert figure.layout.xaxis.range == figure.layout.yaxis.range
    lines = [trace for trace in figure.data if trace.name and trace.name[0] in "●◆"]
    assert len({trace.line.dash for trace in lines}) == 2
    assert len(set(figure.data[CLICKED].marker.symbol)) == 2


def test_difference_axis_is_symmetric_and_holds_the_values():
    """The panel of differences is centred on 0 and shows every value, with a tick on either side."""
    axis = calibration_view(VIEW, theme=LIGHT).layout.yaxis2
    low, high = axis.range
    assert low == -high
    assert high >= np.abs(BAND.value).max()
    assert low <= axis.tickvals[0] == -axis.tickvals[2] < axis.tickvals[1] == 0


def test_diagram_is_said_and_tabled():
    """A sentence names both models' gaps, the table has a row a point."""
    said = calibration_alt(VIEW)
    assert "A is on average 10.0 points over-confident" in said
    assert "60 texts" in said
    assert len(calibration_table(VIEW).rows) == 5


def test_nothing_to_draw_is_drawn_and_said():
    """Models without a bin give an empty diagram with the same traces."""
    nothing = CurveBand(EMPTY, EMPTY, EMPTY, EMPTY)
    view = CalibrationView((bins("reference", v=0), bins("candidate", v=0)), nothing)
    assert len(calibration_view(view, theme=LIGHT).data) == CLICKED + 1
    assert "without any text" in calibration_alt(view)
    none = TextPoints(EMPTY, EMPTY, (), ())
    assert confidence_scatter(none, ("A", "B"), theme=LIGHT).data
    assert confidence_alt(none) == "No text was predicted by both models."
    assert confidence_table(none).rows == ()


def test_scatter_shows_outcomes_by_shape_and_counts_them():
    """Every outcome has its own marker and legend entry with its count; the first trace is the texts."""
    figure = confidence_scatter(POINTS, ("A", "B"), theme=LIGHT)
    assert list(figure.data[0].marker.symbol) == [SYMBOLS[one] for one in POINTS.outcomes]
    assert [trace.name for trace in figure.data[1:]] == [
        "both right (1)",
        "both wrong (1)",
        "right became wrong (1)",
    ]
    assert "surer than the reference on 2 of 3" in confidence_alt(POINTS)
    assert confidence_table(POINTS).rows[0] == ("a", "0.5000", "0.6000", "right became wrong")
    assert outcome_colour("negative", LIGHT) != outcome_colour("positive", LIGHT)


@pytest.mark.parametrize("name", HOSTILE)
def test_foreign_names_are_text(name):
    """Names of models and classes and labels of texts reach plotly without markup."""
    view = CalibrationView(
        (bins("reference", name), bins("candidate", name)), BAND, confidence=name, rate=name
    )
    points = TextPoints(np.array([0.5]), np.array([0.5]), ("same",), (name,))
    for figure in (
        calibration_view(view, theme=LIGHT),
        confidence_scatter(points, (name, name), theme=LIGHT),
    ):
        drawn = figure.to_json()
        for tag in ("<script", "<img", "<a "):
            assert tag not in drawn.replace("\\u003c", "<")


def test_every_text_needs_its_outcome():
    """Points of unequal columns are refused."""
    with pytest.raises(ValueError, match="an outcome"):
        TextPoints(np.zeros(2), np.zeros(2), ("same",), ("a", "b"))


def test_every_bin_shows_where_a_calibrated_model_would_lie():
    """A line behind each bin spans the range of a calibrated model; curves have none, tables say it too."""
    figure = calibration_view(VIEW, theme=LIGHT)
    lines = [shape for shape in figure.layout.shapes if shape.line.width == 7]
    assert len(lines) == 5
    for line, (model, at) in zip(lines, VIEW.points, strict=True):
        assert line.x0 == line.x1 == model.said[at]
        assert line.y0 < model.said[at] < line.y1
    table = calibration_table(VIEW)
    assert table.columns[-1] == "if calibrated"
    assert table.rows[0][-1] == f"{lines[0].y0:.4f} to {lines[0].y1:.4f}"
    curve = CurveBand(np.array([0.5]), np.array([0.5]), np.array([0.4]), np.array([0.6]))
    smooth = CalibrationView((bins("reference", curve=curve), bins("candidate", curve=curve)), BAND)
    assert not [one for one in calibration_view(smooth, theme=LIGHT).layout.shapes if one.line.width == 7]
