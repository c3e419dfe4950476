"""Exit codes and what the commands say."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from tests.support.store_report import small_report
from trust_core.cli import evaluate, main, runs, terminal
from trust_core.domain.attributions import Attribution, Explanation
from trust_core.domain.progress import Progress
from trust_core.domain.report import ControlReport, Report
from trust_core.domain.texts import TextPair
from trust_core.explain.library_check import LibraryCheck
from trust_core.perturb.words import segment
from trust_core.pipeline.single import ExplainedText
from trust_core.store.folder import open_run
from trust_core.store.registry import Registry


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
        (["explain", "--reference", "a", "--candidate", "b", "--text-a", "t", "--seed", "-1"], "seed is -1"),
        (
            ["explain", "--reference", "a", "--candidate", "b", "--text-a", "t", "--seed", str(2**31)],
            "seed is",
        ),
        (["runs", "show", "~nobody-of-that-name"], "no run '~nobody"),
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


def test_a_pipe_gets_one_line_a_phase(capsys: pytest.CaptureFixture[str]) -> None:
    """In a pipe each phase is said once, when it begins, on standard error."""
    with terminal.progress_display() as progress:
        progress(Progress("Predicting", 10, 4000))
        progress(Progress("Predicting", 20, 4000))
        progress(Progress("Measuring", 0, 2, unit="candidates"))
        progress(Progress("Predicting", 40, 4000))
    assert capsys.readouterr() == ("", "Predicting (4,000 texts)\nMeasuring (2 candidates)\n")


def test_results_that_cannot_be_copied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file in the place of the target is said, with exit code 3."""
    run = open_run(tmp_path / "run", fingerprint="f" * 64, spec={}, name="a run")
    run.write("report.json", small_report().to_json())
    (tmp_path / "file").write_text("")
    for kind in ("json", "csv"):
        command = ["runs", "export", str(run.path), "--format", kind, "--out", str(tmp_path / "file")]
        assert main.main(command) == 3
        assert "cannot be copied" in capsys.readouterr().err


