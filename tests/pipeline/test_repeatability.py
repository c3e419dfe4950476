"""The same spec gives the same report: twice, resumed, with other batches, threads and orders."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.support.pipeline_runs import Workbench, report_of, rows, without_timing, write_rows
from trust_core.errors import OutOfMemory
from trust_core.models.classifier import TorchClassifier

CLOSE = 1e-6
BACKENDS = 1e-5
NEIGHBOURS = 1e-5
FLAT = 20
"""A random model has a nearly flat NLL, and p-values are multiplied: rounding moves both so much further."""

DRAW = 1e-3
"""A level is simulated: between backends, rounding may turn a draw of thousands."""

TEMPERATURE = "key=log_temperature"


def _figures(report: Any, path: str = "") -> dict[str, Any]:
    """Every leaf of a report by its path."""
    if isinstance(report, dict):
        path += f"/key={report['key']}" if "key" in report else ""
        return {k: v for name, part in report.items() for k, v in _figures(part, f"{path}/{name}").items()}
    if isinstance(report, list):
        return {k: v for at, part in enumerate(report) for k, v in _figures(part, f"{path}/{at}").items()}
    return {path: report}


def _measured(out: Path) -> dict[str, Any]:
    report = report_of(out)
    return _figures({name: report[name] for name in ("candidates", "controls", "curves")})


def _assert_close(one: Path, other: Path, within: float = CLOSE) -> None:
    first, second = _measured(one), _measured(other)
    assert first.keys() == second.keys()
    for path, value in first.items():
        if isinstance(value, float):
            near = within * FLAT if TEMPERATURE in path or "/p_" in path else within
            if ("_level/" in path or "sweep" in path) and within >= BACKENDS:
                near = DRAW
            assert second[path] == pytest.approx(value, abs=near), path
        elif path.endswith("/n_needed") and value is not None:
            # A distance to the margin, squared and rounded up: it moves with the last digits of the figure.
            assert second[path] == pytest.approx(value, rel=1e-3), path
        elif not path.endswith("/why"):
            assert second[path] == value, path


def _weights(out: Path) -> dict[tuple[str, ...], dict[tuple[int, int], float]]:
    table = pq.read_table(out / "attributions.parquet").to_pylist()
    found: dict[tuple[str, ...], dict[tuple[int, int], float]] = {}
    for row in table:
        key = tuple(row[name] for name in ("id", "model", "explainer", "half", "class"))
        found.setdefault(key, {})[row["segment"], row["position"]] = row["weight"]
    return found


def _assert_same_top_words(one: Path, other: Path) -> Counter[str]:
    """The top fifth of the words of every explanation, but for words whose weights nearly tie."""
    first, second = _weights(one), _weights(other)
    assert first.keys() == second.keys()
    counted: Counter[str] = Counter()
    for key, weights in first.items():
        assert weights.keys() == second[key].keys()
        k = int(np.ceil(0.2 * len(weights)))
        ranked = sorted(weights.values(), key=abs, reverse=True)
        border = abs(ranked[k - 1])
        for word, weight in weights.items():
            again = second[key][word]
            assert again == pytest.approx(weight, abs=CLOSE)
            if abs(abs(weight) - border) > NEIGHBOURS:
                cut = sorted((abs(w) for w in second[key].values()), reverse=True)[k - 1]
                assert (abs(weight) > border) == (abs(again) > cut + NEIGHBOURS / 2)
                counted["told apart"] += 1
            else:
                counted["at the border"] += 1
    return counted


def test_twice_is_the_same_bytes(bench: Workbench, finished: Path, tmp_path: Path) -> None:
    """One spec in two folders gives the same report.json outside `timing`, and the same tables."""
    bench.evaluate(tmp_path / "again")
    assert without_timing(tmp_path / "again") == without_timing(finished)
    for name in ("texts", "predictions", "pairs", "attributions"):
        assert (tmp_path / f"again/{name}.parquet").read_bytes() == (
            finished / f"{name}.parquet"
        ).read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("setting", ["batch_tokens=256", "threads=2"])
def test_batches_and_threads_change_rounding_alone(
    bench: Workbench, finished: Path, tmp_path: Path, setting: str
) -> None:
    """A small batch or another thread moves no figure by 1e-6, no verdict, and no top word."""
    bench.evaluate(tmp_path / "out", "--set", setting)
    _assert_close(finished, tmp_path / "out")
    counted = _assert_same_top_words(finished, tmp_path / "out")
    assert counted["told apart"] > 10 * counted["at the border"]


@pytest.mark.slow
def test_a_full_memory_halves_the_batch(
    bench: Workbench, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no more than five inputs fit, the run goes on with smaller batches to the same report."""
    refused: list[int] = []
    logits = TorchClassifier.logits

    def full(self: TorchClassifier, ids: Any, types: Any) -> Any:
        if len(ids) > 5:
            refused.append(len(ids))
            raise OutOfMemory("full")
        return logits(self, ids, types)

    monkeypatch.setattr(TorchClassifier, "logits", full)
    bench.evaluate(tmp_path / "out")
    assert refused
    _assert_close(finished, tmp_path / "out")
    latency = report_of(tmp_path / "out")["timing"]["latency"][str(bench.reference)]
    assert "does not fit" in latency["p50_ms_batch_32_not_measured"]


@pytest.mark.slow
def test_the_backend_changes_rounding_alone(bench: Workbench, finished: Path, tmp_path: Path) -> None:
    """OpenVINO in place of torch moves no figure by more than its tolerance, and no verdict."""
    bench.evaluate(tmp_path / "out", "--backend", "openvino")
    _assert_close(finished, tmp_path / "out", within=BACKENDS)
    backends = report_of(tmp_path / "out")["timing"]["backends"]
    assert any(one["backend"].startswith("OpenVINO") for one in backends.values())


def test_order_of_the_file_changes_nothing(bench: Workbench, finished: Path, tmp_path: Path) -> None:
    """The rows of the data in another order: every figure and limit within 1e-6, same verdict and words."""
    content = rows(40)
    random.Random(3).shuffle(content)
    bench.evaluate(tmp_path / "out", "--data", str(write_rows(tmp_path / "shuffled.csv", content)))
    _assert_close(finished, tmp_path / "out")
    _assert_same_top_words(finished, tmp_path / "out")


def test_a_finished_run_is_read(bench: Workbench, finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same command again does nothing but say the verdict."""
    before = {file.name: file.stat().st_mtime_ns for file in finished.iterdir()}
    code = bench.evaluate(finished)
    assert code in {0, 1, 2}
    assert "/candidate:" in capsys.readouterr().out
    assert {file.name: file.stat().st_mtime_ns for file in finished.iterdir()} == before


def test_what_a_finished_run_left_is_removed(bench: Workbench, finished: Path) -> None:
    """Shards that a kill right after the report has left go with the next call."""
    (finished / "work/model-0").mkdir(parents=True)
    bench.evaluate(finished)
    assert not (finished / "work").exists()
