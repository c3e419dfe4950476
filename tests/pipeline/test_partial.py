"""What can be read of a run that still goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.support.pipeline_runs import Workbench, measures_of, report_of
from trust_core.store import shards
from trust_core.store.folder import load_report, results_folder

ATTRIBUTION = ("id", "model", "half", "class", "segment", "position", "weight")


def _stopped_after(bench: Workbench, out: Path, count: int, *more: str) -> Path:
    """Where the results are of a run that was stopped when its shard after `count` of them was ready."""
    write, written = shards.write_atomically, []

    def writing(path: Path, content: bytes) -> None:
        if len(written) == count:
            raise KeyboardInterrupt
        write(path, content)
        written.append(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards, "write_atomically", writing)
        assert bench.evaluate(out, *more) == 130
    found = results_folder(out)
    assert found is not None
    assert not found[1]
    return found[0]


def _attributions(folder: Path) -> dict[tuple[Any, ...], float]:
    rows = pq.read_table(folder / "attributions.parquet").to_pylist()
    return {tuple(row[name] for name in ATTRIBUTION[:-1]): row["weight"] for row in rows}


def test_after_the_predictions(bench: Workbench, finished: Path, tmp_path: Path) -> None:
    """Once every model has predicted, answers and reliability are there, and what is to come says so."""
    folder = _stopped_after(bench, tmp_path / "out", 2)
    report = load_report(folder)
    (candidate,) = report.candidates
    assert candidate.verdict.overall == "inconclusive"
    assert candidate.verdict.why.startswith("The run goes on: 0 of 20 texts are explained so far.")
    for key in ("accuracy", "negative_flip_rate", "brier", "ece"):
        assert measures_of(folder, key) == measures_of(finished, key)
    to_come = [row for row in candidate.measures if row.key in ("alignment", "parameters")]
    assert {row.not_measured for row in to_come} == {"the run has not come this far"}
    assert {control.status for control in report.controls.values()} == {"not_measured"}
    assert report.resolved.data.explained == 0
    for name in ("texts", "predictions"):
        assert (folder / f"{name}.parquet").read_bytes() == (finished / f"{name}.parquet").read_bytes()
    assert pq.read_table(folder / "pairs.parquet").num_rows == 40
    assert pq.read_table(folder / "attributions.parquet").num_rows == 0


def test_after_a_round(bench: Workbench, finished: Path, tmp_path: Path) -> None:
    """After a round both models have explained the same texts, with the weights of the finished run."""
    out = tmp_path / "out"
    folder = _stopped_after(bench, out, 4)
    assert load_report(folder).resolved.data.explained == 16
    partial, final = _attributions(folder), _attributions(finished)
    by_model = {model: {key[0] for key in partial if key[1] == model} for _, model, *_ in partial}
    assert len(by_model) == 2
    assert all(ids == set.union(*by_model.values()) for ids in by_model.values())
    assert len(set.union(*by_model.values())) == 16
    assert partial == {key: final[key] for key in partial}
    bench.evaluate(out)
    assert results_folder(out) == (out, True)
    assert not (out / "work").exists()


def test_seconds_of_an_explanation(finished: Path) -> None:
    """The report says how long a text took, by model and explainer."""
    timing = report_of(finished)["timing"]["explain_s_per_text"]
    assert len(timing) == 2
    assert all(seconds["lime"] > 0 for seconds in timing.values())


@pytest.mark.slow
def test_a_published_protocol_has_rounds_too(bench: Workbench, tmp_path: Path) -> None:
    """Published figures are there for the texts so far."""
    more = ("--protocol", "published-nli")
    folder = _stopped_after(bench, tmp_path / "out", 4, *more)
    (row,) = measures_of(folder, "jaccard")
    assert row.get("n") == 16 or "too few" in row["not_measured"]
