"""Runs that explain no more texts than it takes to settle the reasons."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.support.pipeline_runs import (
    Workbench,
    measures_of,
    report_of,
    rows,
    without_timing,
    write_model,
    write_rows,
)
from trust_core.cli.main import main
from trust_core.pipeline import explaining
from trust_core.store import shards

FLAGS = ("--explainers", "shap", "--explain-limit", "all", "--stop-when-settled")


@pytest.fixture(scope="module")
def arguments(bench: Workbench, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """`evaluate` of a copy of the reference that is a little off, and of another model, on 120 texts."""
    folder = tmp_path_factory.mktemp("stopping")
    other = write_model(folder / "other", seed=9)
    data = write_rows(folder / "data.csv", rows(120))
    more = ("--candidate", str(other), "--data", str(data), *FLAGS, "--set", "margins.alignment=0.4")
    return bench.arguments("OUT", *more)[:-1]


@pytest.fixture(scope="module")
def stopped(arguments: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the finished run."""
    out = tmp_path_factory.mktemp("stopped") / "out"
    assert main([*arguments, str(out)]) in {0, 1, 2}
    return out


def test_each_candidate_stops_when_it_is_settled(stopped: Path) -> None:
    """A settled candidate gets no more explanations; the reference goes on while one is open."""
    report = report_of(stopped)
    table = pq.read_table(stopped / "attributions.parquet").to_pandas()
    explained = table.groupby("model", observed=True)["id"].nunique()
    reference, near, far = (model["name"] for model in report["resolved"]["models"])
    assert explained[reference] == max(explained[near], explained[far])
    assert report["resolved"]["data"]["explained"] == explained[reference]
    assert min(explained) < 120
    for candidate in report["candidates"]:
        (test,) = candidate["verdict"]["dimensions"]["reasons"]["tests"]
        count = int(explained[candidate["name"]])
        assert test["n"] == count
        if count < 120:
            assert test["status"] in ("equivalent", "different")
            assert test.get("p_adjusted", 1) <= 0.05 or test["status"] == "equivalent"
        note = f"SHAP stopped early: its test was settled after {count} of 120 texts."
        assert (note in candidate["notes"]) == (count < 120)


def test_its_interval_allows_for_stopping(stopped: Path) -> None:
    """The alignment has the limits of a confidence sequence, and says so."""
    (row,) = measures_of(stopped, "alignment", candidate=1)
    assert row["settings"]["interval"] == "confidence sequence"
    assert report_of(stopped)["controls"]["C5"]["held"] is True


@pytest.mark.slow
def test_a_third_opinion_keeps_up(bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gradients have no test: they go as far as the other explainers, and take no text from the controls."""
    monkeypatch.setattr(explaining, "GRADIENT_STEPS", 4)
    out = tmp_path / "out"
    more = ("--explainers", "shap,ig", "--explain-limit", "32", "--stop-when-settled", "--backend", "torch")
    assert bench.evaluate(out, *more, "--set", "aopc_texts=0") in {0, 1, 2}
    table = pq.read_table(out / "attributions.parquet").to_pandas()
    explained = table.groupby(["model", "explainer"], observed=True)["id"].nunique().unstack()
    assert explained["integrated-gradients"].tolist() == explained["shap-partition"].tolist() == [32, 32]
    controls = report_of(out)["controls"]
    assert [controls[name]["held"] for name in ("C0", "C5")] == [True, True]


@pytest.mark.slow
def test_stopped_and_resumed(arguments: list[str], stopped: Path, tmp_path: Path) -> None:
    """Interrupted between two rounds, the run goes on to the same report."""
    write, written = shards.write_atomically, []

    def writing(path: Path, content: bytes) -> None:
        if len(written) == 8:
            raise KeyboardInterrupt
        write(path, content)
        written.append(path)

    out = tmp_path / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards, "write_atomically", writing)
        assert main([*arguments, str(out)]) == 130
    assert main([*arguments, str(out)]) in {0, 1, 2}
    assert without_timing(out) == without_timing(stopped)