def test_what_is_kept_is_promised_where_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Ctrl-C promises to go on only in commands that do."""

    def interrupted(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("trust_core.cli.demo.evaluate", interrupted)
    monkeypatch.setattr("trust_core.cli.compress.compress", interrupted)
    assert main.main(["demo", "--out", str(tmp_path / "demo")]) == 130
    assert "kept" in capsys.readouterr().err
    assert main.main(["compress", "--model", "a", "--method", "int8", "--out", str(tmp_path / "c")]) == 130
    assert "kept" not in capsys.readouterr().err


def test_a_killed_run_is_listed_as_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run is running as long as a process holds its folder; columns stand below their heads."""
    monkeypatch.setenv("TRUST_HOME", str(tmp_path / "home"))
    run = open_run(tmp_path / "run", fingerprint="f" * 64, spec={}, name="a run")
    Registry(tmp_path / "home").record(run.path, fingerprint="f" * 64, name="a run", state="running")
    with run.claimed():
        assert main.main(["runs", "list"]) == 0
        assert "running" in capsys.readouterr().out
    done = open_run(tmp_path / "done", fingerprint="e" * 64, spec={}, name="another run")
    Registry(tmp_path / "home").record(
        done.path, fingerprint="e" * 64, name="another run", state="done", overall="equivalent"
    )
    assert main.main(["runs", "list"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split("  ")[0] == "ID"
    assert {row[head.index("STATE") :].split()[0] for row in rows} == {"stopped", "done"}
    assert {row[head.index("VERDICTS") :].split()[0] for row in rows} == {"-", "equivalent"}
    assert all(row[head.index("FOLDER") :].startswith(str(tmp_path)) for row in rows)


@pytest.mark.parametrize("known", [True, False])
def test_resumed_from_where_it_began(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: bool) -> None:
    """`runs resume` works in the run's own directory and ends in 0; a folder from elsewhere is bound."""
    monkeypatch.setenv("TRUST_HOME", str(tmp_path / "home"))
    began, elsewhere = tmp_path / "began", tmp_path / "elsewhere"
    began.mkdir()
    elsewhere.mkdir()
    spec = {"reference": "a", "candidates": ["b"], "data": {"source": "d.csv"}}
    run = open_run(tmp_path / "run", fingerprint="f" * 64, spec=spec, name="n", directory=began)
    if known:
        Registry(tmp_path / "home").record(run.path, fingerprint="f" * 64, name="n", state="interrupted")
    seen: list[Any] = []

    def resumed(given: Any, out: Path, *, settings: Any, **_: Any) -> Report:
        seen.append((given.data.source, out, Path.cwd(), settings.data_roots))
        return _report("different")

    monkeypatch.setattr(runs, "evaluate", resumed)
    monkeypatch.chdir(elsewhere)
    assert main.main(["runs", "resume", "../run"]) == 0
    assert seen == [("d.csv", run.path, began, None if known else (run.path, elsewhere))]
    assert Path.cwd() == elsewhere


def test_paths_in_set_are_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a spec file, paths that --set names may lie anywhere, like those of flags."""
    spec = tmp_path / "s.json"
    spec.write_text('{"reference": "a", "candidates": ["b"], "data": {"source": "d.csv"}}')
    seen: list[Any] = []

    def run(_: Any, __: Path, *, settings: Any, **___: Any) -> Report:
        seen.append(settings)
        return _report("equivalent")

    monkeypatch.setattr(evaluate, "evaluate", run)
    given = ("--set", "data.source=/x/d.csv", "--set", 'candidates=["/y/m"]')
    assert main.main(["evaluate", "--spec", str(spec), *given, "--out", str(tmp_path / "out")]) == 0
    assert Path("/x/d.csv") in seen[0].data_roots
    assert Path("/y/m") in seen[0].model_roots


@pytest.mark.parametrize("limit, warned", [("5", True), ("0", False), ("20", False), ("all", False)])
def test_too_few_explained_texts_are_said_at_the_start(
    limit: str,
    warned: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whoever asks for fewer explained texts than reasons take is told before any work is done."""
    said: list[str] = []

    def run(*_: object, **__: object) -> Report:
        said.append(capsys.readouterr().err)
        return small_report()

    monkeypatch.setattr(evaluate, "evaluate", run)
    models = ["--reference", "a", "--candidate", "b", "--data", "d.csv"]
    main.main(["evaluate", *models, "--explain-limit", limit, "--out", str(tmp_path / "o")])
    assert ("5 explained texts are too few" in said[0]) is warned
    assert bool(said[0]) is warned


def test_explain_takes_a_label_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The label map's sections reach the explanation."""
    file = tmp_path / "l.yaml"
    file.write_text("candidate: {LABEL_0: neutral}\n")
    seen: list[Any] = []

    def explained(*_: Any, label_map: Any, **__: Any) -> Any:
        seen.append(label_map.candidate)
        raise KeyboardInterrupt

    monkeypatch.setattr("trust_core.cli.explain.explain", explained)
    command = ["explain", "--reference", "a", "--candidate", "b", "--text-a", "t", "--label-map", str(file)]
    assert main.main(command) == 130
    assert seen == [{"LABEL_0": "neutral"}]


def test_explain_says_how_near_the_library_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --check each model's line names the library, the largest difference and the order of top words."""
    ends = np.array([0.4, 0.6])
    weights = np.array([[0.1, 0.3], [0.2, 0.1]])

    def attribution(shift: float) -> Attribution:
        return Attribution("t", "lime", "all", weights + shift, ends, ends, ends, "local_r2", 9)

    def explained(pair: TextPair, *, check: bool, **_: Any) -> ExplainedText:
        whole = Explanation(attribution(0), None)
        near = LibraryCheck("lime 1.2", attribution(0), attribution(2e-7))
        far = LibraryCheck("lime 1.2", attribution(0), attribution(-0.25))
        assert check
        return ExplainedText(
            segment("t", pair), ("no", "yes"), ("a", "b"), (ends, ends), (whole, whole), (near, far)
        )

    monkeypatch.setattr("trust_core.cli.explain.explain", explained)
    command = ["explain", "--reference", "a", "--candidate", "b", "--text-a", "two words", "--check"]
    assert main.main(command) == 0
    shown = capsys.readouterr()
    assert shown.err.startswith("Explaining one text by LIME with 2 models")
    said = " ".join(shown.out.split())
    assert "a: held against lime 1.2" in said
    assert "more than 2.0e-07; the same top words in the same order." in said
    assert "more than 2.5e-01; another order of top words." in said
