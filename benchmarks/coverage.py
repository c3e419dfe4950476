"""How often the intervals hold the truth: `python -m benchmarks.coverage`.

Two models answer texts of a known population; samples are drawn from it again and again, and each interval
is asked whether it holds the population's own value. Drawing with replacement makes that value exact.

Writes results/coverage.json and prints a Markdown table. The alignment S, which needs attributions, is
not here.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from itertools import product
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array, hstack
from scipy.special import softmax

from benchmarks.simulated import Held, Row, coverage_rows, write
from trust_core.calibration.curve_distance import (
    CurveDistance,
    curve_columns,
    curve_distance,
    distance_of_means,
)
from trust_core.calibration.scores import gold_scores, score_evidence
from trust_core.calibration.views import View, binned_view, smooth_view
from trust_core.domain.arrays import FloatArray, IntArray
from trust_core.domain.measures import LEVEL, Evidence, NotMeasured
from trust_core.domain.predictions import Predictions
from trust_core.stats.bootstrap import Resamples, evidence_from_draws
from trust_core.stats.intervals import paired_difference_evidence, rate_evidence
from trust_core.stats.seeds import derived_rng

RESULTS = Path(__file__).parent / "results" / "coverage.json"
SIZES = (300, 1000, 5000)
POPULATION = 500_000
CLASSES = ("entailment", "neutral", "contradiction")
BINS = 10

CURVE_DRAWS = 399
"""Resamples and swaps of each curve distance, which takes most of the time."""

VOTING = ("accuracy", "negative_flip_rate", "brier", "signed_gap", "curve_distance")
"""Measures that vote, whose intervals must hold the truth in at least 93 % of samples."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Two models of a simulated task with three classes.

    Attributes:
        signal: how far each model's logit of the right class lies above the others, reference then candidate.
        own_noise: spread of what only one model gets wrong; the shared spread is 1.
        temperature: what each model divides its logits by; away from its signal, confidence is wrong.
    """

    signal: tuple[float, float]
    own_noise: float
    temperature: tuple[float, float]


SCENARIOS: dict[str, Scenario] = {
    "student": Scenario(signal=(2.6, 2.3), own_noise=0.6, temperature=(0.5, 0.4)),
    "twin": Scenario(signal=(2.6, 2.6), own_noise=0.4, temperature=(0.5, 0.55)),
}
"""A weaker and more overconfident student, and the same architecture trained again."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Gold classes and both models' predictions."""

    gold: IntArray
    reference: Predictions
    candidate: Predictions


def predictions(name: str, probabilities: FloatArray) -> Predictions:
    """Predictions under invented ids."""
    return Predictions(name, tuple(map(str, range(len(probabilities)))), CLASSES, probabilities)


