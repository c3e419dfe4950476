"""Exit codes and what the commands say."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests.support.store_report import small_report
from trust_core.cli import evaluate, main, runs, terminal
from trust_core.domain.progress import Progress
from trust_core.domain.report import ControlReport, Report
from trust_core.store.folder import open_run


def _report(*verdicts: str, held: bool | None = True) -> Report:
    report = small_report()
    (one,) = report.candidates
    candidates = tuple(
        one.model_copy(update={"verdict": one.verdict.model_copy(update={"overall": verdict})})
        for verdict in verdicts
    )
    control = ControlReport(status="information", why="w", held=held)
    return report.model_copy(update={"candidates": candidates, "controls": {"C0": control}})


@pytest.mark.parametrize(
    "verdicts, held, code",
    [
        (("equivalent",), True, 0),
        (("equivalent", "equivalent"), None, 0),
        (("equivalent", "different"), True, 1),
        (("inconclusive", "different"), True, 1),
        (("equivalent", "inconclusive"), True, 2),
        (("different",), False, 2),
        (("equivalent",), False, 2),
    ],
)
def test_exit_codes(verdicts: tuple[str, ...], held: bool | None, code: int) -> None:
    """0: all equivalent; 1: any different; 2: otherwise, or a control that failed."""
    assert evaluate.exit_code(_report(*verdicts, held=held)) == code


def test_the_demo_is_done_whatever_it_finds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """`demo` ends in 0 also where a candidate is different, with its own margins."""
    seen: list[Any] = []

    def run(spec: Any, out: Path, **_: Any) -> Report:
        seen.append(spec)
        return _report("different")

    monkeypatch.setattr("trust_core.cli.demo.evaluate", run)
    assert main.main(["demo", "--task", "pi", "--out", str(tmp_path)]) == 0
    assert (seen[0].reference, seen[0].margins.accuracy) == ("pi-reference", 0.03)
    assert "report.html" in capsys.readouterr().out
    assert main.main(["demo", "--task", "nlu"]) == 3
    assert "Did you mean 'nli'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments, said",
    [
        ([], "required: COMMAND"),
        (["evaluat"], "invalid choice"),
        (["evaluate"], "--out"),
        (["evaluate", "--out", "x", "--colour", "red"], "--colour"),
        (
            ["explain", "--reference", "a", "--candidate", "b", "--text-a", "t", "--explainer", "lyme"],
            "'lime'",
        ),
        (["explain", "--reference", "a", "--candidate", "b", "--text-a", "t", "--seed", "-1"], "0 or more"),
        (["compress", "--model", "a", "--method", "int9", "--out", "x"], "'int8'"),
        (["compress", "--model", "a", "--method", "int8", "--fraction", "0.5", "--out", "x"], "does not go"),
        (["compress", "--model", "a", "--method", "prune", "--out", "x"], "needs --fraction"),
        (
            ["compress", "--model", "/no/such", "--method", "layers", "--layers", "0", "--out", "x"],
            "/no/such",
        ),
        (["runs", "show", "nosuchrun"], "no run 'nosuchrun'"),
        (["runs", "export", ".", "--format", "pdf", "--out", "x"], "no format 'pdf'"),
    ],
)
def test_usage_errors(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What the user can mend is said on standard error, with exit code 3."""
    assert main.main(arguments) == 3
    shown = capsys.readouterr()
    assert said in shown.err
    assert "Traceback" not in shown.err
    assert not shown.out


@pytest.mark.parametrize("error, code", [(KeyboardInterrupt(), 130), (ZeroDivisionError("oh"), 4)])
def test_other_ends(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int
) -> None:
    """Ctrl-C is 130; what nobody foresaw is 4 and shows its trace."""

    def failing(_: Any) -> int:
        raise error

    monkeypatch.setattr(runs, "_registry", lambda: failing(None))
    assert main.main(["runs", "list"]) == code
    assert ("Traceback" in capsys.readouterr().err) == (code == 4)


def test_a_reader_that_has_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """`runs list | head` ends without a word."""

    def failing() -> Any:
        raise BrokenPipeError

    closed = io.StringIO()
    monkeypatch.setattr(runs, "_registry", failing)
    monkeypatch.setattr("sys.stderr", closed)
    assert main.main(["runs", "list"]) == 130
    assert closed.closed


def test_runs_list_show_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty registry says how to fill it; a finished folder can be shown and exported."""
    monkeypatch.setenv("TRUST_HOME", str(tmp_path / "home"))
    assert main.main(["runs", "list"]) == 0
    assert "No run is registered yet" in capsys.readouterr().out
    run = open_run(tmp_path / "run", fingerprint="f" * 64, spec={}, name="a run")
    run.write("report.json", small_report().to_json())
    run.write("table.md", "| a |")
    assert main.main(["runs", "show", str(tmp_path / "run")]) == 0
    assert "b: INCONCLUSIVE" in capsys.readouterr().out
    for kind, count in (("md", 1), ("json", 3), ("csv", 0)):
        out = tmp_path / kind
        assert main.main(["runs", "export", str(tmp_path / "run"), "--format", kind, "--out", str(out)]) == 0
        assert len(list(out.iterdir())) == count


def test_progress_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal shows phase, count and rate; what an earlier start did is not counted in the rate."""
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=100, force_interactive=True)
    monkeypatch.setattr(terminal, "Console", lambda **_: console)
    with terminal.progress_display() as progress:
        progress(Progress("Predicting", 10, 40, 10))
        progress(Progress("Predicting", 40, 40, 10))
        progress(Progress("Measuring", 0, 2, unit="candidates"))
    assert "Predicting" in shown.getvalue()
    assert "40/40" in shown.getvalue()
    assert "Measuring" in shown.getvalue()


def test_no_progress_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe gets nothing."""
    with terminal.progress_display() as progress:
        progress(Progress("Predicting", 10, 40))
    assert capsys.readouterr() == ("", "")
