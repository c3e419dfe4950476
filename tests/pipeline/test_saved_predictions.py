"""Saved predictions of two models, evaluated without any model."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.pipeline_runs import measures_of, report_of, rows, without_timing, write_rows
from tests.support.saved_files import write_predictions
from trust_core.cli.main import main
from trust_core.domain.report import ControlReport
from trust_core.pipeline import controls

KNOWN = {
    "reference": (0.89779, 0.15894, 0.30518, 0.04504, 0.04504),
    "candidate": (0.89474, 0.16296, 0.30336, 0.02643, 0.02529),
}
"""Accuracy, Brier, NLL, and ECE in equal-width and in equal-mass bins, of the two files."""


def _evaluate(folder: Path, *more: str, **written: bool) -> int:
    a = write_predictions(folder / "a.csv", seed=1, **written)
    b = write_predictions(folder / "b.csv", seed=2, **written)
    return main(
        [
            *("evaluate", "--reference-predictions", str(a), "--candidate-predictions", str(b)),
            *("--set", "resamples=200", *more, "--out", str(folder / "out")),
        ]
    )


def test_without_texts(tmp_path: Path) -> None:
    """Answers and reliability are measured; reasons say what they would need, and keep the verdict open."""
    assert _evaluate(tmp_path) in {1, 2}
    report = report_of(tmp_path / "out")
    dimensions = report["candidates"][0]["verdict"]["dimensions"]
    assert dimensions["reasons"]["status"] == "not_measured"
    assert "saved predictions hold no explanations" in dimensions["reasons"]["why"]
    assert len(dimensions["answers"]["tests"]) == 2
    assert report["controls"]["C0"]["held"] is True
    assert report["controls"]["C5"]["held"] is True
    assert report["controls"]["C1"]["status"] == "not_measured"
    assert report["resolved"]["data"]["explained"] == 0
    assert {file.name for file in (tmp_path / "out").iterdir()} == {
        "run.json", "spec.json", "report.json", "report.html", "table.md", "table.tex",
        "texts.parquet", "predictions.parquet", "pairs.parquet", "attributions.parquet",
    }  # fmt: skip


def test_uploads_are_called_by_their_names_in_every_file_to_take_along(tmp_path: Path) -> None:
    """Where uploads lie on the server stands in the run's own spec alone, which repeats it."""
    folder = tmp_path / "uploads" / "everyone" / ("0" * 16)
    folder.mkdir(parents=True)
    assert _evaluate(folder, "--set", "dimensions=[answers]") in {0, 1, 2}
    out = folder / "out"
    for name in ("report.json", "report.html", "table.md", "table.tex"):
        assert str(folder) not in (out / name).read_text("utf-8"), name
    report = report_of(out)
    assert report["spec"]["reference_predictions"] == "a.csv"
    assert report["resolved"]["settings"]["candidate_predictions"] == ["b.csv"]
    assert str(folder) in (out / "spec.json").read_text("utf-8")


def test_reasons_deselected(tmp_path: Path) -> None:
    """With reasons left out of the dimensions, what was measured decides alone."""
    _evaluate(
        tmp_path,
        "--set",
        "dimensions=[answers]",
        "--set",
        "margins.accuracy=0.3",
        "--set",
        "margins.negative_flip_rate=0.3",
    )
    verdict = report_of(tmp_path / "out")["candidates"][0]["verdict"]
    assert verdict["overall"] == "equivalent"
    assert verdict["dimensions"]["reliability"]["status"] == "information"


def test_with_texts_and_in_any_order(tmp_path: Path) -> None:
    """`--data` brings the texts; the order of its rows and of the files changes nothing."""
    content = rows(60)
    data = write_rows(tmp_path / "d.csv", content[::-1])
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    _evaluate(tmp_path / "one", "--data", str(data))
    _evaluate(tmp_path / "two", "--data", str(data), reverse=True)
    first, second = (report_of(tmp_path / name / "out") for name in ("one", "two"))
    assert first["candidates"][0]["measures"] == second["candidates"][0]["measures"]
    assert first["candidates"][0]["verdict"] == second["candidates"][0]["verdict"]
    # C5's sentence names the file whose rows were exchanged, and the two runs have files of their own.
    for control in (first["controls"]["C5"], second["controls"]["C5"]):
        assert control.pop("why").startswith("A broken model (")
    assert first["controls"] == second["controls"]