def simulate(
    scenario: Scenario, size: int, rng: np.random.Generator
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Gold (size,) and probabilities (size, 3) of both models; shared noise makes them fail together."""
    k = len(CLASSES)
    gold = rng.integers(0, k, size=size)
    shared = rng.standard_normal((size, k))
    answers = []
    for signal, temperature in zip(scenario.signal, scenario.temperature, strict=True):
        logits = signal * np.eye(k)[gold] + shared + scenario.own_noise * rng.standard_normal((size, k))
        answers.append(softmax(logits / temperature, axis=1))
    return gold, answers[0], answers[1]


@cache
def population(name: str) -> tuple[IntArray, FloatArray, FloatArray]:
    """The population of a scenario, the same in every process."""
    return simulate(SCENARIOS[name], POPULATION, derived_rng(0, "coverage", "population", name))


def views(pair: Pair) -> Iterator[tuple[str, View]]:
    """The views whose basic intervals are measured, by name."""
    for role, model in (("reference", pair.reference), ("candidate", pair.candidate)):
        yield f"equal-width, {role}", binned_view(model, "equal-width", BINS)
        yield f"equal-mass, {role}", binned_view(model, "equal-mass", BINS)
        yield f"smooth, {role}", smooth_view(model)


def counts(pair: Pair) -> tuple[int, int]:
    """Texts lost and gained by the candidate."""
    right_a, right_b = pair.reference.predicted == pair.gold, pair.candidate.predicted == pair.gold
    return int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())


def curve_means(pair: Pair) -> csr_array:
    """Columns of the curve distance of both models."""
    both = [curve_columns(model, pair.gold) for model in (pair.reference, pair.candidate)]
    return csr_array(hstack(both, format="csr"))


@dataclass(frozen=True, slots=True)
class Truth:
    """The population's values, by figure; the curve distance by bandwidth."""

    figures: dict[str, float]
    bandwidths: FloatArray
    distances: FloatArray

    def distance(self, bandwidth: float) -> float:
        """The population's curve distance at a bandwidth."""
        return float(np.interp(bandwidth, self.bandwidths, self.distances))


@cache
def truth(name: str) -> Truth:
    """What the intervals should hold."""
    gold, a, b = population(name)
    pair = Pair(gold, predictions("reference", a), predictions("candidate", b))
    n = len(gold)
    lost, gained = counts(pair)
    figures = {"accuracy": (gained - lost) / n, "negative_flip_rate": lost / n}
    scores, _ = gold_scores(gold, pair.reference, pair.candidate)
    figures |= {score.key: float((score.candidate - score.reference).mean()) for score in scores}
    for label, view in views(pair):
        means = view.columns(gold).sum(axis=0) / n
        figures |= {f"{key} ({label})": float(value) for key, value in view.values(means).items()}
    means = curve_means(pair).sum(axis=0) / n
    bandwidths = np.geomspace(0.004, 0.5, 60)
    distances = [float(distance_of_means(means, bandwidth=h, n=n)) for h in bandwidths]
    return Truth(figures, bandwidths, np.array(distances))


def sample(name: str, n: int, draw: int) -> Pair:
    """One sample of the population, with replacement."""
    gold, a, b = population(name)
    rows = derived_rng(0, "coverage", name, str(n), str(draw)).integers(0, len(gold), size=n)
    return Pair(gold[rows], predictions("reference", a[rows]), predictions("candidate", b[rows]))


def answer(found: dict[str, tuple[Evidence | NotMeasured, float]]) -> Held:
    """Whether each interval holds its truth."""
    held: Held = {}
    for figure, (evidence, value) in found.items():
        assert isinstance(evidence, Evidence)
        low, high = evidence.interval(LEVEL)
        held[figure] = (low <= value <= high, high - low)
    return held


def votes_held(name: str, n: int, resamples: int, draw: int) -> Held:
    """The voting measures of one sample, and NLL."""
    pair, expected = sample(name, n, draw), truth(name)
    drawn = Resamples(n=n, count=resamples, seed=draw)
    lost, gained = counts(pair)
    scores, _ = gold_scores(pair.gold, pair.reference, pair.candidate)
    evidences = score_evidence(scores, drawn)
    distance = curve_distance(
        pair.gold,
        pair.reference,
        pair.candidate,
        resamples=Resamples(n=n, count=min(resamples, CURVE_DRAWS), seed=draw),
        swaps=CURVE_DRAWS,
    )
    assert isinstance(distance, CurveDistance)
    return answer(
        {
            "accuracy": (paired_difference_evidence(lost, gained, n), expected.figures["accuracy"]),
            "negative_flip_rate": (rate_evidence(lost, n), expected.figures["negative_flip_rate"]),
            **{s.key: (evidences[s.key, "difference"], expected.figures[s.key]) for s in scores},
            "curve_distance": (distance.evidence, expected.distance(distance.bandwidth)),
        }
    )


def errors_held(name: str, n: int, resamples: int, draw: int) -> Held:
    """The calibration errors of one sample, which do not vote."""
    pair, expected = sample(name, n, draw), truth(name)
    drawn = Resamples(n=n, count=resamples, seed=draw)
    found: dict[str, tuple[Evidence | NotMeasured, float]] = {}
    for label, view in views(pair):
        columns = view.columns(pair.gold)
        means = columns.sum(axis=0) / n
        values, resampled = view.values(means), view.draws(drawn.means(columns), means)
        for error in view.errors:
            figure = f"{error.key} ({label})"
            evidence = evidence_from_draws(
                resampled[error.key], float(values[error.key]), n=n, span=error.span, kind="basic"
            )
            found[figure] = (evidence, expected.figures[figure])
    return answer(found)


def measure(
    one: Callable[[str, int, int, int], Held],
    name: str,
    n: int,
    *,
    draws: int,
    resamples: int,
    workers: int,
) -> list[Row]:
    """Coverage of every figure over many samples of one size."""
    ask = partial(one, name, n, resamples)
    if workers > 1:
        truth(name)  # before the fork, so that it is worked out once
        with ProcessPoolExecutor(workers) as pool:
            answers = list(pool.map(ask, range(draws), chunksize=10))
    else:
        answers = [ask(draw) for draw in range(draws)]
    rows = coverage_rows(answers, answers[0] if answers else (), scenario=name, n=n)
    return [row | {"votes": row["figure"] in VOTING} for row in rows]


def table(rows: list[Row]) -> str:
    """The coverage as a Markdown table: a row a figure, a column a size, scenarios one after the other."""
    lines = []
    for name in SCENARIOS:
        chosen = [row for row in rows if row["scenario"] == name]
        sizes = sorted({int(str(row["n"])) for row in chosen})
        lines += [f"\n{name}\n", "| figure | " + " | ".join(f"n = {n}" for n in sizes) + " |"]
        lines.append("|---|" + "---|" * len(sizes))
        for figure in dict.fromkeys(str(row["figure"]) for row in chosen):
            by_size = {row["n"]: row["coverage"] for row in chosen if row["figure"] == figure}
            cells = [f"{by_size[n]:.3f}" for n in sizes]
            lines.append(f"| {figure} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--informing", type=int, default=200, help="samples for figures that do not vote")
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    start = time.perf_counter()
    rows: list[Row] = []
    phases = ((votes_held, chosen.draws), (errors_held, chosen.informing))
    for (one, draws), n, name in product(phases, chosen.sizes, SCENARIOS):
        rows += measure(one, name, n, draws=draws, resamples=chosen.resamples, workers=chosen.workers)
        seconds = time.perf_counter() - start
        write(
            chosen.out,
            rows,
            seconds=seconds,
            resamples=chosen.resamples,
            curve_draws=min(chosen.resamples, CURVE_DRAWS),
            truth={scenario: truth(scenario).figures for scenario in SCENARIOS},
        )
        print(f"{one.__name__}: {name}, n = {n}: done after {seconds:.0f} s", flush=True)
    print(table(rows))


if __name__ == "__main__":
    main()
