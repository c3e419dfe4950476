"""How often intervals of few texts hold the truth: `python -m benchmarks.coverage_parts`.

Parts of the texts are small, and so are sets of explained texts. The models and samples are those of
benchmarks.coverage and, for the reasons, of benchmarks.explained_texts; the truth is the population's own
value. Writes results/coverage_parts.json.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import numpy as np

from benchmarks.coverage import (
    CLASSES,
    SCENARIOS,
    Pair,
    answer,
    counts,
    population,
    predictions,
    sample,
)
from benchmarks.explained_texts import alignment_of, assess, explained, taken
from benchmarks.simulated import Held, Row, coverage_rows, simulate
from trust_core.alignment.beside_twin import alignment_beside_twin
from trust_core.alignment.split_half import CrossedHalves
from trust_core.calibration.scores import gold_scores, score_evidence
from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import Evidence, Measured, NotMeasured
from trust_core.stats.bootstrap import Resamples, mean_evidence
from trust_core.stats.class_shares import share_shift
from trust_core.stats.intervals import paired_difference_evidence, rate_evidence
from trust_core.stats.paired_tests import cross_table
from trust_core.stats.seeds import derived_rng

RESULTS = Path(__file__).parent / "results" / "coverage_parts.json"
SIZES = (20, 50, 100, 300)

SCORES = ("signed_gap", "brier")

CANDIDATES = {"student": 0.6, "near copy": 0.2}
"""Candidates beside a twin of spread .2, by the spread of what each does not share with the reference."""

_TWIN = 0.2


@cache
def truth(name: str) -> dict[str, float]:
    """The population's own values."""
    gold, a, b = population(name)
    pair = Pair(gold, predictions("reference", a), predictions("candidate", b))
    n = len(gold)
    lost, gained = counts(pair)
    scores, _ = gold_scores(gold, pair.reference, pair.candidate)
    table = cross_table(pair.reference.predicted, pair.candidate.predicted, len(CLASSES)) / n
    return {
        "agreement": float(np.trace(table)),
        "negative_flip_rate": lost / n,
        "accuracy": (gained - lost) / n,
        **{s.key: float((s.candidate - s.reference).mean()) for s in scores if s.key in SCORES},
        "confidence_shift": float(shifts(pair).mean()),
        "share_shift": effect_size(table),
    }


def shifts(pair: Pair) -> FloatArray:
    """How far each text's confidence moves."""
    moved: FloatArray = np.abs(pair.candidate.confidence - pair.reference.confidence)
    return moved


def effect_size(shares: FloatArray) -> float:
    """Cohen's w of the change of class shares in a whole population."""
    change = shares.sum(axis=1) - shares.sum(axis=0)
    covariance = -(shares + shares.T)
    np.fill_diagonal(covariance, shares.sum(axis=1) + shares.sum(axis=0) - 2 * np.diag(shares))
    return float(np.sqrt(change @ np.linalg.pinv(covariance) @ change))


def answers_held(name: str, n: int, resamples: int, draw: int) -> Held:
    """The figures of a part's answers and reliability, of one sample."""
    pair, expected = sample(name, n, draw), truth(name)
    lost, gained = counts(pair)
    a, b = pair.reference.predicted, pair.candidate.predicted
    drawn = Resamples(n=n, count=resamples, seed=draw)
    scores, _ = gold_scores(pair.gold, pair.reference, pair.candidate)
    means = score_evidence(tuple(score for score in scores if score.key in SCORES), drawn)
    found: dict[str, Evidence | NotMeasured] = {
        "agreement": rate_evidence(int((a == b).sum()), n),
        "negative_flip_rate": rate_evidence(lost, n),
        "accuracy": paired_difference_evidence(lost, gained, n),
        **{key: means[key, "difference"] for key in SCORES},
        "confidence_shift": mean_evidence(shifts(pair), drawn, span=(0.0, 1.0)),
    }
    held = answer({figure: (evidence, expected[figure]) for figure, evidence in found.items()})
    shift = share_shift(cross_table(a, b, len(CLASSES)))
    assert isinstance(shift, Measured)
    held["share_shift"] = (shift.low <= expected["share_shift"] <= shift.high, shift.high - shift.low)
    return held


@cache
def compared(name: str) -> tuple[CrossedHalves, CrossedHalves]:
    """A candidate and its reference's twin on one large set of explained texts."""
    candidate, twin = explained((CANDIDATES[name], _TWIN))
    return candidate, twin


def reasons_held(name: str, n: int, resamples: int, draw: int) -> Held:
    """S and S beside the twin's, of one sample."""
    candidate, twin = compared(name)
    rows = derived_rng(0, "coverage of parts", name, str(n), str(draw)).integers(0, len(twin), size=n)
    one, two, ids = taken(candidate, rows), taken(twin, rows), list(map(str, range(n)))
    own = alignment_of(candidate)
    found = {
        "alignment": (assess(one, resamples, draw), own),
        "alignment_beside_twin": (
            alignment_beside_twin(one, ids, two, ids, resamples=resamples, seed=draw),
            own - alignment_of(twin),
        ),
    }
    return answer({key: one for key, one in found.items() if isinstance(one[0], Evidence)})


def measure(
    held: Callable[[str, int, int, int], Held], name: str, n: int, *, draws: int, resamples: int
) -> list[Row]:
    """Coverage of every figure over many samples of one size."""
    answers = list(map(partial(held, name, n, resamples), range(draws)))
    figures = dict.fromkeys(figure for one in answers for figure in one)
    return coverage_rows(answers, figures, scenario=name, n=n, resamples=resamples)


def main() -> None:
    """Measure, print and write."""
    kinds = ((answers_held, SCENARIOS), (reasons_held, CANDIDATES))
    scenarios = [(name, partial(measure, held, name)) for held, names in kinds for name in names]
    simulate(__doc__, scenarios, draws=1000, resamples=500, sizes=SIZES, out=RESULTS)


if __name__ == "__main__":
    main()
