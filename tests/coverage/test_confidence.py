import json

import numpy as np
import pytest

from benchmarks import coverage_confidence, coverage_depth
from benchmarks.coverage import SIZES

pytestmark = pytest.mark.slow


def test_the_interval_of_the_vote_holds_the_truth():
    """In 100 samples of 300 texts the risk difference at the tuned threshold is held in at least 90 %.

    The recorded simulation asks for 93 %; here three standard errors are 6.5 %.
    """
    rows = coverage_confidence.measure("student", 300, draws=100, resamples=200)
    (vote,) = [row for row in rows if row["votes"]]
    assert vote["figure"] == coverage_confidence.VOTING
    assert float(str(vote["coverage"])) >= 0.9


def test_the_recorded_simulation_of_the_vote_meets_its_bar():
    """At every recorded size the vote is held in 93 % of samples, or not surely in fewer (two errors)."""
    report = json.loads(coverage_confidence.RESULTS.read_text(encoding="utf-8"))
    votes = [row for row in report["rows"] if row["votes"]]
    assert {row["n"] for row in votes} == set(SIZES)
    for row in votes:
        assert row["draws"] >= 200
        assert row["coverage"] >= 0.93 - 2 * np.sqrt(0.93 * 0.07 / row["draws"]), row


def test_the_recorded_simulation_in_depth_meets_its_bar():
    """Percentile intervals of results/coverage_depth.json hold the truth in at least 92 % of samples.

    Parts of the Brier score have basic intervals that are no test; theirs are recorded as they are.
    """
    report = json.loads(coverage_depth.RESULTS.read_text(encoding="utf-8"))
    for row in report["rows"]:
        if not row["figure"].startswith("brier_mis") and not row["figure"].startswith("brier_dis"):
            assert row["coverage"] >= 0.92 - 2 * np.sqrt(0.05 * 0.95 / row["draws"]), row
