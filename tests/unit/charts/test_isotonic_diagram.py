import numpy as np
import pytest

from tests.support.report_samples import HOSTILE
from trust_core.charts.isotonic_diagram import (
    CLICKED,
    IsotonicModel,
    IsotonicView,
    isotonic_alt,
    isotonic_diagram,
    isotonic_table,
)
from trust_core.charts.offline import figure_json
from trust_core.charts.theme import DARK, LIGHT


def model(of, name="model", *, v=3):
    """A model of v blocks, whose last one lies above its band."""
    ends = np.linspace(0.0, 1.0, v + 1)
    said = (ends[:-1] + ends[1:]) / 2
    came = np.where(np.arange(v) == v - 1, 1.0, said)
    return IsotonicModel(
        of=of,
        name=name,
        left=ends[:-1],
        right=ends[1:],
        count=np.arange(1, v + 1) * 10,
        said=said,
        came=came,
        at=np.repeat(said, 2),
        value=np.repeat(came, 2),
        places=np.array([0.0, 1.0]),
        low=np.array([-0.1, 0.9]),
        high=np.array([0.1, 1.1]),
        texts=np.array([1, 2, 3]),
    )


VIEW = IsotonicView((model("reference", "A"), model("candidate", "B", v=2)))


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_same_record_gives_the_same_figure(theme):
    """The chart is deterministic to the byte."""
    drawn = [figure_json(isotonic_diagram(VIEW, theme=theme)) for _ in range(2)]
    assert drawn[0] == drawn[1]


def test_a_click_names_model_and_block():
    """The clicked trace is the last, holds one point a model and block, and alone answers to the pointer."""
    figure = isotonic_diagram(VIEW, theme=LIGHT)
    assert len(figure.data) == CLICKED + 1
    assert all(trace.hoverinfo == "skip" for trace in figure.data[:CLICKED])
    trace = figure.data[CLICKED]
    assert len(trace.x) == len(VIEW.points) == 5
    for at, (one, place) in enumerate(VIEW.points):
        assert (trace.x[at], trace.y[at]) == (one.said[place], one.came[place])


def test_models_differ_in_more_than_colour():
    """Curves differ in dash, blocks in shape."""
    figure = isotonic_diagram(VIEW, theme=LIGHT)
    lines = [trace for trace in figure.data if (trace.name or "-")[0] in "●◆"]
    assert [line.line.dash for line in lines] == ["solid", "dash"]
    assert set(figure.data[CLICKED].marker.symbol) == {"circle", "diamond"}


def test_the_sentence_says_how_much_lies_outside_of_the_band():
    """Blocks, texts, and the share of the texts in blocks that calibration does not explain."""
    assert VIEW.models[0].outside == pytest.approx(30 / 60)
    assert isotonic_alt(VIEW) == (
        "Reliability diagram by isotonic regression (CORP): A has 3 blocks, and 50 % of its 60 texts are in "
        "blocks outside of a calibrated model's band; B has 2 blocks, and 67 % of its 30 texts are in blocks "
        "outside of a calibrated model's band."
    )


def test_the_table_has_every_block_with_its_range():
    """One row a model and block, with the range of a calibrated model at its mean confidence."""
    table = isotonic_table(VIEW)
    assert len(table.rows) == 5
    assert table.rows[0] == ("A", "0.0000 to 0.3333", "10", "0.1667", "0.1667", "0.0667 to 0.2667")
    assert len(table.rows[0]) == len(table.columns)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(name):
    """A model's or a class's name is no markup in legend, hover or axes."""
    view = IsotonicView((model("reference", name), model("candidate", name)), name, name)
    drawn = figure_json(isotonic_diagram(view, theme=LIGHT))
    for tag in ("<script", "<img", "<svg", "<i>"):
        assert tag not in drawn
