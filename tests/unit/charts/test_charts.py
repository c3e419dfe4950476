import json

import pytest

from tests.support.report_samples import HOSTILE, sample_report
from trust_core.charts.forest_plot import CAPTION, ForestRow, forest_alt, forest_plot, forest_table
from trust_core.charts.k_sweep import k_sweep, k_sweep_alt, k_sweep_table
from trust_core.charts.offline import figure_json, plotly_script
from trust_core.charts.reliability_diagram import reliability_alt, reliability_diagram, reliability_table
from trust_core.charts.table import Table
from trust_core.charts.theme import DARK, LIGHT, faded, plain

REPORT = sample_report()
CURVES = REPORT.curves.reliability[:2]
NAMES = ("reference", "candidate")
SWEEP = REPORT.curves.k_sweep[0]
ROWS = (
    ForestRow("Accuracy", "-0.8", "1 point", "Accuracy: open.", "inconclusive", (-1.7, -0.8, 0.1), 500),
    ForestRow("Flips", "0.4 %", "2 %", "Flips: fine.", "equivalent", (0.1, 0.2, 0.4)),
    ForestRow("Gap", "+40", "1 point", "Gap: far.", "different", (38.0, 40.0, 42.0)),
    ForestRow("SHAP", "not measured", "0.75", "SHAP: none.", "not_measured", None),
)


