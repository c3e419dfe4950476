"""Whole runs that try the words of their explanations out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support.pipeline_runs import Workbench, measures_of, report_of, rows, write_rows

pytestmark = pytest.mark.slow

PART = "same answer"


def test_a_run_tries_the_words_out(bench: Workbench, tmp_path: Path) -> None:
    """Keep rates, drops, cross-deletion and normalised AOPC stand in the report, none of them voting."""
    bench.evaluate(tmp_path / "out", "--set", "aopc_texts=20")
    for key, of in (
        ("keep_rate", "reference"),
        ("keep_rate", "candidate"),
        ("keep_rate", "pair"),
        ("keep_rate_change", "pair"),
        ("deletion_drop", "pair"),
        ("normalised_aopc", "reference"),
        ("normalised_aopc", "pair"),
    ):
        found = measures_of(tmp_path / "out", key, of=of)
        assert found, key
        assert all(
            row.get("n") == 20 or row.get("not_measured") or "left_out" in row["settings"] for row in found
        )
    (cross,) = measures_of(tmp_path / "out", "cross_deletion")
    assert "value" in cross or "hardly depends" in cross["not_measured"]
    candidate = report_of(tmp_path / "out")["candidates"][0]
    voted = {test["key"] for part in candidate["verdict"]["dimensions"].values() for test in part["tests"]}
    assert not voted & {"keep_rate", "keep_rate_change", "cross_deletion", "normalised_aopc"}
    identity = report_of(tmp_path / "out")["controls"]["C0"]
    assert identity["held"] is True
    assert any(row["key"] == "keep_rate_change" and row["value"] == 0 for row in identity["measures"])


def test_figures_of_parts_stand_beside_those_of_all_texts(bench: Workbench, tmp_path: Path) -> None:
    """Every part has the figures of reasons with its own texts, or the number of texts as the reason."""
    more = ("--explain-limit", "40", "--set", "aopc_texts=0")
    bench.evaluate(tmp_path / "out", *more)
    candidate = report_of(tmp_path / "out")["candidates"][0]
    found = candidate["reasons_by_answers"]
    parts = {row["settings"]["texts"] for row in found}
    assert PART in parts
    keys = {row["key"] for row in found}
    assert {"alignment", "jaccard_adjusted", "cosine", "keep_rate", "cross_deletion"} <= keys
    for row in found:
        assert ("not_measured" in row) or ("exact" in row) or row["n"] >= 20
    by_part = {row["settings"]["texts"]: row for row in found if row["key"] == "jaccard"}
    (whole,) = measures_of(tmp_path / "out", "jaccard")
    counted = [by_part[name] for name in ("same answer", "another answer") if name in by_part]
    if all("value" in row for row in counted):
        mean = np.average([row["value"] for row in counted], weights=[row["n"] for row in counted])
        assert mean == pytest.approx(whole["value"])
    assert "another answer, reference right" in parts or "another answer" not in parts


def test_short_texts_and_no_curves_give_reasons(bench: Workbench, tmp_path: Path) -> None:
    """With aopc_texts at 0 the normalised AOPC says what it needs; the run's words stay out of the shards."""
    planted = write_rows(tmp_path / "planted.csv", rows(24, plant="zyzzyva"))
    bench.evaluate(tmp_path / "out", "--data", str(planted), "--set", "aopc_texts=0", "--no-texts")
    for row in measures_of(tmp_path / "out", "normalised_aopc"):
        assert "aopc_texts" in row["needs"]
    assert all(
        b"zyzzyva" not in file.read_bytes() for file in (tmp_path / "out").rglob("*") if file.is_file()
    )


def test_integrated_gradients_are_a_third_opinion(bench: Workbench, tmp_path: Path) -> None:
    """They are measured without noise and without a vote; int8 layers have none, and that is said."""
    more = ("--candidate", "ref:int8", "--explainers", "lime,ig", "--set", "aopc_texts=0")
    bench.evaluate(tmp_path / "out", *more)
    name = "integrated-gradients"
    assert report_of(tmp_path / "out")["resolved"]["explainers"] == ["lime", name]
    (shown,) = measures_of(tmp_path / "out", "alignment", explainer=name)
    assert shown["n"] == 20
    assert shown["settings"]["steps"] == 64
    for of in ("reference", "candidate"):
        (own,) = measures_of(tmp_path / "out", "self_agreement", explainer=name, of=of)
        assert own["value"] == 1
        (gap,) = measures_of(tmp_path / "out", "additivity_gap", explainer=name, of=of)
        assert abs(gap["value"]) < 0.2
    (none,) = measures_of(tmp_path / "out", "alignment", candidate=1, explainer=name)
    assert "no gradients" in none["not_measured"]
    for candidate in report_of(tmp_path / "out")["candidates"]:
        tests = [test for part in candidate["verdict"]["dimensions"].values() for test in part["tests"]]
        assert {test["explainer"] for test in tests if test["key"] == "alignment"} == {"lime"}
    assert report_of(tmp_path / "out")["controls"]["C0"]["held"] is True
