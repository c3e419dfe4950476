"""The command `plan`."""

import json
import re
from pathlib import Path

import pytest

from trust_core.cli.main import main
from trust_core.domain.preflight import PreflightReport, Problem


def test_numbers_alone_need_no_model(capsys: pytest.CaptureFixture[str]) -> None:
    """With --texts the table is arithmetic: nothing is read, margins come from the flags."""
    assert main(["plan", "--texts", "300", "--explain-limit", "24", "--set", "margins.accuracy=0.06"]) == 0
    lines = capsys.readouterr().out.splitlines()
    (accuracy,) = [line for line in lines if " Accuracy " in line]
    assert "±6 points" in accuracy
    assert accuracy.endswith("yes")
    assert "Assumed:" in lines


def test_an_expected_rate_beyond_its_margin_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Where no number of texts settles the negative flips, a line below the table says why and what to do."""
    line = (
        "Negative flips: expected 3.6 % already lies beyond the margin of 2 %: "
        "give --discordance for closer pairs, or a larger margin."
    )
    assert main(["plan", "--texts", "300"]) == 0
    assert line in capsys.readouterr().out.split("Assumed:")[0]
    for flags in (["--discordance", "0.02"], ["--set", "margins.negative_flip_rate=0.05"]):
        assert main(["plan", "--texts", "300", *flags]) == 0
        assert "already lies beyond" not in capsys.readouterr().out


def test_margins_of_a_file_and_of_a_spec_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A margins file and the margins of a spec file are used; from-twin plans the paired comparison."""
    margins, spec = tmp_path / "margins.json", tmp_path / "spec.json"
    margins.write_text(json.dumps({"brier": 0.5}))
    spec.write_text(json.dumps({"margins": {"brier": 0.25}}))
    for flags, said in ((["--margins", str(margins)], "±0.5"), (["--spec", str(spec)], "±0.25")):
        assert main(["plan", "--texts", "100", *flags]) == 0
        assert said in capsys.readouterr().out
    assert main(["plan", "--texts", "100", "--explain-limit", "all", "--margins", "from-twin"]) == 0
    assert re.search(r"Alignment beside the twin's +100 ", capsys.readouterr().out)


def test_numbers_alone_are_those_of_the_whole_spec(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --texts, too, the spec file says how many are explained and judged, and by what."""
    spec = tmp_path / "spec.json"
    for content, said in (
        ({"explain_limit": 40}, r"Alignment of reasons +40 "),
        ({"explain_limit": "all"}, r"Alignment of reasons +300 "),
        ({"margins_from_twin": True, "data": {"label": "gold"}}, r"Alignment beside the twin's +100 "),
    ):
        spec.write_text(json.dumps(content))
        assert main(["plan", "--texts", "300", "--spec", str(spec)]) == 0
        assert re.search(said, capsys.readouterr().out)
    spec.write_text(json.dumps({"reference_predictions": "a.csv"}))
    assert main(["plan", "--texts", "300", "--spec", str(spec)]) == 0
    assert "Alignment of reasons  " not in capsys.readouterr().out
    spec.write_text(json.dumps({"explian_limit": 40}))
    assert main(["plan", "--texts", "300", "--spec", str(spec)]) == 3
    assert "Did you mean 'explain_limit'" in capsys.readouterr().err


def test_paths_in_a_spec_file_are_bound_as_in_a_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A spec file that leads elsewhere is refused before anything is read; what is typed is not."""
    (tmp_path / "own").mkdir()
    rows = "id,label,p_yes,p_no\n" + "".join(f"t{at},yes,0.6,0.4\n" for at in range(40))
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(rows)
    spec = tmp_path / "own" / "spec.json"
    files = {
        "reference_predictions": str(tmp_path / "a.csv"),
        "candidate_predictions": [str(tmp_path / "b.csv")],
    }
    spec.write_text(json.dumps(files))
    assert main(["plan", "--spec", str(spec)]) == 3
    assert "outside the folders that data may come from" in capsys.readouterr().err
    typed = [
        "--reference-predictions",
        str(tmp_path / "a.csv"),
        "--candidate-predictions",
        str(tmp_path / "b.csv"),
    ]
    assert main(["plan", "--spec", str(spec), *typed]) == 0


def test_chosen_dimensions_are_planned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only what the verdict is about is planned, by file or --set; confidence in use says if it votes."""
    assert main(["plan", "--texts", "300"]) == 0
    assert "confidence in use (no vote)" in capsys.readouterr().out
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps({"dimensions": ["answers", "confidence_use"], "seed": 3}))
    for flags in (["--spec", str(spec)], ["--set", 'dimensions=["answers", "confidence_use"]']):
        assert main(["plan", "--texts", "300", *flags]) == 0
        out = capsys.readouterr().out
        assert "confidence in use" in out
        assert "no vote" not in out
        assert "Brier score" not in out.split("Assumed:")[0]


@pytest.mark.parametrize(
    "flags",
    [
        ["--texts", "0"],
        ["--texts", "10", "--discordance", "1.5"],
        ["--texts", "10", "--set", "margins.brier=2"],
        ["--texts", "10", "--set", 'dimensions=["speed"]'],
    ],
)
def test_what_cannot_be_is_refused(flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """No texts, a share above 1 and a margin out of its range are told, with exit code 3."""
    assert main(["plan", *flags]) == 3
    assert capsys.readouterr().err


def test_saved_predictions_are_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With files the texts are counted, and the plan is made for them."""
    row = "t{0},{1},0.6,0.4\n"
    for name in ("a", "b"):
        lines = [row.format(at, "yes" if at % 2 else "no") for at in range(40)]
        (tmp_path / f"{name}.csv").write_text("id,label,p_yes,p_no\n" + "".join(lines))
    files = [
        *("--reference-predictions", str(tmp_path / "a.csv")),
        "--candidate-predictions",
        str(tmp_path / "b.csv"),
    ]
    assert main(["plan", *files]) == 0
    out = capsys.readouterr().out
    assert "40 of 40 texts are predicted, 0 explained." in out
    assert "Accuracy" in out
    assert "Alignment of reasons  " not in out


def test_problems_are_told_and_nothing_is_planned(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What has to be mended stands on standard error, with exit code 3."""
    found = PreflightReport(problems=(Problem(about="x", kind="ModelNotFound", what="There is no model x."),))
    monkeypatch.setattr("trust_core.cli.plan.check", lambda *_, **__: found)
    assert main(["plan", "--reference", "x", "--candidate", "ref:int8", "--data", "bundled:nli"]) == 3
    captured = capsys.readouterr()
    assert "There is no model x." in captured.err
    assert captured.out == ""
