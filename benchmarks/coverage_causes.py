"""How often the intervals of the causal figures hold the truth: `python -m benchmarks.coverage_causes`.

Both models answer by a sum of word effects; explanations see them through noise. Samples of texts are drawn
with replacement from a large population, whose own figures are then exact, and each interval of keep rate,
drop, cross-deletion and normalised AOPC is asked whether it holds its own. Writes
results/coverage_causes.json.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
from scipy.special import expit

from benchmarks.simulated import Held, Row, coverage_rows, simulate
from trust_core.alignment.causal import Tried, causal_findings
from trust_core.alignment.deletion import CurveLimits, Trials, mean_drop
from trust_core.alignment.ranking import choose_k
from trust_core.domain.arrays import FloatArray, IntArray
from trust_core.domain.measures import Measure, Measured
from trust_core.stats.seeds import derived_rng

RESULTS = Path(__file__).parent / "results" / "coverage_causes.json"
SIZES = (30, 100, 300)
"""Explained texts: of a quick run, of an ordinary one, of a thorough one."""

POPULATION = 20_000
LENGTHS = range(6, 31)
K_FRACTION = 0.2


@dataclass(frozen=True, slots=True)
class Scenario:
    """How alike two models' word effects are, and how well explanations see them.

    Attributes:
        own: spread of what the candidate's effects do not share with the reference's.
        noise: error of the explanations' weights.
    """

    own: float
    noise: float


SCENARIOS: dict[str, Scenario] = {
    "student": Scenario(own=0.8, noise=0.4),
    "near copy": Scenario(own=0.15, noise=0.2),
}


@dataclass(frozen=True, slots=True)
class Answering:
    """A model of one text: its words' effects, and the explained class's log-odds without any word."""

    effects: FloatArray
    base: float
    weights: FloatArray
    """As an explanation gives them."""

    def without(self, words: IntArray) -> FloatArray:
        """(2,) probabilities when these words go."""
        p = float(expit(self.base + self.effects.sum() - self.effects[words].sum()))
        return np.array([p, 1 - p])

    def only(self, words: IntArray) -> FloatArray:
        """(2,) probabilities of these words alone."""
        p = float(expit(self.base + self.effects[words].sum()))
        return np.array([p, 1 - p])

    def curve(self, order: IntArray) -> FloatArray:
        """(c, 2) probabilities as the words of the order go, one after the other."""
        p = expit(self.base + self.effects.sum() - self.effects[order].cumsum())
        return np.stack([p, 1 - p], axis=1)

    def limits(self, text_id: str, steps: int) -> CurveLimits:
        """The exact ends: of effects that add up, the heaviest first fall fastest, the lightest slowest."""
        rising = np.argsort(self.effects)
        whole = float(self.without(rising[:0])[0])
        low, high = (mean_drop(whole, self.curve(order[:steps])[:, 0]) for order in (rising, rising[::-1]))
        return CurveLimits(text_id, low, high)


def top(weights: FloatArray, k: int) -> IntArray:
    """The K words of largest |weight|."""
    return np.argsort(-np.abs(weights))[:k]


def trials(text_id: str, model: Answering, reference: Answering, drawn: IntArray) -> Trials:
    """What a model says of one text with its own, the reference's and random words kept and deleted."""
    k = len(drawn)
    own, theirs = top(model.weights, k), top(reference.weights, k)
    orders = [np.argsort(-one.weights)[:k] for one in (model, reference)]
    return Trials(
        text_id=text_id,
        same_words=set(own) == set(theirs) and np.array_equal(*orders),
        whole=model.without(own[:0]),
        own_kept=model.only(own),
        own_deleted=model.without(own),
        reference_kept=model.only(theirs),
        reference_deleted=model.without(theirs),
        random_kept=model.only(drawn),
        random_deleted=model.without(drawn),
        own_curve=model.curve(orders[0]),
        reference_curve=model.curve(orders[1]),
    )


@cache
def population(name: str, size: int = POPULATION) -> tuple[Tried, Tried]:
    """What both models of a scenario say of every text of the population."""
    scenario, rng = SCENARIOS[name], derived_rng(0, "coverage of causes", name)
    said: tuple[dict[str, Trials], dict[str, Trials]] = ({}, {})
    ends: tuple[dict[str, CurveLimits], dict[str, CurveLimits]] = ({}, {})
    for at, w in enumerate(rng.choice(LENGTHS, size=size).tolist()):
        text_id, k = str(at), choose_k(w, fraction=K_FRACTION)
        # Words speak for the reference's answer on the whole.
        effects = 0.35 + rng.standard_t(4, size=w) * 0.8
        models = []
        for own in (0.0, scenario.own):
            theirs = effects + own * rng.standard_t(4, size=w) * 0.8
            weights = theirs + scenario.noise * rng.standard_normal(w)
            models.append(Answering(theirs, -0.15 * w, weights))
        drawn = rng.permutation(w)[:k]
        for model, found, limits in zip(models, said, ends, strict=True):
            found[text_id] = trials(text_id, model, models[0], drawn)
            limits[text_id] = model.limits(text_id, k)
    classes = dict.fromkeys(said[0], 0)
    return Tried(said[0], ends[0], classes), Tried(said[1], ends[1], classes)


def figures(name: str, size: int, ids: list[str], *, resamples: int, seed: int) -> dict[str, Measured]:
    """The causal figures of these texts, by key, whose they are and what they are of."""
    reference, candidate = population(name, size)
    found = causal_findings(
        reference, candidate, ids, explainer="lime", settings={}, resamples=resamples, seed=seed
    )
    return {_named(one): one.figure for one in found.measures if isinstance(one.figure, Measured)}


def _named(one: Measure) -> str:
    words = one.settings.get("words", one.settings.get("order"))
    return f"{one.key} ({one.of})" if words is None else f"{one.key} ({one.of}, {words})"


@cache
def truth(name: str, size: int) -> dict[str, float]:
    """What the intervals should hold: the population's own figures."""
    ids = list(population(name, size)[0].trials)
    return {key: one.value for key, one in figures(name, size, ids, resamples=2, seed=0).items()}


def causes_held(name: str, size: int, n: int, resamples: int, draw: int) -> Held:
    """Every interval of one sample."""
    rows = derived_rng(0, "coverage of causes", name, str(n), str(draw)).integers(0, size, size=n)
    found = figures(name, size, list(map(str, rows.tolist())), resamples=resamples, seed=draw)
    expected = truth(name, size)
    return {
        figure: (one.low <= expected[figure] <= one.high, one.high - one.low) for figure, one in found.items()
    }


def measure(name: str, n: int, *, draws: int, resamples: int, size: int = POPULATION) -> list[Row]:
    """Coverage of every figure over many samples of n texts."""
    answers = [causes_held(name, size, n, resamples, draw) for draw in range(draws)]
    expected = truth(name, size)
    rows = coverage_rows(answers, expected, scenario=name, n=n, resamples=resamples)
    return [row | {"truth": expected[row["figure"]]} for row in rows]


def main() -> None:
    """Measure, print and write."""
    scenarios = [(name, partial(measure, name)) for name in SCENARIOS]
    simulate(__doc__, scenarios, draws=1000, resamples=400, sizes=SIZES, out=RESULTS)


if __name__ == "__main__":
    main()
