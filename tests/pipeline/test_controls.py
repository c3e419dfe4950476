"""The controls of a real run."""

from pathlib import Path

import pytest

from tests.support.pipeline_runs import Workbench, report_of


def test_a_model_is_itself_and_no_broken_one(
    bench: Workbench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """C0 gives S = 1 exactly and is equivalent; C5 is different; C1 has nothing to draw for SHAP."""
    bench.evaluate(tmp_path / "out", "--explainers", "shap")
    controls = report_of(tmp_path / "out")["controls"]
    assert (controls["C0"]["status"], controls["C0"]["held"]) == ("equivalent", True)
    (same,) = [row for row in controls["C0"]["measures"] if row["key"] == "alignment"]
    assert (same["value"], same["exact"]) == (1.0, True)
    assert (controls["C5"]["status"], controls["C5"]["held"]) == ("different", True)
    assert "with its head shuffled) is recognised" in controls["C5"]["why"]
    assert "draws samples" in controls["C1"]["why"]
    assert "held" not in controls["C1"]
    phases = [line.rpartition(" (")[0] for line in capsys.readouterr().err.splitlines()]
    assert "Measuring size and speed" in phases
    broken = [phase for phase in phases if "with its head shuffled" in phase]
    assert [phase.split()[:3] for phase in broken] == [
        ["Control", "C5:", "predicting"],
        ["Control", "C5:", "explaining"],
    ]
