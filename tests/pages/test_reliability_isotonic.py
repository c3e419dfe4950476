"""The CORP view of the page Reliability."""

from pathlib import Path

import pytest

from tests.support.calibration_pairs import simulated_pair
from tests.support.report_samples import sample_report
from tests.support.ui_many_texts import many_tables
from tests.support.ui_runs import app_on, said, write_run
from trust_core.calibration.corp import PARTS, BrierSplit
from trust_core.domain.measures import Measured, NotMeasured
from trust_core.ui.reliability.answered import Answered
from trust_core.ui.reliability.corp import class_split
from trust_core.ui.reliability.mending import mend

pytestmark = pytest.mark.slow

REPORT = sample_report()


@pytest.mark.parametrize("of_class", [None, 2])
def test_isotonic_blocks_stand_beside_the_parts(home: Path, repository: Path, of_class: int | None) -> None:
    """The CORP view draws without a number of bins, lists its blocks, and shows the parts with intervals."""
    write_run(home, REPORT, many_tables(REPORT))
    app = app_on("reliability", repository)
    app.segmented_control(key="reliability-shape").set_value("isotonic").run()
    if of_class is not None:
        app.selectbox(key="reliability-class").select(of_class).run()
    assert not app.exception
    assert app.slider(key="reliability-bins").disabled
    parts = app.table[0].value
    assert parts["Part of the Brier score"].str.split().str[0].tolist() == [
        "Miscalibration",
        "Discrimination",
        "Uncertainty",
    ]
    assert parts["Difference"].str.contains(r"\(.* to .*\)", regex=True).tolist() == [True, True, False]
    assert "Dimitriadis" in said(app)
    app.selectbox(key="bin-choice").select_index(0).run()
    assert not app.exception
    assert "".join(app.query_params["bin"]).startswith("reference~")


def test_isotonic_blocks_of_a_handful_of_texts_have_no_parts(home: Path, repository: Path) -> None:
    """With fewer than twenty texts the curve is drawn, and the parts say why they are missing."""
    write_run(home)
    app = app_on("reliability", repository)
    app.segmented_control(key="reliability-shape").set_value("isotonic").run()
    assert not app.exception
    assert "Not measured" in said(app)


def test_parts_of_the_classes_add_up_to_those_of_all() -> None:
    """What the diagrams of the classes show beside them sums to what stands beside the predicted class."""
    gold, reference, candidate = simulated_pair(80)
    found = Answered(gold, reference, candidate, 0)
    whole = mend(found).split
    one_by_one = [class_split(found, at) for at in range(3)]
    for part in PARTS:
        values = [value(split, part) for split in one_by_one]
        assert sum(values) == pytest.approx(value(whole, part))


def value(split: BrierSplit | NotMeasured, part: str) -> float:
    """A part of the candidate's score."""
    assert isinstance(split, BrierSplit)
    figure = split.candidate[part]
    assert isinstance(figure, Measured)
    return figure.value
