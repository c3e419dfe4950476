"""Parts of the texts in a run of saved predictions: report, further columns, and some of the texts alone."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from tests.support.pipeline_runs import report_of
from trust_core.cli.main import main
from trust_core.cli.spec_options import mapping_from_file
from trust_core.datasets.columns import texts_from_table
from trust_core.datasets.limits import Limits
from trust_core.datasets.tables import table_from_file
from trust_core.domain.spec import DataSpec

N = 120
CLASSES = ("yes", "no")
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CHAOS = DATA / "chaosnli_snli.tsv.gz"


def _predictions(path: Path, *, seed: int, broken: bool = False) -> Path:
    rng = np.random.default_rng(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "label", "genre", *(f"p_{name}" for name in CLASSES)])
        for at in range(N):
            gold, genre = at % 2, "fiction" if at % 4 < 2 else "news"
            p = float(np.clip(0.5 + 0.1 * rng.normal() + (0.4 if gold == 0 else -0.4), 0.02, 0.98))
            if broken and genre == "news":
                p = 1 - p
            writer.writerow([f"t{at:03d}", CLASSES[gold], genre, repr(p), repr(1 - p)])
    return path


def _texts(path: Path, ids: range, *, entropy: bool = False) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text", "label", *(["entropy"] if entropy else [])])
        for at in ids:
            text = f"Text {at} of the river" if at % 3 else f"Nobody saw number {at}"
            writer.writerow([f"t{at:03d}", text, CLASSES[at % 2], *([at % 7 / 7] if entropy else [])])
    return path


def _evaluate(folder: Path, *more: str, broken: bool = False) -> int:
    a = _predictions(folder / "a.csv", seed=1)
    b = _predictions(folder / "b.csv", seed=2, broken=broken)
    return main(
        [
            *("evaluate", "--reference-predictions", str(a), "--candidate-predictions", str(b), "--no-cache"),
            *("--set", "resamples=200", *more, "--out", str(folder / "out")),
        ]
    )


@pytest.mark.slow
def test_further_columns_of_a_predictions_file_part_the_texts(tmp_path: Path) -> None:
    """A candidate that is broken on one genre: the report names it, and the search finds it."""
    assert _evaluate(tmp_path, broken=True) == 1
    slices = report_of(tmp_path / "out")["candidates"][0]["slices"]
    assert {row["by"] for row in slices["rows"]} == {"label", "column:genre"}
    assert slices["worst_why"].startswith("genre: news is the worst part")
    assert slices["found"][0]["name"] == "news"
    html = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "genre: news is the worst part" in html


@pytest.mark.slow
def test_parts_may_be_chosen_or_left_out(tmp_path: Path) -> None:
    """`--slices` says which parts; `none` leaves them out of the report."""
    data = _texts(tmp_path / "texts.csv", range(N))
    _evaluate(tmp_path, "--data", str(data), "--slices", "negation,text:river")
    slices = report_of(tmp_path / "out")["candidates"][0]["slices"]
    assert [(row["by"], row["name"]) for row in slices["rows"]] == [
        ("negation", "with negation"),
        ("negation", "without"),
        ("text:river", "found"),
        ("text:river", "not found"),
    ]
    other = tmp_path / "other"
    other.mkdir()
    _evaluate(other, "--slices", "none")
    assert "slices" not in report_of(other / "out")["candidates"][0]


def test_a_column_that_is_not_there_is_refused_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written where a part is asked for that the data does not have."""
    assert _evaluate(tmp_path, "--slices", "column:gender") == 3
    assert "no column 'gender'" in capsys.readouterr().err
    assert not (tmp_path / "out" / "report.json").exists()


@pytest.mark.slow
def test_predictions_are_judged_on_some_of_their_texts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With data.subset the texts of the data are judged alone, and how people disagree comes with them."""
    data = _texts(tmp_path / "texts.csv", range(0, N, 2), entropy=True)
    assert _evaluate(tmp_path, "--data", str(data)) == 3
    assert "data.subset=true" in capsys.readouterr().err
    _evaluate(tmp_path, "--data", str(data), "--set", "data.subset=true")
    report = report_of(tmp_path / "out")
    assert report["resolved"]["data"]["predicted"] == N // 2
    assert "60 of 120 predicted texts are not in" in report["resolved"]["data"]["notes"][0]
    keys = {row["key"] for row in report["candidates"][0]["measures"]}
    assert {"disagreement_order", "chi_squared_p"} <= keys


def test_texts_that_were_not_predicted_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A subset must be one: texts without predictions are named."""
    data = _texts(tmp_path / "texts.csv", range(100, N + 5))
    assert _evaluate(tmp_path, "--data", str(data), "--set", "data.subset=true") == 3
    assert "5 texts of" in capsys.readouterr().err


@pytest.mark.slow
def test_without_texts_no_word_of_them_is_named(tmp_path: Path) -> None:
    """With --no-texts the search names no word, and no column that was not asked for by name."""
    data = _texts(tmp_path / "texts.csv", range(N))
    _evaluate(tmp_path, "--data", str(data), "--no-texts", broken=True)
    report = (tmp_path / "out" / "report.json").read_text(encoding="utf-8")
    assert "river" not in report
    slices = report_of(tmp_path / "out")["candidates"][0]["slices"]
    assert {row["by"] for row in slices["rows"]} == {"label", "length", "negation"}


def test_further_columns_name_the_run(tmp_path: Path) -> None:
    """Texts with other further columns are another content, since parts depend on them."""
    tables = []
    for value in ("x", "y"):
        file = tmp_path / f"{value}.csv"
        file.write_text(f"text,label,genre\na,yes,{value}\n", encoding="utf-8")
        table = table_from_file(str(file), Limits(max_bytes=1000, max_rows=10))
        tables.append(texts_from_table(table, DataSpec(source=str(file))))
    assert tables[0].content_hash == tables[1].content_hash
    assert tables[0].whole_hash != tables[1].whole_hash


@pytest.mark.slow
@pytest.mark.skipif(not CHAOS.exists(), reason="the annotators' votes are not here")
def test_answers_change_where_people_disagree(tmp_path: Path) -> None:
    """Two fine-tunings of one model part more often on texts about which a hundred people disagree."""
    seeds = [DATA / f"preds_snli_devset_bert-base-uncased_seed{seed}.tsv.gz" for seed in (0, 1)]
    main(
        [
            *("evaluate", "--reference-predictions", str(seeds[0]), "--candidate-predictions", str(seeds[1])),
            *("--data", str(CHAOS), "--label", "old_label", "--set", "data.subset=true", "--no-cache"),
            *("--set", "resamples=200", "--slices", "label,negation", "--out", str(tmp_path / "out")),
        ]
    )
    report = report_of(tmp_path / "out")
    (found,) = [m for m in report["candidates"][0]["measures"] if m["key"] == "disagreement_order"]
    assert found["n"] == 1514
    assert found["value"] == pytest.approx(0.647, abs=0.001)
    assert found["low"] > 0.6


def test_the_command_of_a_run_keeps_its_parts(tmp_path: Path) -> None:
    """A list of parts survives the spec file; a search with a comma has its place there, too."""
    file = tmp_path / "spec.yaml"
    file.write_text('slices: ["label", "text:red, white"]\n', encoding="utf-8")
    assert mapping_from_file(str(file))["slices"] == ["label", "text:red, white"]
