"""How often the intervals of reliability in depth hold the truth: `python -m benchmarks.coverage_depth`.

The models and samples are those of benchmarks.coverage. Scores after recalibration have as their truth the
population's score at temperatures that are fitted on n / 2 of its texts, on average; all other figures have
the population's own value. Writes results/coverage_depth.json.
"""

from __future__ import annotations

import argparse
import time
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
from scipy.special import softmax

from benchmarks.coverage import (
    SCENARIOS,
    SIZES,
    Pair,
    answer,
    population,
    predictions,
    sample,
)
from benchmarks.simulated import Held, Row, coverage_rows, write
from trust_core.behaviour.at_threshold import at_threshold
from trust_core.behaviour.confidence_use import judged
from trust_core.calibration.corp import PARTS, brier_parts, brier_split
from trust_core.calibration.rescaled import SCALED, rescaled_evidence
from trust_core.calibration.scores import Score, score_evidence
from trust_core.calibration.temperature import fit_temperature, scores_of
from trust_core.calibration.wasserstein import law_distance, wasserstein
from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import Evidence, Measured, NotMeasured
from trust_core.domain.predictions import Predictions
from trust_core.stats.bootstrap import Resamples
from trust_core.stats.seeds import derived_rng

RESULTS = Path(__file__).parent / "results" / "coverage_depth.json"

FITS = 200
"""Temperatures fitted on samples of the population behind each truth."""

THRESHOLD = 0.8
"""The given threshold whose risk and coverage are told."""

_SIDES = ("reference", "candidate", "difference")
_GRID = np.linspace(-1.5, 1.5, 61)
"""Log temperatures at which the population's scores are known."""


@cache
def whole(name: str) -> Pair:
    """The population as one sample."""
    gold, a, b = population(name)
    return Pair(gold, predictions("reference", a), predictions("candidate", b))


@cache
def scored(name: str, side: int) -> FloatArray:
    """(61, 3) Brier, NLL and signed gap of a population's model at the temperatures of the grid."""
    pair = whole(name)
    model = (pair.reference, pair.candidate)[side]
    scores, rows = scores_of(model), np.arange(len(pair.gold))
    right = model.predicted == pair.gold
    found = []
    for log_temperature in _GRID:
        p = softmax(scores * np.exp(-log_temperature), axis=1)
        own = p[rows, pair.gold]
        found.append(
            (
                (np.square(p).sum(axis=1) - 2 * own + 1).mean(),
                -np.log(own).mean(),
                (p.max(axis=1) - right).mean(),
            )
        )
    return np.array(found)


@cache
def truth(name: str, n: int) -> dict[str, float]:
    """What the intervals should hold, for samples of n texts."""
    pair = whole(name)
    models = (pair.reference, pair.candidate)
    rng = derived_rng(0, "coverage_depth", name, str(n))
    fits: list[list[float]] = [[], []]
    for _ in range(FITS):
        rows = rng.integers(0, len(pair.gold), size=n // 2)
        for side, model in enumerate(models):
            fits[side].append(float(np.log(fit_temperature(scores_of(model)[rows], pair.gold[rows]))))
    after = [
        [float(np.interp(fits[side], _GRID, column).mean()) for column in scored(name, side).T]
        for side in (0, 1)
    ]
    values = {
        "log_temperature": [float(np.log(fit_temperature(scores_of(m), pair.gold))) for m in models],
        **{key: [after[0][at], after[1][at]] for at, key in enumerate(SCALED)},
        "class_gap": [float(class_gap(m, pair).mean()) for m in models],
    }
    parts = [brier_parts(model.probabilities, pair.gold)[0] for model in models]
    values |= {f"brier_{part}": [float(p[at]) for p in parts] for at, part in enumerate(PARTS[:2])}
    for key, of, figure in thresholded(pair, Resamples(n=len(pair.gold), count=1, seed=0)):
        if of != "difference":
            values.setdefault(f"{key}_given", []).append(figure)
    ones = np.ones((1, len(pair.gold)))
    distance = wasserstein(models[0].confidence, models[1].confidence, ones)
    return {
        **{
            f"{key} ({of})": value
            for key, (a, b) in values.items()
            for of, value in zip(_SIDES, (a, b, b - a), strict=True)
        },
        "wasserstein": float(distance[0]),
    }


def class_gap(model: Predictions, pair: Pair) -> FloatArray:
    """(n,) the gap of the first class in each text."""
    gaps: FloatArray = model.probabilities[:, 0] - (pair.gold == 0)
    return gaps


def thresholded(pair: Pair, resamples: Resamples) -> list[tuple[str, str, float]]:
    """Coverage and risk at the given threshold: key, whom, value."""
    found = at_threshold(
        judged(pair.reference, pair.gold), judged(pair.candidate, pair.gold), THRESHOLD, resamples=resamples
    )
    return [(one.key, one.of, one.figure.value) for one in found if isinstance(one.figure, Measured)]


def depth_held(name: str, n: int, resamples: int, draw: int) -> Held:
    """Every interval of one sample."""
    pair, expected = sample(name, n, draw), truth(name, n)
    models, drawn = (pair.reference, pair.candidate), Resamples(n=n, count=resamples, seed=draw)
    found: dict[str, Evidence | NotMeasured] = {
        f"{key} ({of})": one
        for (key, of), one in rescaled_evidence(pair.gold, *models, resamples=drawn).items()
    }
    first, second = (class_gap(model, pair) for model in models)
    gaps = score_evidence((Score("class_gap", first, second, (-1.0, 1.0)),), drawn)
    found |= {f"{key} ({of})": one for (key, of), one in gaps.items()}
    distance = law_distance(models[0].confidence, models[1].confidence, resamples=drawn)
    assert not isinstance(distance, NotMeasured)
    found["wasserstein"] = distance.evidence
    held = answer({figure: (one, expected[figure]) for figure, one in found.items()})
    split = brier_split(
        pair.gold, models[0].probabilities, models[1].probabilities, resamples=min(resamples, 200), seed=draw
    )
    assert not isinstance(split, NotMeasured)
    shown = {f"brier_{part} ({of})": getattr(split, of)[part] for part in PARTS[:2] for of in _SIDES}
    given = at_threshold(
        judged(pair.reference, pair.gold), judged(pair.candidate, pair.gold), THRESHOLD, resamples=drawn
    )
    shown |= {f"{one.key}_given ({one.of})": one.figure for one in given}
    for figure, one in shown.items():
        if isinstance(one, Measured):
            held[figure] = (one.low <= expected[figure] <= one.high, one.high - one.low)
    return held


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=300)
    parser.add_argument("--resamples", type=int, default=400)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    start = time.perf_counter()
    rows: list[Row] = []
    for n, name in product(chosen.sizes, SCENARIOS):
        answers = [depth_held(name, n, chosen.resamples, draw) for draw in range(chosen.draws)]
        found = coverage_rows(answers, truth(name, n), scenario=name, n=n, resamples=chosen.resamples)
        rows += found
        for row in found:
            print(f"{name}, n = {n}: {row['figure']} {row['coverage']:.3f}", flush=True)
        write(chosen.out, rows, seconds=time.perf_counter() - start)


if __name__ == "__main__":
    main()
