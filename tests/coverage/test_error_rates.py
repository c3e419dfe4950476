"""Tests of equivalence keep their error rates at the n that is planned."""

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

from benchmarks import error_rates
from trust_core.report.planning import assumed

pytestmark = pytest.mark.slow


@cache
def recorded() -> dict[str, dict[str, Any]]:
    """Rows of the recorded simulation by measure."""
    rows = json.loads(error_rates.RESULTS.read_text(encoding="utf-8"))["rows"]
    return {row["key"]: row for row in rows}


def errors(rate: float, draws: int) -> float:
    """Two standard errors of a simulated rate."""
    return float(2 * np.sqrt(rate * (1 - rate) / draws))


def test_every_measure_that_a_plan_speaks_of_is_simulated() -> None:
    """The recorded simulation has a row for each, from 200 samples at the least."""
    assert set(recorded()) == set(assumed()) == set(error_rates.cases(1))
    assert min(row["draws"] for row in recorded().values()) >= 200


@pytest.mark.parametrize("key", assumed())
def test_the_recorded_error_rates_keep_the_promise(key: str) -> None:
    """At the margin at most 5 % are called equivalent, without a difference 90 %, within two errors."""
    row = recorded()[key]
    assert row["equivalent_at_margin"] <= 0.05 + errors(0.05, row["draws"])
    assert row["equivalent_without_difference"] >= 0.9 - errors(0.9, row["draws"])


def test_the_tests_of_rates_keep_the_promise() -> None:
    """Simulated anew, accuracy and negative flips err in 5 % of 2,000 samples, three errors aside."""
    for case in (error_rates.accuracy_case(), error_rates.flips_case()):
        row = case.row(400)
        assert row["draws"] == 2000
        assert row["equivalent_at_margin"] <= 0.05 + 1.5 * errors(0.05, 2000)
        assert row["equivalent_without_difference"] >= 0.9 - 1.5 * errors(0.9, 2000)
