import json

import pytest

from benchmarks.coverage import RESULTS, SIZES, VOTING, measure, votes_held

pytestmark = pytest.mark.slow

DRAWS = 300


def test_voting_intervals_hold_the_truth():
    """In 300 samples of 300 texts each voting measure's 95 % interval holds the truth in at least 92 %.

    The full simulation (1,000 samples, three sizes) asks for 93 %; here three standard errors are 3.8 %.
    """
    rows = measure(votes_held, "student", 300, draws=DRAWS, resamples=500, workers=1)
    coverage = {row["figure"]: row["coverage"] for row in rows if row["votes"]}
    assert set(coverage) == set(VOTING)
    assert all(float(str(share)) >= 0.92 for share in coverage.values()), coverage


def test_the_recorded_simulation_meets_its_bar():
    """results/coverage.json has 1,000 samples of every size, and at least 93 % for every vote."""
    report = json.loads(RESULTS.read_text(encoding="utf-8"))
    rows = [row for row in report["rows"] if row["votes"]]
    assert {(row["figure"], row["n"]) for row in rows} == {(key, n) for key in VOTING for n in SIZES}
    for row in rows:
        assert row["draws"] >= 1000
        assert row["coverage"] >= 0.93, row
