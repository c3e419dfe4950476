"""How often the tests of equivalence err: `python -m benchmarks.error_rates`.

For each voting measure that a plan speaks of two populations are simulated: one in which the truth lies on
the margin, and one without a true difference (of S: with the similarity that is assumed). Samples are drawn
from both at the n that the planner gives. At most 5 % of the first should be called equivalent, and at least
90 % of the second. Writes results/error_rates.json.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np

from benchmarks.coverage import CURVE_DRAWS, Pair, Scenario, Truth, curve_means, predictions, simulate
from benchmarks.coverage_confidence import kept
from benchmarks.explained_texts import alignment_of, assess, explained, taken
from benchmarks.simulated import Row, write
from trust_core.alignment.beside_twin import alignment_beside_twin
from trust_core.alignment.split_half import CrossedHalves
from trust_core.behaviour.confidence_use import confidence_use_findings, judged
from trust_core.behaviour.threshold import Judged, tuned_threshold
from trust_core.calibration.curve_distance import CurveDistance, curve_distance, distance_of_means
from trust_core.calibration.scores import gold_scores
from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import Evidence, NotMeasured
from trust_core.report.planning import assumed
from trust_core.stats.bootstrap import Resamples, mean_evidence
from trust_core.stats.equivalence import MarginKind, judge
from trust_core.stats.intervals import paired_difference_evidence, rate_evidence
from trust_core.stats.planning import Assumed, texts_needed
from trust_core.stats.seeds import derived_rng

RESULTS = Path(__file__).parent / "results" / "error_rates.json"
POPULATION = 400_000

ALIKE = Scenario(signal=(2.4, 2.4), own_noise=0.38, temperature=(0.3, 0.3))
"""Two trainings of one model, about as sure and as much apart as those whose spreads the planner assumes."""

WORSE = Scenario(signal=(2.4, 2.24), own_noise=0.38, temperature=(0.3, 0.3))
"""A candidate that errs more: its true differences of accuracy and Brier score are their margins."""

SURER = Scenario(signal=(2.4, 2.3), own_noise=0.38, temperature=(0.3, 0.18))
"""A candidate that is too sure: its true gap and distance of the curves are their margins."""

THRESHOLDS = 500
"""Tuned thresholds behind the truth of the risks."""

_SPANS = {"brier": (-2.0, 2.0), "signed_gap": (-1.0, 1.0)}

Draw = Callable[[int], tuple[Evidence | NotMeasured, float]]
"""Number of a sample -> its evidence, and the margin."""


@dataclass(frozen=True, slots=True)
class Case:
    """One measure at its margin and without a difference.

    Attributes:
        key: of the measure.
        kind: what its margin bounds.
        margin: as planned.
        n: texts that the planner gives.
        at_margin, none: samples of both populations.
        often: how many times more samples are drawn than asked for, where they cost next to nothing.
        rarely: how many times fewer, where they cost much.
    """

    key: str
    kind: MarginKind
    margin: float
    n: int
    at_margin: Draw
    none: Draw
    often: int = 1
    rarely: int = 1

    def share(self, draw: Draw, draws: int) -> float:
        """How many of the samples are called equivalent."""
        said = []
        for number in range(draws):
            evidence, margin = draw(number)
            said.append(isinstance(evidence, Evidence) and judge(evidence, margin, self.kind) == "equivalent")
        return float(np.mean(said))

    def row(self, draws: int) -> Row:
        """Both error rates."""
        count = draws * self.often // self.rarely
        return {
            "key": self.key,
            "margin": self.margin,
            "n": self.n,
            "draws": count,
            "equivalent_at_margin": self.share(self.at_margin, count),
            "equivalent_without_difference": self.share(self.none, count),
        }


@cache
def population(scenario: Scenario) -> Pair:
    """So many answers that their own figures are the truth."""
    return drawn(scenario, POPULATION, derived_rng(0, "error rates", "population"))


def drawn(scenario: Scenario, n: int, rng: np.random.Generator) -> Pair:
    """Answers of both models to n new texts."""
    gold, a, b = simulate(scenario, n, rng)
    return Pair(gold, predictions("reference", a), predictions("candidate", b))


def sample(scenario: Scenario, n: int, number: int) -> Pair:
    """The answers of one sample."""
    return drawn(scenario, n, derived_rng(0, "error rates", str(scenario), str(n), str(number)))


def flips(pair: Pair) -> tuple[float, float]:
    """Shares of texts lost and gained by the candidate."""
    right = [model.predicted == pair.gold for model in (pair.reference, pair.candidate)]
    return float((right[0] & ~right[1]).mean()), float((right[1] & ~right[0]).mean())


def planned(one: Assumed, margin: float) -> int:
    """The n that the planner gives."""
    n = texts_needed(one, margin)
    assert n is not None
    return n


@cache
def discordance() -> float:
    """Share of texts that one of two alike models has right and the other wrong, as the planner is told."""
    return sum(flips(population(ALIKE)))


def accuracy_case() -> Case:
    """The difference of accuracy, from the counts of texts lost and gained."""
    lost, gained = flips(population(WORSE))
    margin = lost - gained
    n = planned(assumed(discordance())["accuracy"], margin)

    def draw(lost: float, gained: float) -> Draw:
        def one(number: int) -> tuple[Evidence | NotMeasured, float]:
            rng = derived_rng(0, "error rates", "accuracy", str(lost), str(number))
            counts = rng.multinomial(n, (lost, gained, 1 - lost - gained))
            return paired_difference_evidence(int(counts[0]), int(counts[1]), n), margin

        return one

    none = draw(discordance() / 2, discordance() / 2)
    return Case("accuracy", "difference", margin, n, draw(lost, gained), none, often=5)


def flips_case() -> Case:
    """The rate of negative flips, against one and a half times what two alike models show."""
    rate = discordance() / 2
    margin = 1.5 * rate
    n = planned(assumed(discordance())["negative_flip_rate"], margin)

    def draw(share: float) -> Draw:
        def one(number: int) -> tuple[Evidence | NotMeasured, float]:
            rng = derived_rng(0, "error rates", "flips", str(share), str(number))
            return rate_evidence(int(rng.binomial(n, share)), n), margin

        return one

    return Case("negative_flip_rate", "upper", margin, n, draw(margin), draw(rate), often=5)


def score_case(key: str, candidate: Scenario, resamples: int) -> Case:
    """The difference of a mean score over texts."""

    def differences(pair: Pair) -> FloatArray:
        scores, _ = gold_scores(pair.gold, pair.reference, pair.candidate)
        (values,) = [score.candidate - score.reference for score in scores if score.key == key]
        return values

    margin = abs(float(differences(population(candidate)).mean()))
    n = planned(assumed(discordance())[key], margin)

    def draw(scenario: Scenario) -> Draw:
        def one(number: int) -> tuple[Evidence | NotMeasured, float]:
            sampling = Resamples(n=n, count=resamples, seed=number)
            return mean_evidence(differences(sample(scenario, n, number)), sampling, span=_SPANS[key]), margin

        return one

    return Case(key, "difference", margin, n, draw(candidate), draw(ALIKE))


def distance_case() -> Case:
    """The distance of reliability curves; the margin is the population's at each sample's bandwidth."""
    pair = population(SURER)
    means = curve_means(pair).sum(axis=0) / len(pair.gold)
    bandwidths = np.geomspace(0.004, 0.5, 40)
    distances = [float(distance_of_means(means, bandwidth=h, n=len(pair.gold))) for h in bandwidths]
    true = Truth({}, bandwidths, np.array(distances))
    margin = true.distance(0.03)
    n = planned(assumed(discordance())["curve_distance"], margin)

    def draw(scenario: Scenario) -> Draw:
        def one(number: int) -> tuple[Evidence | NotMeasured, float]:
            pair = sample(scenario, n, number)
            found = curve_distance(
                pair.gold,
                pair.reference,
                pair.candidate,
                resamples=Resamples(n=n, count=CURVE_DRAWS, seed=number),
                # Swaps decide about different, never about equivalent.
                swaps=19,
            )
            assert isinstance(found, CurveDistance)
            return found.evidence, margin if scenario is ALIKE else true.distance(found.bandwidth)

        return one

    return Case("curve_distance", "upper", margin, n, draw(SURER), draw(ALIKE))


def risk_case() -> Case:
    """The difference of the risks at a threshold tuned on the reference.

    Its truth is the mean over thresholds that are tuned on n / 2 texts of the population and tried on all.
    """
    pair = population(SURER)
    models = [judged(model, pair.gold) for model in (pair.reference, pair.candidate)]
    rng = derived_rng(0, "error rates", "thresholds")

    def difference(n: int) -> float:
        rows = (rng.integers(0, POPULATION, size=n // 2) for _ in range(THRESHOLDS))
        tuned = [
            tuned_threshold(Judged(models[0].confidence[at], models[0].wrong[at]), risk=None) for at in rows
        ]
        found = np.array([one for one in tuned if one is not None])
        risks = [kept(model, found)[1] for model in models]
        return float((risks[1] - risks[0]).mean())

    one = assumed(discordance())["risk"]
    n = planned(one, abs(difference(1000)))
    margin = abs(difference(n))
    n = planned(one, margin)

    def draw(scenario: Scenario) -> Draw:
        def one(number: int) -> tuple[Evidence | NotMeasured, float]:
            pair = sample(scenario, n, number)
            found = confidence_use_findings(
                pair.gold, pair.reference, pair.candidate, accepted_risk=None, resamples=300, seed=number
            )
            return found.votes[0].evidence, margin

        return one

    return Case("risk", "difference", margin, n, draw(SURER), draw(ALIKE), rarely=5)


def spread_of(evidence: Evidence | NotMeasured) -> float:
    """Standard deviation over texts that an interval of many texts speaks of."""
    assert isinstance(evidence, Evidence)
    low, high = evidence.interval(0.9)
    return (high - low) / 2 / 1.6449 * math.sqrt(evidence.n)


def alignment_case(resamples: int) -> Case:
    """S, against a floor: the S of a candidate that keeps fewer reasons."""
    near, far = explained((0.2, 0.37))
    floor = alignment_of(far)
    spread = spread_of(assess(taken(near, np.arange(20_000)), 2000, 0))
    n = planned(Assumed("similarity", alignment_of(near), spread), floor)

    def draw(halves: CrossedHalves) -> Draw:
        def one(number: int) -> tuple[Evidence | NotMeasured, float]:
            rng = derived_rng(0, "error rates", "alignment", str(number))
            return assess(taken(halves, rng.integers(0, len(halves), size=n)), resamples, number), floor

        return one

    return Case("alignment", "similarity", floor, n, draw(far), draw(near))


def twin_case(resamples: int) -> Case:
    """S less the twin's S: of a candidate as alike as the twin, and of one that is less so by the margin."""
    twin, alike, far = explained((0.2, 0.2, 0.255))
    margin = alignment_of(twin) - alignment_of(far)

    def beside(candidate: CrossedHalves, rows: np.ndarray, count: int, seed: int) -> Evidence | NotMeasured:
        ids = list(map(str, range(len(rows))))
        one, two = taken(candidate, rows), taken(twin, rows)
        return alignment_beside_twin(one, ids, two, ids, resamples=count, seed=seed)

    spread = spread_of(beside(alike, np.arange(20_000), 2000, 0))
    n = planned(Assumed("loss", 0.0, spread), margin)

    def draw(candidate: CrossedHalves) -> Draw:
        def one(number: int) -> tuple[Evidence | NotMeasured, float]:
            rng = derived_rng(0, "error rates", "twin", str(number))
            return beside(candidate, rng.integers(0, len(twin), size=n), resamples, number), margin

        return one

    return Case("alignment_beside_twin", "loss", margin, n, draw(far), draw(alike))


