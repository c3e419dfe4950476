"""Whole runs away from the defaults: no texts in the files, other classes, scales, masks, protocols."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.pipeline_runs import (
    PI,
    Workbench,
    measures_of,
    report_of,
    rows,
    write_model,
    write_neighbour,
    write_rows,
)
from trust_core.export.frames import csv_of_parquet

PLANT = "zyqx"


def _contents(out: Path) -> dict[str, str]:
    """Every file of a run as text, tables unpacked."""
    return {
        file.name: csv_of_parquet(file.read_bytes())
        if file.suffix == ".parquet"
        else file.read_text(encoding="utf-8")
        for file in out.rglob("*")
        if file.is_file()
    }


@pytest.mark.parametrize("hidden", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_no_texts_leaves_no_word_of_them(bench: Workbench, tmp_path: Path, hidden: bool) -> None:
    """With --no-texts no file of a finished run holds a word of the data; without it the tables do."""
    data = str(write_rows(tmp_path / "d.csv", rows(40, plant=PLANT)))
    bench.evaluate(tmp_path / "out", "--data", data, *(["--no-texts"] if hidden else []))
    holding = {name for name, content in _contents(tmp_path / "out").items() if PLANT in content.lower()}
    assert holding == (set() if hidden else {"texts.parquet", "attributions.parquet", "report.html"})
    assert not (tmp_path / "out/work").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "more",
    [
        ("--label", "none", "--set", "class=own-prediction", "--set", "scale=logit"),
        ("--text-b", "none", "--set", "class=gold", "--set", "mask=mask"),
        ("--explainers", "shap-permutation", "--set", "class=neutral", "--set", "shap.permutations=4"),
        ("--set", "control_texts=0", "--set", "dimensions=[reasons, cost]", "--limit", "30"),
    ],
    ids=["unlabelled", "single", "permutation", "reasons-only"],
)
def test_every_choice_comes_to_its_end(bench: Workbench, tmp_path: Path, more: tuple[str, ...]) -> None:
    """Each choice gives a report whose control C0 holds and whose figures say what they were made with."""
    code = bench.evaluate(tmp_path / "out", *more)
    assert code in {0, 1, 2}
    report = report_of(tmp_path / "out")
    assert report["controls"]["C0"].get("held") is not False
    spec, candidate = report["spec"], report["candidates"][0]
    explained = [row for row in candidate["measures"] if row["key"] == "alignment"]
    assert explained
    for row in explained:
        assert row["explainer"] == ("shap-permutation" if "shap-permutation" in more else "lime")
        assert {name: row["settings"][name] for name in ("class", "scale", "mask")} == {
            name: spec[name] for name in ("class", "scale", "mask")
        }
    if "--label" in more:
        assert candidate["verdict"]["dimensions"]["answers"]["status"] == "not_measured"
        assert candidate["verdict"]["overall"] != "equivalent"


def test_few_explained_texts_leave_reasons_open(bench: Workbench, tmp_path: Path) -> None:
    """With 4 explained texts, or none, reasons are not measured and the run is not equivalent."""
    for limit, said in (("4", "too few"), ("0", "no text was explained")):
        out = tmp_path / limit
        assert bench.evaluate(out, "--explain-limit", limit) in {1, 2}
        reasons = report_of(out)["candidates"][0]["verdict"]["dimensions"]["reasons"]
        assert reasons["status"] == "not_measured"
        assert said in reasons["why"]


@pytest.mark.slow
@pytest.mark.parametrize("protocol", ["published-nli", "published-pi"])
def test_published_protocols(bench: Workbench, tmp_path: Path, protocol: str) -> None:
    """Their figures are labelled, have intervals, and keep the corrected alignment open."""
    out, models, data = tmp_path / "out", [], bench.data
    if protocol == "published-pi":
        reference = write_model(tmp_path / "a", labels=PI)
        models = ["--reference", str(reference)]
        data = write_rows(tmp_path / "d.csv", rows(40, labels=PI))
        neighbour = write_neighbour(tmp_path / "b", reference)
        models += ["--candidate", str(neighbour)]
    arguments = bench.arguments(out, "--protocol", protocol, "--explain-limit", "3", "--data", str(data))
    if models:
        del arguments[1:5]
        arguments[1:1] = models
    from trust_core.cli.main import main

    assert main(arguments) in {1, 2}
    (mean,) = measures_of(out, "jaccard", protocol=protocol, statistic="mean over seeds")
    assert "3 texts are too few" in mean["not_measured"]
    (spread,) = measures_of(out, "jaccard_seed_variance", protocol=protocol)
    assert spread["exact"] is True
    for of in ("reference", "candidate"):
        ours = next(row for row in measures_of(out, "brier", of=of) if "protocol" not in row["settings"])
        (theirs,) = measures_of(out, "brier", of=of, protocol=protocol)
        assert theirs["value"] == pytest.approx(ours["value"] / (2 if protocol == "published-pi" else 1))
        assert measures_of(out, "ece", of=of, protocol=protocol, edges="own", binning="equal-mass")
    assert any(protocol in note for note in report_of(out)["candidates"][0]["notes"])
