"""Runs that find again what earlier runs have computed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.support.pipeline_runs import (
    Workbench,
    report_of,
    rows,
    without_timing,
    write_neighbour,
    write_rows,
)
from trust_core.inference.engine import Engine


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a cache."""
    monkeypatch.setenv("TRUST_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRUST_CACHE_GIB", "1")
    return tmp_path / "home"


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[str, str]]:
    """Counts texts that models predict and explain, by the model's name."""
    counted: Counter[tuple[str, str]] = Counter()
    predict, masked = Engine.predict, Engine.predict_masked

    def predicting(self: Engine, pairs: Any) -> Any:
        counted["predicted", Path(self.classifier.name).name] += len(pairs)
        return predict(self, pairs)

    def explaining(self: Engine, requests: Any, **more: Any) -> Any:
        counted["explained", Path(self.classifier.name).name] += len(requests)
        return masked(self, requests, **more)

    monkeypatch.setattr(Engine, "predict", predicting)
    monkeypatch.setattr(Engine, "predict_masked", explaining)
    return counted


@pytest.mark.slow
def test_other_settings_of_the_measures_compute_nothing(
    bench: Workbench, home: Path, tmp_path: Path, computed: Counter[tuple[str, str]]
) -> None:
    """Other bins, margins and resamples read everything from the cache; another K tries its words anew."""
    bench.evaluate(tmp_path / "first")
    assert computed["predicted", "reference"] == computed["predicted", "candidate"] == 40
    before = report_of(tmp_path / "first")["timing"]["known_before"]
    assert before == {"predictions": 0, "explanations": 0, "trials": 0}
    computed.clear()
    more = ("--set", "bins=5", "--set", "margins.accuracy=0.2")
    bench.evaluate(tmp_path / "other", *more, "--set", "resamples=300")
    assert not computed
    found = report_of(tmp_path / "other")["timing"]["known_before"]
    # Reference and candidate, and the models of the controls C2 and C5.
    assert found["predictions"] == 4 * 40
    # The same, and the reference with other seeds.
    assert found["explanations"] == 5 * 20
    bench.evaluate(tmp_path / "again")
    assert not computed
    assert without_timing(tmp_path / "again") == without_timing(tmp_path / "first")
    bench.evaluate(tmp_path / "more-words", "--set", "k.fraction=0.3", "--set", "aopc_texts=0")
    assert report_of(tmp_path / "more-words")["timing"]["known_before"]["explanations"] == 5 * 20
    assert computed == {("explained", "reference"): 20, ("explained", "candidate"): 20}


@pytest.mark.slow
def test_only_what_is_new_is_computed(
    bench: Workbench, home: Path, tmp_path: Path, computed: Counter[tuple[str, str]]
) -> None:
    """A further candidate runs alone; an edited text is predicted and explained alone."""
    quick = ("--set", "aopc_texts=0")
    bench.evaluate(tmp_path / "first", *quick)
    computed.clear()
    further = write_neighbour(tmp_path / "further", bench.reference, seed=4)
    bench.evaluate(tmp_path / "two", "--candidate", str(further), *quick)
    # Explained, and then its words tried out.
    assert computed == {("predicted", "further"): 40, ("explained", "further"): 2 * 20}
    computed.clear()
    content = rows(40)
    for row in content:
        if row["id"] in ("t003", "t011"):
            row["hypothesis"] += " beach"
    more = ("--explain-limit", "40", "--data", str(write_rows(tmp_path / "edited.csv", content)))
    bench.evaluate(tmp_path / "edited", *more, *quick, "--set", "control_texts=0")
    assert computed["predicted", "reference"] == computed["predicted", "candidate"] == 2
    # 20 texts had not been explained and tried before; of the edited ones at most two had.
    assert 40 <= computed["explained", "reference"] <= 44


def test_no_word_is_kept(bench: Workbench, home: Path, tmp_path: Path) -> None:
    """The cache holds hashes and numbers, no text, no id; with --no-cache it is not even made."""
    bench.evaluate(tmp_path / "one", "--no-cache")
    assert not (home / "cache/results.sqlite").exists()
    planted = write_rows(tmp_path / "planted.csv", rows(24, plant="zyzzyva"))
    bench.evaluate(tmp_path / "two", "--data", str(planted), "--no-texts")
    kept = b"".join(file.read_bytes() for file in (home / "cache").glob("results.sqlite*"))
    assert len(kept) > 10_000
    assert b"zyzzyva" not in kept
    assert b"t003" not in kept


def test_a_broken_cache_is_said(bench: Workbench, home: Path, tmp_path: Path) -> None:
    """A run goes on without a cache that cannot be read, and its report says so."""
    (home / "cache").mkdir(parents=True)
    (home / "cache/results.sqlite").write_bytes(b"broken" * 999)
    assert bench.evaluate(tmp_path / "out") in {0, 1, 2}
    assert "left alone" in report_of(tmp_path / "out")["timing"]["known_before"]["problem"]
