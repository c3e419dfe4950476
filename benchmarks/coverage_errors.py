"""How often intervals of calibration errors in depth hold the truth: `python -m benchmarks.coverage_errors`.

The models and samples are those of benchmarks.coverage. The truth of what is measured after recalibration is
the population's at temperatures that are fitted on n / 2 of its texts, on average; that of ECE by sweep is
the sweep over the whole population; all other figures have the population's own value. Writes
results/coverage_errors.json.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import numpy as np
from scipy.special import softmax

from benchmarks.coverage import (
    BINS,
    CURVE_DRAWS,
    SCENARIOS,
    Pair,
    Truth,
    answer,
    curve_means,
    population,
    predictions,
    sample,
)
from benchmarks.simulated import Held, Row, coverage_rows, simulate
from trust_core.calibration.curve_distance import CurveDistance, curve_distance, distance_of_means
from trust_core.calibration.depth import swept
from trust_core.calibration.sweep import sweep
from trust_core.calibration.temperature import cross_fitted, fit_temperature, scores_of
from trust_core.calibration.views import View, binned_view, class_view, conditional_view, smooth_view
from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import Evidence, NotMeasured
from trust_core.domain.predictions import Predictions
from trust_core.stats.bootstrap import Resamples, evidence_from_draws
from trust_core.stats.seeds import derived_rng

RESULTS = Path(__file__).parent / "results" / "coverage_errors.json"
SIZES = (300, 1000)

FITS = 12
"""Pairs of temperatures, fitted on samples of the population, behind each truth after recalibration."""

_BANDWIDTHS = np.geomspace(0.004, 0.5, 25)


def plain_views(model: Predictions) -> Iterator[View]:
    """What is read off a model as it is."""
    yield conditional_view(model, BINS)
    yield class_view(model, 0, BINS)


def scaled_views(scaled: Predictions) -> Iterator[View]:
    """What is read off a model after recalibration: plain ECE and SmoothECE of the scaled predictions."""
    yield binned_view(scaled, "equal-width", BINS)
    yield smooth_view(scaled)


SCALED = {"ece": "ece_scaled", "smooth_ece": "smooth_ece_scaled"}
"""Error of scaled predictions -> key of the catalogue."""

ROLES = ("reference", "candidate")


@cache
def whole(name: str) -> Pair:
    """The population as one sample."""
    gold, a, b = population(name)
    return Pair(gold, predictions("reference", a), predictions("candidate", b))


def at_temperature(model: Predictions, temperature: float) -> Predictions:
    """A model scaled by a given temperature."""
    return predictions(model.model, softmax(scores_of(model) / temperature, axis=1))


@cache
def plain_truth(name: str) -> dict[str, float]:
    """What the intervals of figures before recalibration should hold."""
    pair = whole(name)
    found: dict[str, float] = {}
    for role, model in zip(ROLES, (pair.reference, pair.candidate), strict=True):
        for view in plain_views(model):
            values = view.values(view.columns(pair.gold).sum(axis=0) / len(pair.gold))
            found |= {f"{key} ({role})": float(value) for key, value in values.items()}
        _, error = sweep(model.confidence, (model.predicted == pair.gold)[None])
        found[f"ece_sweep ({role})"] = float(error[0])
    return found | {"brier_uncertainty": float(uncertainty(np.bincount(pair.gold) / len(pair.gold)))}


@cache
def scaled_truth(name: str, n: int) -> tuple[dict[str, float], Truth]:
    """What the intervals after recalibration of n texts should hold; of the distance, by bandwidth."""
    pair, rng = whole(name), derived_rng(0, "coverage_errors", name, str(n))
    models = (pair.reference, pair.candidate)
    scores = [scores_of(model) for model in models]
    found: defaultdict[str, list[float]] = defaultdict(list)
    distances = []
    for _ in range(FITS):
        rows = rng.integers(0, len(pair.gold), size=n // 2)
        after = [
            at_temperature(model, fit_temperature(own[rows], pair.gold[rows]))
            for model, own in zip(models, scores, strict=True)
        ]
        for role, model in zip(ROLES, after, strict=True):
            for view in scaled_views(model):
                values = view.values(view.columns(pair.gold).sum(axis=0) / len(pair.gold))
                for key, value in values.items():
                    found[f"{key} ({role})"].append(float(value))
        means = curve_means(Pair(pair.gold, after[0], after[1])).sum(axis=0) / len(pair.gold)
        distances.append([float(distance_of_means(means, bandwidth=h, n=n)) for h in _BANDWIDTHS])
    averages = {key: float(np.mean(values)) for key, values in found.items()}
    return averages, Truth(averages, _BANDWIDTHS, np.mean(distances, axis=0))


def errors_held(name: str, n: int, resamples: int, draw: int) -> Held:
    """Every interval of one sample."""
    pair = sample(name, n, draw)
    before, (after, distances) = plain_truth(name), scaled_truth(name, n)
    drawn = Resamples(n=n, count=resamples, seed=draw)
    found: dict[str, tuple[Evidence | NotMeasured, float]] = {}
    scaled = [cross_fitted(one, pair.gold, seed=draw).predictions for one in (pair.reference, pair.candidate)]
    sides: dict[str, list[tuple[float, np.ndarray]]] = defaultdict(list)
    for role, model, mended in zip(ROLES, (pair.reference, pair.candidate), scaled, strict=True):
        for view, truths in (
            *((one, before) for one in plain_views(model)),
            *((one, after) for one in scaled_views(mended)),
        ):
            columns = view.columns(pair.gold)
            values, draws = view.values(columns.sum(axis=0) / n), view.values(drawn.means(columns))
            for error in view.errors:
                if (figure := f"{error.key} ({role})") not in truths or error.key in ("mce", "ece_debiased"):
                    continue
                sides[error.key].append((float(values[error.key]), draws[error.key]))
                evidence = evidence_from_draws(
                    draws[error.key], float(values[error.key]), n=n, span=error.span, kind="basic"
                )
                found[_named(error.key, role)] = (evidence, truths[figure])
        found[f"ece_sweep ({role})"] = (swept(pair.gold, model, drawn)[1], before[f"ece_sweep ({role})"])
    for key, ((value_a, draws_a), (value_b, draws_b)) in sides.items():
        truths = after if key in SCALED else before
        evidence = evidence_from_draws(
            draws_b - draws_a, value_b - value_a, n=n, span=(-1.0, 1.0), kind="basic"
        )
        found[_named(key, "difference")] = (
            evidence,
            truths[f"{key} (candidate)"] - truths[f"{key} (reference)"],
        )
    distance = curve_distance(
        pair.gold,
        *scaled,
        resamples=Resamples(n=n, count=min(resamples, CURVE_DRAWS), seed=draw),
        swaps=CURVE_DRAWS,
    )
    assert isinstance(distance, CurveDistance)
    found["curve_distance_scaled"] = (distance.evidence, distances.distance(distance.bandwidth))
    shares = drawn.means(np.eye(3)[pair.gold])
    own = np.bincount(pair.gold, minlength=3) / n
    evidence = evidence_from_draws(
        uncertainty(shares), float(uncertainty(own)), n=n, span=(0.0, 2.0), kind="basic"
    )
    found["brier_uncertainty"] = (evidence, before["brier_uncertainty"])
    return answer(found)


def uncertainty(shares: FloatArray) -> FloatArray:
    """The Brier score of the class shares (..., k), each class against the rest, summed."""
    return np.asarray((shares * (1 - shares)).sum(axis=-1))


def _named(key: str, of: str) -> str:
    return f"{SCALED.get(key, key)} ({of})"


def measure(name: str, n: int, *, draws: int, resamples: int) -> list[Row]:
    """Coverage of every figure over many samples of n texts."""
    answers = [errors_held(name, n, resamples, draw) for draw in range(draws)]
    return coverage_rows(answers, answers[0], scenario=name, n=n, resamples=resamples)


def main() -> None:
    """Measure, print and write."""
    scenarios = [(name, partial(measure, name)) for name in SCENARIOS]
    simulate(__doc__, scenarios, draws=200, resamples=300, sizes=SIZES, out=RESULTS)


if __name__ == "__main__":
    main()
