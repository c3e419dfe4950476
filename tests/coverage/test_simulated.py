"""What the simulations of intervals share."""

import json
from pathlib import Path

import pytest

from benchmarks.simulated import coverage_rows, pooled, write
from trust_core.domain.measures import LEVEL


def test_coverage_is_the_share_of_the_samples_that_gave_a_figure() -> None:
    """A sample that refuses a figure is counted apart and in no share."""
    answers = [{"a": (True, 0.2), "b": (True, 0.1)}, {"a": (False, 0.4)}, {"a": (True, 0.3)}]
    first, second = coverage_rows(answers, ("a", "b"), scenario="s", n=30, resamples=9)
    assert first == {
        "scenario": "s", "n": 30, "figure": "a", "coverage": pytest.approx(2 / 3),
        "mean_width": pytest.approx(0.3), "draws": 3, "refused": 0, "resamples": 9,
    }  # fmt: skip
    assert (second["coverage"], second["draws"], second["refused"]) == (1.0, 1, 2)


def test_more_samples_of_a_figure_are_pooled_and_others_stand_apart() -> None:
    """Shares are weighted by their samples; other sizes, scenarios and resamples are never mixed."""
    row = {"scenario": "s", "n": 30, "figure": "a", "resamples": 9, "coverage": 0.9, "mean_width": 1.0}
    recorded = [row | {"draws": 100, "refused": 2, "votes": True}]
    more = [
        row | {"draws": 300, "refused": 1, "coverage": 0.94, "mean_width": 2.0},
        row | {"draws": 10, "refused": 0, "resamples": 20},
    ]
    together, apart = pooled(recorded, more)
    assert together["coverage"] == pytest.approx(0.93)
    assert together["mean_width"] == pytest.approx(1.75)
    assert (together["draws"], together["refused"], together["votes"]) == (400, 3, True)
    assert apart == more[1]
    assert recorded[0]["draws"] == 100


def test_what_is_written_says_where_it_comes_from(tmp_path: Path) -> None:
    """Date, machine, commit, seconds and level stand above the rows."""
    path = tmp_path / "results" / "x.json"
    write(path, [{"figure": "a"}], seconds=1.6, resamples=9)
    report = json.loads(path.read_text(encoding="utf-8"))
    assert list(report) == ["date", "machine", "commit", "seconds", "level", "resamples", "rows"]
    assert (report["seconds"], report["level"], report["rows"]) == (2, LEVEL, [{"figure": "a"}])