def cases(resamples: int) -> dict[str, Callable[[], Case]]:
    """Every voting measure that a plan speaks of."""
    return {
        "accuracy": accuracy_case,
        "negative_flip_rate": flips_case,
        "brier": partial(score_case, "brier", WORSE, resamples),
        "signed_gap": partial(score_case, "signed_gap", SURER, resamples),
        "curve_distance": distance_case,
        "risk": risk_case,
        "alignment": partial(alignment_case, resamples),
        "alignment_beside_twin": partial(twin_case, resamples),
    }


def main() -> None:
    """Measure, print and write; what is not asked for stays as it was recorded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--draws", type=int, default=2000, help="five times as many of rates, a fifth of risks"
    )
    parser.add_argument("--resamples", type=int, default=500)
    parser.add_argument("--keys", nargs="+", choices=list(cases(1)), default=list(cases(1)))
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    before = json.loads(chosen.out.read_text(encoding="utf-8")) if chosen.out.exists() else {}
    rows = {row["key"]: row for row in before.get("rows", ())}
    start = time.process_time() - before.get("seconds", 0)
    for key in chosen.keys:
        rows[key] = cases(chosen.resamples)[key]().row(chosen.draws)
        ordered = [rows[one] for one in cases(1) if one in rows]
        write(chosen.out, ordered, seconds=time.process_time() - start, resamples=chosen.resamples)
        print(rows[key], f"{time.process_time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
