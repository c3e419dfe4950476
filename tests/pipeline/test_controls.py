"""The controls of a real run."""

from pathlib import Path

from tests.support.pipeline_runs import report_of


def test_a_model_is_itself_and_no_broken_one(finished: Path) -> None:
    """C0 gives S = 1 exactly and is equivalent; C5 is different; C1 is a scale without an outcome."""
    controls = report_of(finished)["controls"]
    assert (controls["C0"]["status"], controls["C0"]["held"]) == ("equivalent", True)
    (same,) = [row for row in controls["C0"]["measures"] if row["key"] == "alignment"]
    assert (same["value"], same["exact"]) == (1.0, True)
    assert (controls["C5"]["status"], controls["C5"]["held"]) == ("different", True)
    assert controls["C1"]["status"] in {"information", "not_measured"}
    assert "held" not in controls["C1"]
