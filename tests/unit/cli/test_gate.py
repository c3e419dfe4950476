"""The gate: exit code, JUnit XML and summary of one command."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import parse

import numpy as np
import pytest

from tests.support.store_report import small_report
from trust_core.cli import main
from trust_core.cli.gate import STEP_SUMMARY
from trust_core.domain.report import Report
from trust_core.errors import HubError
from trust_core.export.gate_summary import gate_summary


@pytest.fixture(autouse=True)
def _no_summary_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where these tests run in CI themselves, they leave its summary alone."""
    monkeypatch.delenv(STEP_SUMMARY, raising=False)


def _predictions(folder: Path, name: str, *, broken: bool = False) -> None:
    rng = np.random.default_rng(1)
    rows = ["id,label,p_yes,p_no"]
    for at in range(400):
        gold, sure = int(rng.random() < 0.5), 0.7 + 0.29 * rng.random()
        right = rng.random() < sure
        said = gold if right else 1 - gold
        if broken and at % 3 == 0:
            said = 1 - said
        p = sure if said else 1 - sure
        rows.append(f"t{at},{'yes' if gold else 'no'},{p:.5f},{1 - p:.5f}")
    (folder / name).write_text("\n".join(rows) + "\n", encoding="utf-8")


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A spec of two saved predictions; the candidate's are the reference's, rounded."""
    _predictions(tmp_path, "reference.csv")
    _predictions(tmp_path, "candidate.csv")
    lines = (tmp_path / "candidate.csv").read_text(encoding="utf-8").splitlines()
    rounded = [
        lines[0],
        *(f"{a},{b},{float(p):.3f},{1 - float(p):.3f}" for a, b, p, _ in (x.split(",") for x in lines[1:])),
    ]
    (tmp_path / "candidate.csv").write_text("\n".join(rounded) + "\n", encoding="utf-8")
    file = tmp_path / "spec.yaml"
    file.write_text(
        f"reference_predictions: {tmp_path}/reference.csv\n"
        f"candidate_predictions: [{tmp_path}/candidate.csv]\n"
        "dimensions: [answers, reliability]\n"
        "resamples: 200\n"
        "margins: {accuracy: 0.05, negative_flip_rate: 0.05, brier: 0.05, signed_gap: 0.05, "
        "curve_distance: 0.06}\n",
        encoding="utf-8",
    )
    return file


def _gate(spec: Path, *more: str) -> int:
    return main.main(["gate", "--spec", str(spec), "--out", str(spec.parent / "run"), "--no-cache", *more])


@pytest.mark.slow
def test_an_equivalent_candidate_passes(spec: Path, tmp_path: Path) -> None:
    """Exit code 0, a JUnit file without failures, a summary that says passed, and the run beside them."""
    junit, summary = tmp_path / "out" / "junit.xml", tmp_path / "summary.md"
    assert _gate(spec, "--junit", str(junit), "--summary", str(summary)) == 0
    root = parse(junit).getroot()
    assert (root.get("failures"), root.get("errors")) == ("0", "0")
    assert "✅ passed" in summary.read_text(encoding="utf-8")
    assert (tmp_path / "run" / "report.html").exists()


@pytest.mark.slow
def test_a_broken_candidate_does_not(spec: Path, tmp_path: Path) -> None:
    """Exit code 1, with failures in the file and the same answer in the summary."""
    _predictions(tmp_path, "candidate.csv", broken=True)
    junit = tmp_path / "junit.xml"
    assert _gate(spec, "--junit", str(junit), "--summary", str(tmp_path / "s.md")) == 1
    assert int(parse(junit).getroot().get("failures", "0")) > 0
    assert "❌ failed" in (tmp_path / "s.md").read_text(encoding="utf-8")


def test_the_summary_of_a_step_is_added_to(
    spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --summary it goes to the end of the file that GitHub Actions names."""
    monkeypatch.setattr("trust_core.cli.evaluate.evaluate", lambda *_, **__: small_report())
    step = tmp_path / "step.md"
    step.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv(STEP_SUMMARY, str(step))
    code = _gate(spec)
    assert step.read_text(encoding="utf-8") == "before\n" + gate_summary(small_report(), code)


def test_an_evaluation_that_cannot_be_run_is_said_in_both_files(
    spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 3, one error in the JUnit file, and its message in the summary and on the terminal."""
    (tmp_path / "candidate.csv").unlink()
    junit = tmp_path / "junit.xml"
    assert _gate(spec, "--junit", str(junit), "--summary", str(tmp_path / "s.md")) == 3
    assert parse(junit).getroot().get("errors") == "1"
    assert "could not be run" in (tmp_path / "s.md").read_text(encoding="utf-8")
    assert "candidate.csv" in capsys.readouterr().err


def test_a_gate_needs_a_spec_and_a_place_to_write(
    spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --spec, or with a file that cannot be written, the gate says so and ends in 3."""
    assert main.main(["gate", "--summary", str(tmp_path / "s.md")]) == 3
    assert "gate needs a spec file" in capsys.readouterr().err
    assert "gate needs a spec file" in (tmp_path / "s.md").read_text(encoding="utf-8")
    monkeypatch.setattr("trust_core.cli.evaluate.evaluate", lambda *_, **__: small_report())
    (tmp_path / "taken").write_text("", encoding="utf-8")
    assert _gate(spec, "--junit", str(tmp_path / "taken" / "junit.xml")) == 3
    assert "cannot be written" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_hides_nothing(
    spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verdict, or what kept the evaluation from running, is said all the same."""
    (tmp_path / "taken").write_text("", encoding="utf-8")
    unwritable = str(tmp_path / "taken" / "junit.xml")
    assert _gate(spec, "--junit", unwritable, "--set", "sead=1") == 3
    said = capsys.readouterr().err
    assert "cannot be written" in said
    assert "Did you mean 'seed'" in said
    monkeypatch.setattr("trust_core.cli.evaluate.evaluate", lambda *_, **__: small_report())
    assert _gate(spec, "--junit", unwritable) == 3
    assert small_report().candidates[0].verdict.why in capsys.readouterr().out


@pytest.mark.parametrize(
    "error, code, said",
    [
        (KeyboardInterrupt(), 130, "Interrupted before there was an answer."),
        (
            ZeroDivisionError("of some text, https://me:hf_secret@hub.example"),
            4,
            "an error of TrustEq (ZeroDivisionError)",
        ),
        (HubError("no answer from https://me:hf_secret@hub.example/x"), 3, "https://hub.example/x"),
    ],
)
def test_files_of_a_gate_name_every_error_but_no_secret(
    error: BaseException,
    code: int,
    said: str,
    spec: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An error that nobody foresaw is in both files, too; no token goes along, nor into its trace."""

    def fails(*_: object, **__: object) -> Report:
        raise error

    monkeypatch.setattr("trust_core.cli.evaluate.evaluate", fails)
    junit, summary = tmp_path / "junit.xml", tmp_path / "s.md"
    assert _gate(spec, "--junit", str(junit), "--summary", str(summary)) == code
    for file in (junit, summary):
        content = file.read_text(encoding="utf-8")
        assert said in content
        assert "some text" not in content
        assert "hf_secret" not in content
    if not isinstance(error, HubError):
        assert "hf_secret" not in capsys.readouterr().err