def test_labels_that_clash(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A text whose label differs between file and data is named."""
    content = rows(60)
    content[4]["label"] = "neutral" if content[4]["label"] != "neutral" else "entailment"
    data = write_rows(tmp_path / "d.csv", content)
    assert _evaluate(tmp_path, "--data", str(data)) == 3
    assert "1 text has another label" in capsys.readouterr().err


def test_labels_from_either_side(tmp_path: Path) -> None:
    """Where the files have no labels, those of the data count."""
    _evaluate(tmp_path, "--data", str(write_rows(tmp_path / "d.csv", rows(60))), labels=False)
    assert report_of(tmp_path / "out")["resolved"]["data"]["labelled"] is True


def test_unlabelled(tmp_path: Path) -> None:
    """Without any label there is agreement, but no accuracy, and no 0 in its place."""
    assert _evaluate(tmp_path, labels=False) == 2
    (accuracy,) = measures_of(tmp_path / "out", "accuracy", of="difference")
    assert "label" in accuracy["not_measured"]
    assert "value" not in accuracy
    assert measures_of(tmp_path / "out", "agreement")[0]["n"] == 60


def test_a_stratified_limit(tmp_path: Path) -> None:
    """`--limit` takes a sample with the shares of the classes."""
    _evaluate(tmp_path, "--limit", "30")
    data = report_of(tmp_path / "out")["resolved"]["data"]
    assert (data["n"], data["predicted"]) == (60, 30)
    assert set(data["class_counts"].values()) == {10}


def test_published_protocols_need_models(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A protocol that explains texts is refused."""
    assert _evaluate(tmp_path, "--protocol", "published-nli") == 3
    assert "saved predictions hold no models" in capsys.readouterr().err


def test_too_few_texts_settle_nothing(tmp_path: Path) -> None:
    """With fewer than 20 texts no figure has an interval, no control an outcome, and nothing is decided."""
    a, b = (
        write_predictions(tmp_path / "a.csv", seed=1, n=12),
        write_predictions(tmp_path / "b.csv", seed=2, n=12),
    )
    command = ["evaluate", "--reference-predictions", str(a), "--candidate-predictions", str(b)]
    assert main([*command, "--out", str(tmp_path / "out")]) == 2
    report = report_of(tmp_path / "out")
    assert {control["status"] for control in report["controls"].values()} == {"not_measured"}
    assert report["candidates"][0]["verdict"]["overall"] == "inconclusive"


@pytest.mark.parametrize("control, name", [("identity", "C0"), ("broken", "C5")])
def test_a_control_that_fails(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    control: str,
    name: str,
) -> None:
    """A control that comes out wrong makes every verdict inconclusive, exit code 2, and is said first."""

    def wrong(*_: object) -> ControlReport:
        return ControlReport(status="information", held=False, why="Out of order.")

    monkeypatch.setattr(controls, control, wrong)
    assert _evaluate(tmp_path, "--set", "margins.accuracy=1e-9") == 2
    first, _, second, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith("THIS RUN CANNOT JUDGE: ")
    assert second == f"CONTROL {name} FAILED. Out of order."
    verdict = report_of(tmp_path / "out")["candidates"][0]["verdict"]
    assert verdict["overall"] == "inconclusive"
    assert f"ontrol {name} came out wrong" in verdict["why"]


@pytest.mark.slow
def test_known_figures(shared_data: Path, tmp_path: Path) -> None:
    """On two fine-tunings of BERT on SNLI the report has the known figures, to 5 digits."""
    files = [shared_data / f"preds_snli_devset_bert-base-uncased_seed{seed}.tsv.gz" for seed in (0, 1)]
    command = ["evaluate", "--reference-predictions", str(files[0]), "--candidate-predictions", str(files[1])]
    out = tmp_path / "out"
    assert main([*command, "--set", "resamples=200", "--out", str(out)]) in {0, 1, 2}
    for of, (accuracy, brier, nll, width, mass) in KNOWN.items():
        assert _value(out, "accuracy", of) == accuracy
        assert _value(out, "brier", of) == brier
        assert _value(out, "nll", of) == nll
        assert _value(out, "ece", of, binning="equal-width", edges="own", bins=10) == width
        assert _value(out, "ece", of, binning="equal-mass", edges="own", bins=10) == mass


def _value(out: Path, key: str, of: str, **wanted: str | int) -> float:
    (row,) = measures_of(out, key, of=of, **wanted)
    return round(row["value"], 5)


def test_torch_is_never_loaded(tmp_path: Path, repository: Path) -> None:
    """Listing, showing and evaluating saved predictions load neither torch nor shap."""
    a, b = (
        write_predictions(tmp_path / "a.csv", seed=1, n=30),
        write_predictions(tmp_path / "b.csv", seed=2, n=30),
    )
    out = str(tmp_path / "out")
    code = f"""
import sys
from trust_core.cli.main import main
main(["runs", "list"])
assert not {{"torch", "transformers", "shap", "plotly"}} & set(sys.modules), "runs list is slow"
main(["evaluate", "--reference-predictions", {str(a)!r}, "--candidate-predictions", {str(b)!r},
      "--set", "resamples=200", "--out", {out!r}])
main(["runs", "show", {out!r}])
assert not {{"torch", "transformers", "shap", "lime"}} & set(sys.modules), "saved predictions load models"
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    # In a pipe each phase is one line, and nothing else speaks on standard error.
    assert done.stderr == "Measuring (1 candidate)\n"
    assert without_timing(Path(out))
