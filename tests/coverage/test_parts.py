"""The intervals of small parts, of few explained texts and of the calibration errors in depth."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import coverage_errors, coverage_parts
from benchmarks.coverage import SCENARIOS

pytestmark = pytest.mark.slow

FREE_OF_DRAWS = ("agreement", "negative_flip_rate", "accuracy", "share_shift")
"""Figures whose limits are worked out and not resampled."""


@cache
def recorded(path: Path) -> list[dict[str, Any]]:
    """Rows of a recorded simulation."""
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["rows"]
    return rows


def least(bar: float, draws: int) -> float:
    """A bar less two standard errors."""
    return float(bar - 2 * np.sqrt(bar * (1 - bar) / draws))


def test_rates_keep_their_promise_in_parts_of_twenty_texts() -> None:
    """Wilson's, Bonett and Price's and the effect size's intervals hold the truth in 93 % at every size."""
    rows = [row for row in recorded(coverage_parts.RESULTS) if row["figure"] in FREE_OF_DRAWS]
    assert {row["n"] for row in rows} == set(coverage_parts.SIZES)
    assert {row["figure"] for row in rows} == set(FREE_OF_DRAWS)
    for row in rows:
        assert row["coverage"] >= least(0.93, row["draws"]), row


def test_resampled_figures_keep_their_promise_from_300_texts_on() -> None:
    """Means and S, resampled over texts, hold the truth in 92 % of samples of 300 texts."""
    rows = [row for row in recorded(coverage_parts.RESULTS) if row["n"] == 300]
    assert {"signed_gap", "brier", "confidence_shift", "alignment", "alignment_beside_twin"} <= {
        row["figure"] for row in rows
    }
    for row in rows:
        assert row["coverage"] >= least(0.92, row["draws"]), row


def test_distance_and_laws_after_recalibration_keep_their_promise() -> None:
    """The distance of recalibrated curves, wide by design, holds the truth in 93 % of samples."""
    rows = [row for row in recorded(coverage_errors.RESULTS) if row["figure"] == "curve_distance_scaled"]
    assert {(row["scenario"], row["n"]) for row in rows} == {
        (name, n) for name in SCENARIOS for n in coverage_errors.SIZES
    }
    for row in rows:
        assert row["coverage"] >= least(0.93, row["draws"]), row


def test_every_error_in_depth_is_simulated() -> None:
    """Sweep, top label, one class and the errors after recalibration have rows, as has the uncertainty."""
    found = {row["figure"].partition(" ")[0] for row in recorded(coverage_errors.RESULTS)}
    assert found == {
        "ece_sweep", "top_label_ece", "class_ece", "ece_scaled", "smooth_ece_scaled",
        "curve_distance_scaled", "brier_uncertainty",
    }  # fmt: skip


def test_a_part_of_fifty_texts_simulated_anew() -> None:
    """In 100 samples of 50 texts no figure of a rate is missed more than 13 times: three standard errors."""
    rows = coverage_parts.measure(coverage_parts.answers_held, "student", 50, draws=100, resamples=100)
    held = {row["figure"]: row["coverage"] for row in rows}
    assert min(held[figure] for figure in FREE_OF_DRAWS) >= 0.87
