"""How often the intervals of confidence in use hold the truth: `python -m benchmarks.coverage_confidence`.

The models and samples are those of benchmarks.coverage. The truth of a threshold's risk and coverage is
their mean over thresholds that are tuned on n / 2 texts of the population and tried on all of it; that of
AURC is the population's own. Samples that a figure refuses are counted and left out of its coverage. Writes
results/coverage_confidence.json.
"""

from __future__ import annotations

import argparse
import json
import time
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.coverage import SCENARIOS, SIZES, population, sample
from benchmarks.simulated import Held, Row, coverage_rows, pooled, write
from trust_core.behaviour.confidence_use import confidence_use_findings
from trust_core.behaviour.risk_coverage import area_under_risk_coverage
from trust_core.behaviour.threshold import Judged, tuned_threshold
from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import Measured
from trust_core.stats.seeds import derived_rng

RESULTS = Path(__file__).parent / "results" / "coverage_confidence.json"

THRESHOLDS = 1500
"""Thresholds tuned on samples of the population behind each truth."""

VOTING = "risk (difference)"
"""The figure that votes."""

_SIDES = ("reference", "candidate", "difference")


@cache
def answers(name: str) -> tuple[Judged, Judged]:
    """What both models of a scenario answer to the whole population."""
    gold, a, b = population(name)
    reference, candidate = (Judged(p.max(axis=1), p.argmax(axis=1) != gold) for p in (a, b))
    return reference, candidate


def kept(model: Judged, thresholds: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Coverage and selective risk of a model at each threshold."""
    order = np.argsort(model.confidence)
    wrong = np.append(model.wrong[order][::-1].cumsum()[::-1], 0)
    first = np.searchsorted(model.confidence[order], thresholds)
    accepted = len(order) - first
    return accepted / len(order), wrong[first] / np.maximum(accepted, 1)


@cache
def truth(name: str, n: int) -> dict[str, float]:
    """What the intervals should hold, for samples of n texts."""
    reference, candidate = answers(name)
    rng = derived_rng(0, "coverage_confidence", name, str(n))
    thresholds = []
    for _ in range(THRESHOLDS):
        rows = rng.integers(0, len(reference.wrong), size=n // 2)
        tuned = tuned_threshold(Judged(reference.confidence[rows], reference.wrong[rows]), risk=None)
        if tuned is not None:
            thresholds.append(tuned)
    sides = [kept(model, np.array(thresholds)) for model in (reference, candidate)]
    ones = [np.ones((1, len(reference.wrong)))]
    values = {
        "coverage": [float(side[0].mean()) for side in sides],
        "risk": [float(side[1].mean()) for side in sides],
        "aurc": [float(area_under_risk_coverage(model, ones)[0]) for model in (reference, candidate)],
    }
    return {
        f"{key} ({of})": value
        for key, (a, b) in values.items()
        for of, value in zip(_SIDES, (a, b, b - a), strict=True)
    }


def confidence_held(name: str, n: int, resamples: int, draw: int) -> Held:
    """Every interval of confidence in use, of one sample."""
    pair, expected = sample(name, n, draw), truth(name, n)
    found = confidence_use_findings(
        pair.gold, pair.reference, pair.candidate, accepted_risk=None, resamples=resamples, seed=draw
    )
    held: Held = {}
    for one in found.measures:
        figure = f"{one.key} ({one.of})"
        if figure in expected and isinstance(one.figure, Measured):
            width = one.figure.high - one.figure.low
            held[figure] = (one.figure.low <= expected[figure] <= one.figure.high, width)
    return held


def measure(name: str, n: int, *, draws: int, resamples: int, first: int = 0) -> list[Row]:
    """Coverage of every figure over many samples of one size, from the sample of number `first` on."""
    answered = [confidence_held(name, n, resamples, draw) for draw in range(first, first + draws)]
    rows = coverage_rows(answered, truth(name, n), scenario=name, n=n, resamples=resamples)
    return [row | {"votes": row["figure"] == VOTING} for row in rows]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--resamples", type=int, default=400)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--scenarios", nargs="+", choices=list(SCENARIOS), default=list(SCENARIOS))
    parser.add_argument(
        "--add", action="store_true", help="more samples beside the recorded ones of as many resamples"
    )
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    before = json.loads(chosen.out.read_text(encoding="utf-8")) if chosen.add else {"rows": [], "seconds": 0}
    start = time.perf_counter() - before["seconds"]
    rows: list[Row] = before["rows"]
    for n, name in product(chosen.sizes, chosen.scenarios):
        same = (name, n, chosen.resamples)
        first = max(
            (r["draws"] + r["refused"] for r in rows if (r["scenario"], r["n"], r["resamples"]) == same),
            default=0,
        )
        found = measure(name, n, draws=chosen.draws, resamples=chosen.resamples, first=first)
        rows = pooled(rows, found)
        seconds = time.perf_counter() - start
        write(chosen.out, rows, seconds=seconds)
        print(f"{name}, n = {n}: done after {seconds:.0f} s", flush=True)
        for row in found:
            print(f"  {row['figure']}: {row['coverage']:.3f} of {row['draws']}", flush=True)


if __name__ == "__main__":
    main()