def _luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """WCAG contrast of two colours."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_colours_can_be_told_from_the_page(theme):
    """Text has a contrast of 4.5 on its page, lines and markers of 3."""
    assert contrast(theme.ink, theme.paper) >= 4.5
    assert contrast(theme.muted, theme.paper) >= 4.5
    assert contrast(theme.reference, theme.paper) >= 3
    assert contrast(theme.candidate, theme.paper) >= 3


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_same_record_gives_the_same_figure(theme):
    """Charts are deterministic to the byte."""
    for draw in (
        lambda: reliability_diagram(CURVES, NAMES, theme=theme),
        lambda: forest_plot(ROWS, theme=theme),
        lambda: k_sweep(SWEEP, theme=theme),
    ):
        assert figure_json(draw()) == figure_json(draw())


def test_no_chart_uses_webgl():
    """Every trace is drawn as SVG, which a strict content policy allows."""
    figures = [
        reliability_diagram(CURVES, NAMES, theme=LIGHT),
        forest_plot(ROWS, theme=LIGHT),
        k_sweep(SWEEP, theme=LIGHT),
    ]
    assert {trace.type for figure in figures for trace in figure.data} <= {"scatter", "bar"}


def test_reliability_diagram_shows_both_models_on_square_axes():
    """Both models share one panel from 0 to 1 whose axes have one scale."""
    figure = reliability_diagram(CURVES, NAMES, theme=LIGHT)
    shown = [trace.name for trace in figure.data if trace.type == "scatter" and trace.showlegend is not False]
    assert shown == ["as right as confident", "reference", "candidate"]
    assert figure.layout.xaxis.range == (0, 1)
    assert figure.layout.yaxis.range == (0, 1)
    assert figure.layout.yaxis.scaleanchor == "x"
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [sum(bar.y) for bar in bars] == [pytest.approx(1.0)] * 2


def test_models_differ_in_more_than_colour():
    """Line and marker tell the models apart without colour."""
    figure = reliability_diagram(CURVES, NAMES, theme=LIGHT)
    drawn = [trace for trace in figure.data if trace.name in NAMES and trace.type == "scatter"]
    assert len({trace.line.dash for trace in drawn}) == 2
    assert len({trace.marker.symbol for trace in drawn}) == 2


def test_forest_plot_gives_every_outcome_its_marker():
    """Outcomes differ in shape; an estimate beyond the axis becomes an arrow at its edge."""
    figure = forest_plot(ROWS, theme=LIGHT)
    symbols = {trace.name: trace.marker.symbol for trace in figure.data}
    assert symbols["within the margin"] == ("circle",)
    assert symbols["not settled"] == ("diamond-open",)
    assert symbols["beyond the margin"] == ("triangle-right",)
    far = next(trace for trace in figure.data if trace.name == "beyond the margin")
    assert far.x[0] <= figure.layout.xaxis.range[1]
    assert [note.text for note in figure.layout.annotations] == ["not measured"]


def test_an_interval_beyond_the_axis_ends_in_an_arrow():
    """No cap closes an interval that goes on: its line leaves the frame, and an arrow stands at the edge."""
    rows = (
        ForestRow("Long", "", "", "", "inconclusive", (-9.0, 0.5, 2.0)),
        ForestRow("Both", "", "", "", "inconclusive", (-9.0, 0.5, 9.0)),
        ForestRow("Far", "", "", "", "different", (4.0, 40.0, 42.0)),
    )
    figure = forest_plot(rows, theme=LIGHT)
    traces = {trace.name: trace for trace in figure.data}
    assert list(traces) == ["not settled", "goes on", "beyond the margin"]
    arrows = traces["goes on"]
    assert list(zip(arrows.x, arrows.y, arrows.marker.symbol, strict=True)) == [
        (-5.0, 2, "triangle-left"),
        (-5.0, 1, "triangle-left"),
        (5.0, 1, "triangle-right"),
    ]
    lines = traces["not settled"]
    assert lines.x[0] - lines.error_x.arrayminus[0] < figure.layout.xaxis.range[0]
    assert lines.x[0] + lines.error_x.array[0] == 2.0
    assert traces["beyond the margin"].marker.symbol == ("triangle-right",)
    assert "goes on beyond the axis" in CAPTION


def test_forest_plot_shades_the_zone_of_equivalence():
    """The zone goes from -1 to 1, in margins."""
    zone = next(shape for shape in forest_plot(ROWS, theme=LIGHT).layout.shapes if shape.type == "rect")
    assert (zone.x0, zone.x1) == (-1, 1)


def test_every_chart_has_a_sentence_and_a_table():
    """What a chart shows is also said and tabled, one row a point."""
    assert reliability_alt(CURVES, NAMES).startswith("Reliability diagram")
    assert len(reliability_table(CURVES, NAMES).rows) == sum(len(curve.n) for curve in CURVES)
    assert "Beyond" not in forest_alt(ROWS)[:10]
    assert "Accuracy" in forest_alt(ROWS)
    assert len(forest_table(ROWS).rows) == len(ROWS)
    assert [row[2] for row in forest_table(ROWS).rows] == ["500", "", "", ""]
    assert forest_table(ROWS).rows[3][1] == "SHAP: none."
    assert "0.57" in k_sweep_alt(SWEEP)
    assert len(k_sweep_table(SWEEP).rows) == len(SWEEP.k)


def test_empty_records_are_said_to_be_empty():
    """Charts of nothing are drawn and say that there is nothing."""
    empty = SWEEP.model_copy(update=dict.fromkeys(("k", "n", "jaccard", "chance", "low", "high"), ()))
    assert k_sweep(empty, theme=LIGHT).data
    assert k_sweep_alt(empty) == "No K leaves enough texts for a curve."
    assert forest_plot((), theme=LIGHT).layout.height > 0
    assert "no tests" in forest_alt(()).lower()
    assert "no texts" in reliability_alt((), ())


def test_a_table_has_one_cell_a_column():
    """Ragged rows are refused."""
    with pytest.raises(ValueError, match="one cell a column"):
        Table(("a", "b"), (("1",),))


@pytest.mark.parametrize("text", HOSTILE)
def test_labels_hold_no_markup(text):
    """Foreign names reach plotly escaped, short and without a formula."""
    shown = plain(text)
    assert "<" not in shown
    assert ">" not in shown
    assert "$" not in shown
    assert (
        len(
            plain(text, longest=10)
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&#36;", "$")
            .replace("&amp;", "&")
        )
        <= 10
    )


def test_figures_can_stand_inside_a_script_element():
    """JSON of a figure cannot close its element and is read back unchanged."""
    figure = reliability_diagram(CURVES, ("</script><b>", "candidate"), theme=LIGHT)
    text = figure_json(figure)
    assert "<" not in text
    assert json.loads(text)["layout"] == json.loads(figure.to_json())["layout"]
    assert "</script" not in plotly_script().lower()


def test_faded():
    """A colour with an opacity."""
    assert faded("#0072B2", 0.5) == "rgba(0,114,178,0.5)"
