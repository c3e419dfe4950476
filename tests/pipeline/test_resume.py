"""A run that is stopped goes on where it was, and ends in the report of one that was not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.pipeline_runs import Workbench, without_timing
from trust_core.cli.main import main
from trust_core.inference.engine import Engine
from trust_core.settings import settings_from
from trust_core.store import shards
from trust_core.store.registry import Registry, RunEntry

KILLED = Path(__file__).parent.parent / "support" / "pipeline_killed.py"


def _entry(out: Path) -> RunEntry:
    return Registry(settings_from(os.environ).home).find(str(out))


def _stopped_after(monkeypatch: pytest.MonkeyPatch, count: int, error: BaseException) -> None:
    """Let the shard after `count` of them fail with this error."""
    write = shards.write_atomically
    done = []

    def failing(path: Path, content: bytes) -> None:
        if len(done) == count:
            raise error
        write(path, content)
        done.append(path)

    monkeypatch.setattr(shards, "write_atomically", failing)


def _shards(out: Path) -> dict[Path, int]:
    """The finished shards of a run, without the tables of what is known so far."""
    return {
        file: file.stat().st_mtime_ns
        for file in (out / "work").rglob("*.parquet")
        if not file.relative_to(out / "work").parts[0].startswith("partial")
    }


@pytest.mark.slow
@pytest.mark.parametrize("name, code", [("SIGKILL", -9), ("SIGINT", 130)])
def test_killed_in_the_middle_of_a_shard(
    bench: Workbench, finished: Path, tmp_path: Path, repository: Path, name: str, code: int
) -> None:
    """Kill -9 or Ctrl-C in the middle, then the same command: the same report, finished shards untouched."""
    out = tmp_path / "out"
    killed = subprocess.run(
        [sys.executable, str(KILLED), name, "4", *bench.arguments(out)],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(repository)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == code, killed.stderr
    assert "Traceback" not in killed.stderr
    assert ("Interrupted. What is done is kept" in killed.stderr) == (code == 130)
    assert _entry(out).state == ("interrupted" if code == 130 else "running")
    kept = _shards(out)
    assert len(kept) == 4
    assert not (out / "report.json").exists()
    with pytest.MonkeyPatch.context() as patch:
        seen: dict[Path, int] = {}
        read = shards.Shards.read_predictions

        def reading(self: shards.Shards, *span: int, **named: object) -> object:
            seen.update(_shards(out))
            return read(self, *span, **named)  # type: ignore[arg-type]

        patch.setattr(shards.Shards, "read_predictions", reading)
        bench.evaluate(out)
    assert {file: seen[file] for file in kept} == kept
    assert without_timing(out) == without_timing(finished)
    assert not list(out.rglob("*.partial"))
    assert _entry(out).state == "done"


def test_interrupted_and_resumed(
    bench: Workbench, finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After Ctrl-C the registry says so, and `runs resume` does the rest and nothing twice."""
    out = tmp_path / "out"
    passes: list[int] = []
    predict = Engine.predict

    def counted(self: Engine, pairs: object) -> object:
        passes.append(1)
        return predict(self, pairs)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        _stopped_after(patch, 2, KeyboardInterrupt())
        assert bench.evaluate(out) == 130
    assert "same command goes on" in capsys.readouterr().err
    assert _entry(out).state == "interrupted"
    assert main(["runs", "show", str(out)]) == 3
    assert "not finished" in capsys.readouterr().err
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "predict", counted)
        code = main(["runs", "resume", str(out)])
    assert code in {0, 1, 2}
    # Both models had predicted before: what is left are the models of the controls C2 and C5.
    assert len(passes) == 2
    assert without_timing(out) == without_timing(finished)
    assert _entry(out).state == "done"
    capsys.readouterr()
    assert main(["runs", "list"]) == 0
    assert "candidate: " in capsys.readouterr().out


@pytest.mark.parametrize(
    "error, said", [(RuntimeError(), "RuntimeError"), (ValueError("at fault\nmore"), "at fault")]
)
def test_an_error_that_nobody_foresaw(
    bench: Workbench, tmp_path: Path, capsys: pytest.CaptureFixture[str], error: Exception, said: str
) -> None:
    """It ends in exit code 4 with its trace, and the registry keeps its first line."""
    with pytest.MonkeyPatch.context() as patch:
        _stopped_after(patch, 0, error)
        assert bench.evaluate(tmp_path / "out") == 4
    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert "an error of TrustEq, not of yours" in shown
    entry = _entry(tmp_path / "out")
    assert (entry.state, entry.message) == ("failed", said)


def test_another_spec_leaves_the_folder_alone(
    bench: Workbench, finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder of another spec is refused with what differs, and nothing in it changes."""
    before = {file: (file.stat().st_mtime_ns, file.stat().st_size) for file in finished.rglob("*")}
    assert bench.evaluate(finished, "--set", "bins=7") == 3
    shown = capsys.readouterr().err
    assert "of another spec (different: bins)" in shown
    assert {file: (file.stat().st_mtime_ns, file.stat().st_size) for file in finished.rglob("*")} == before


def test_a_broken_piece_of_work_is_named(
    bench: Workbench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A damaged cost file is refused by its name, and removing it is enough."""
    out = tmp_path / "out"
    with pytest.MonkeyPatch.context() as patch:
        _stopped_after(patch, 3, KeyboardInterrupt())
        bench.evaluate(out)
    cost = out / "work/model-0/cost.json"
    cost.parent.mkdir(parents=True, exist_ok=True)
    cost.write_text('{"name": 1}')
    assert bench.evaluate(out) == 3
    assert "cost.json cannot be read" in capsys.readouterr().err
    assert _entry(out).state == "failed"
