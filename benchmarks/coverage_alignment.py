"""How often the interval of the alignment S holds the truth: `python -m benchmarks.coverage_alignment`.

Each text has true word weights of both models; an explainer sees them through the noise of two independent
halves. Samples of texts are drawn with replacement from a large population, whose own S is then exact, and
each interval is asked whether it holds that value. Writes results/coverage_alignment.json.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.coverage import SIZES
from benchmarks.simulated import Row, write
from trust_core.alignment.overlap import expected_jaccard
from trust_core.alignment.ranking import choose_k
from trust_core.alignment.split_half import Budgets, CrossedHalves, assess_alignment, ratio_of_means
from trust_core.domain.arrays import BoolArray, FloatArray
from trust_core.domain.measures import LEVEL, NotMeasured
from trust_core.stats.seeds import derived_rng

RESULTS = Path(__file__).parent / "results" / "coverage_alignment.json"
POPULATION = 200_000
LENGTHS = range(6, 31)
K_FRACTION = 0.2
COLUMNS = tuple(field.name for field in fields(CrossedHalves) if field.name != "identical")


@dataclass(frozen=True, slots=True)
class Scenario:
    """How alike two models' true weights are, and how well an explainer sees them.

    Attributes:
        own: spread of what the candidate's true weights do not share with the reference's.
        spread: how much that differs between texts: some pairs keep their reasons, others lose them.
        noise: error of a half's weights, per model; 0 for a noise-free explainer.
    """

    own: float
    spread: float
    noise: tuple[float, float]


SCENARIOS: dict[str, Scenario] = {
    "student": Scenario(own=0.8, spread=0.8, noise=(0.5, 0.6)),
    "near copy": Scenario(own=0.1, spread=0.5, noise=(0.4, 0.4)),
    "student, noise-free explainer": Scenario(own=0.8, spread=0.8, noise=(0.0, 0.0)),
    "near copy, noise-free explainer": Scenario(own=0.05, spread=1.0, noise=(0.0, 0.0)),
}


def top(weights: FloatArray, k: int) -> BoolArray:
    """(m, w) whether a word is one of its text's top K."""
    chosen = np.zeros(weights.shape, dtype=np.bool_)
    np.put_along_axis(chosen, np.argpartition(-np.abs(weights), k - 1, axis=1)[:, :k], values=True, axis=1)
    return chosen


def overlap(one: BoolArray, other: BoolArray) -> FloatArray:
    """(m,) Jaccard index of two top sets a text."""
    shares: FloatArray = (one & other).sum(axis=1) / (one | other).sum(axis=1)
    return shares


def simulate(scenario: Scenario, size: int, rng: np.random.Generator) -> dict[str, FloatArray]:
    """Columns of the crossed split-half design of `size` texts, by name."""
    parts: list[dict[str, FloatArray]] = []
    lengths, counts = np.unique(rng.choice(LENGTHS, size=size), return_counts=True)
    for w, m in zip(lengths.tolist(), counts.tolist(), strict=True):
        k = choose_k(w, fraction=K_FRACTION)
        reference = rng.standard_t(4, size=(m, w))
        apart = scenario.own * np.exp(scenario.spread * rng.standard_normal((m, 1)))
        candidate = reference + apart * rng.standard_t(4, size=(m, w))
        halves = [
            top(true + noise * rng.standard_normal((m, w)), k)
            for true, noise in zip((reference, candidate), scenario.noise, strict=True)
            for _ in range(2)
        ]
        a1, a2, b1, b2 = halves
        parts.append(
            {
                "cross": (overlap(a1, b2) + overlap(a2, b1)) / 2,
                "self_reference": overlap(a1, a2),
                "self_candidate": overlap(b1, b2),
                "chance": np.full(m, expected_jaccard(w, k, k)),
            }
        )
    return {name: np.concatenate([part[name] for part in parts]) for name in COLUMNS}


@cache
def population(name: str, size: int = POPULATION) -> dict[str, FloatArray]:
    """The population of a scenario."""
    return simulate(SCENARIOS[name], size, derived_rng(0, "coverage of S", name))


def true_alignment(columns: dict[str, FloatArray]) -> float:
    """S of the whole population."""
    return float(ratio_of_means(CrossedHalves(**columns).contrasts.mean(axis=0, keepdims=True))[0])


def measure(name: str, n: int, *, draws: int, resamples: int, size: int = POPULATION) -> Row:
    """Coverage and mean width of the 95 % interval over many samples of n texts."""
    columns = population(name, size)
    truth = true_alignment(columns)
    held, widths, refused = 0, [], 0
    for draw in range(draws):
        rows = derived_rng(0, "coverage of S", name, str(n), str(draw)).integers(0, size, size=n)
        sample = CrossedHalves(**{column: values[rows] for column, values in columns.items()})
        evidence = assess_alignment(sample, resamples=resamples, seed=draw, budgets=Budgets(1000, 1000))
        if isinstance(evidence, NotMeasured):
            refused += 1
            continue
        low, high = evidence.interval(LEVEL)
        held += low <= truth <= high
        widths.append(high - low)
    return {
        "scenario": name,
        "n": n,
        "truth": truth,
        "coverage": held / max(1, draws - refused),
        "mean_width": float(np.mean(widths)),
        "draws": draws,
        "not_measured": refused,
    }


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    start = time.perf_counter()
    rows = []
    for name in SCENARIOS:
        for n in chosen.sizes:
            row = measure(name, n, draws=chosen.draws, resamples=chosen.resamples)
            rows.append(row)
            print(
                f"{name}, n = {n}: S = {row['truth']:.3f}, coverage {row['coverage']:.3f}, "
                f"mean width {row['mean_width']:.3f}",
                flush=True,
            )
    write(chosen.out, rows, seconds=time.perf_counter() - start, resamples=chosen.resamples)


if __name__ == "__main__":
    main()
