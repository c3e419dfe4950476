"""The controls C2 and C3 of a real run, and what the twin does to margins and figures."""

from pathlib import Path

import pytest

from tests.support.pipeline_runs import Workbench, measures_of, report_of, write_neighbour
from tests.support.saved_files import write_predictions
from trust_core.cli.main import main

pytestmark = pytest.mark.slow

SHAP = ("--explainers", "shap", "--set", "aopc_texts=0")


@pytest.fixture(scope="module")
def twin(bench: Workbench) -> Path:
    """The reference a little off: what another training would be."""
    return write_neighbour(bench.folder / "twin", bench.reference, noise=0.03, seed=7)


def _test(out: Path, dimension: str, key: str) -> dict:
    (test,) = [t for t in _dimension(out, dimension)["tests"] if t["key"] == key]
    return test


def _dimension(out: Path, name: str) -> dict:
    return report_of(out)["candidates"][0]["verdict"]["dimensions"][name]


def test_a_run_with_a_twin_has_the_whole_ladder(bench: Workbench, twin: Path, tmp_path: Path) -> None:
    """C2 has rounded weights, C3 is the twin; figures say within or beyond it, and S stands beside it."""
    bench.evaluate(tmp_path / "out", *SHAP, "--twin", str(twin))
    report = report_of(tmp_path / "out")
    controls = report["controls"]
    assert list(controls) == ["C0", "C1", "C2", "C3", "C5"]
    assert controls["C2"]["other"].endswith("with its weights rounded to bfloat16")
    assert controls["C2"].get("held") is not False
    assert (controls["C3"]["status"], controls["C3"]["other"]) == ("information", str(twin))
    assert report["resolved"]["twin"]["name"] == str(twin)
    assert [model["role"] for model in report["resolved"]["models"]] == ["reference", "candidate"]
    measures = report["candidates"][0]["measures"]
    (difference,) = [row for row in measures if (row["key"], row["of"]) == ("accuracy", "difference")]
    assert difference["twin"]["says"] in ("within", "beyond")
    (paired,) = [row for row in measures if row["key"] == "alignment_beside_twin"]
    assert paired["n"] == 20
    # Its figure stands in the report, but without margins from the twin the floor of S votes.
    assert [test["key"] for test in _dimension(tmp_path / "out", "reasons")["tests"]] == ["alignment"]
    assert "Retraining alone: " in _test(tmp_path / "out", "answers", "accuracy")["why"]


def test_the_twin_is_asked_the_causal_questions_too(
    bench: Workbench, twin: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Words are kept and deleted for the twin of the control texts, so causes stand beside retraining's."""
    bench.evaluate(tmp_path / "out", "--twin", str(twin), "--set", "aopc_texts=20")
    assert "Control C3: keeping and deleting words" in capsys.readouterr().err
    shown = {
        (row["key"], row["of"]): row
        for row in report_of(tmp_path / "out")["controls"]["C3"]["measures"]
        if row["key"] in ("keep_rate_change", "normalised_aopc") and "value" in row
    }
    for key, of in (("keep_rate_change", "pair"), ("normalised_aopc", "difference")):
        (row,) = measures_of(tmp_path / "out", key, of=of)
        assert row["n"] == 20
        assert row["twin"]["value"] == shown[key, of]["value"]
        assert row["twin"]["says"] in ("within", "beyond")


def test_margins_from_the_twin(bench: Workbench, twin: Path, tmp_path: Path) -> None:
    """A margin is the twin's upper limit where that is larger; the reasons are judged beside the twin's."""
    bench.evaluate(tmp_path / "out", *SHAP, "--twin", str(twin), "--margins", "from-twin")
    report = report_of(tmp_path / "out")
    (row,) = [
        row for row in report["controls"]["C3"]["measures"]
        if (row["key"], row["of"]) == ("accuracy", "difference")
    ]  # fmt: skip
    margin = _test(tmp_path / "out", "answers", "accuracy")["margin"]
    assert margin == pytest.approx(max(0.01, abs(row["low"]), abs(row["high"])))
    assert report["resolved"]["settings"]["margins"]["accuracy"] == margin
    assert report["spec"]["margins"]["accuracy"] == 0.01
    test = _test(tmp_path / "out", "reasons", "alignment_beside_twin")
    assert test["margin"] == 0.05
    assert any(note.startswith("Margins from the twin") for note in report["notes"])


def test_candidates_that_are_known_are_not_computed_again(
    bench: Workbench, twin: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An int8 candidate stands in for C2 and a candidate twin for C3: neither is predicted a second time."""
    more = ("--candidate", "ref:int8", "--candidate", str(twin))
    bench.evaluate(tmp_path / "out", *SHAP, *more, "--twin", str(twin), "--margins", "from-twin")
    phases = capsys.readouterr().err
    assert "Control C2" not in phases
    assert "Control C3" not in phases
    report = report_of(tmp_path / "out")
    assert report["controls"]["C2"]["other"] == "ref:int8"
    assert report["controls"]["C3"]["other"] == str(twin)
    # Any margin that is made from the twin would fit the twin itself: it keeps the given ones.
    by_name = {one["name"]: one for one in report["candidates"]}
    itself = by_name[str(twin)]["verdict"]["dimensions"]
    assert {test["margin"] for test in itself["answers"]["tests"]} == {0.01, 0.02}
    assert [test["key"] for test in itself["reasons"]["tests"]] == ["alignment"]
    assert not any("twin" in row for row in by_name[str(twin)]["measures"])


def test_a_twin_that_is_none_is_refused(
    bench: Workbench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The reference under another name is no twin, and neither is what is made from it."""
    copy = write_neighbour(tmp_path / "copy", bench.reference, noise=0.0)
    assert bench.evaluate(tmp_path / "a", "--twin", str(copy)) == 3
    assert "is the reference itself" in capsys.readouterr().err
    assert bench.evaluate(tmp_path / "b", "--twin", "ref:int8") == 3
    assert "a twin is another training" in capsys.readouterr().err
    assert bench.evaluate(tmp_path / "c", "--margins", "from-twin") == 3
    assert "margins_from_twin needs a twin" in capsys.readouterr().err


def test_a_run_without_a_twin_says_what_it_needs(bench: Workbench, tmp_path: Path) -> None:
    """C3 is not measured, no figure speaks of retraining, and the same run with a twin is another run."""
    bench.evaluate(tmp_path / "out", *SHAP)
    report = report_of(tmp_path / "out")
    assert report["controls"]["C3"]["status"] == "not_measured"
    assert "--twin" in report["controls"]["C3"]["needs"]
    assert not any("twin" in row for row in report["candidates"][0]["measures"])


def test_saved_predictions_take_a_file_of_the_twin(tmp_path: Path) -> None:
    """C3 by --twin-predictions; C1 and C2 say that they need models."""
    names = {"reference": 1, "candidate": 2, "twin": 3}
    files = {name: write_predictions(tmp_path / f"{name}.csv", seed=seed) for name, seed in names.items()}
    flags = [word for name, file in files.items() for word in (f"--{name}-predictions", str(file))]
    main(["evaluate", *flags, "--set", "resamples=200", "--out", str(tmp_path / "out")])
    report = report_of(tmp_path / "out")
    statuses = {name: control["status"] for name, control in report["controls"].items()}
    assert (statuses["C1"], statuses["C2"], statuses["C3"]) == ("not_measured", "not_measured", "information")
    assert report["controls"]["C2"]["needs"] == report["controls"]["C1"]["needs"]
    assert report["resolved"]["twin"]["source"] == "saved predictions"
    assert _test(tmp_path / "out", "answers", "accuracy")["twin"]["n"] == 60
