"""What a number of texts can settle, dimension by dimension, before a run; and what is missing after it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from scipy.special import ndtri

from trust_core.domain.catalogue.entry import Dimension
from trust_core.domain.preflight import DataCheck
from trust_core.domain.report import CandidateReport, TestRow
from trust_core.domain.spec import Margins, Spec
from trust_core.report.criteria import CRITERIA, Criterion
from trust_core.report.verdict import held_back
from trust_core.stats.equivalence import TEST_ALPHA
from trust_core.stats.planning import POWER, Assumed, lies_inside, smallest_margin, texts_needed

DISCORDANCE: Final = 0.073
"""Share of texts that one model has right and the other wrong: of two trainings of one BERT-base on SNLI."""

_SPREADS: Final[Mapping[str, float]] = {
    "brier": 0.339,
    "signed_gap": 0.276,
    "curve_distance": 0.396,
    "risk": 0.244,
}
"""Standard deviation over texts at `DISCORDANCE`, of the same two trainings; of the distance of the curves
the one that gives the upper limit which 90 % of samples without a true difference stay below; of the risk at
the tuned threshold that of all texts, accepted or not, with half of the reference's error accepted."""

_ALIGNMENT: Final = Assumed("similarity", 0.9, 0.235)
"""S of a reference of 6 layers pruned by 30 %: .90, 90 % interval .85 to .95 on 60 texts."""

_BESIDE_TWIN: Final = Assumed("loss", 0.0, 0.28)
"""As alike as the twin, with the spread of two alignments whose texts are half in common."""

_LEAST: Final[Mapping[str, int]] = {"risk": 200}
"""Texts below which a measure is not to be had, however small its spread: half of them tune the threshold."""

ALWAYS: Final[frozenset[Dimension]] = frozenset({"confidence_use"})
"""Dimensions that every run with labels shows, whether they vote or not."""

PER_EXPLANATION: Final = frozenset({"alignment", "alignment_beside_twin"})
"""Measures that rest on the explained texts."""


@dataclass(frozen=True, slots=True)
class PlannedMeasure:
    """What so many texts can settle of one voting measure.

    Attributes:
        key: of the measure.
        n: texts that it will rest on.
        margin: as wished.
        settles: the tightest margin, or the highest floor, that n texts settle; None: they are too few for
            the measure itself.
        needed: texts that the wished margin needs; None: no number of texts, or more than a million.
        votes: whether the verdict rests on it.
        inside: whether the truth that is assumed lies inside the margin; else no number of texts will do.
    """

    key: str
    n: int
    margin: float
    settles: float | None
    needed: int | None
    votes: bool = True
    inside: bool = True

    @property
    def enough(self) -> bool:
        """Whether n texts do."""
        return self.needed is not None and self.needed <= self.n

    @property
    def criterion(self) -> Criterion:
        """How it is judged and said."""
        return CRITERIA[self.key]


@dataclass(frozen=True, slots=True)
class MissingTexts:
    """What a test of a run would still take.

    Attributes:
        test: the test.
        settles: the margin, or floor, that these texts settle with the spread that they showed.
        needed: texts that would settle the test if the estimate holds; None: it is settled, or not within a
            million.
        missing: how many of them are not there yet; likewise.
    """

    test: TestRow
    settles: float
    needed: int | None
    missing: int | None

    @property
    def criterion(self) -> Criterion:
        """How it is judged and said."""
        return CRITERIA[self.test.key]


def assumed(discordance: float = DISCORDANCE) -> dict[str, Assumed]:
    """What is assumed of each voting measure where the models differ in no way that lasts.

    Args:
        discordance: share of texts that one model has right and the other wrong; the spreads of the other
            measures of predictions grow with its square root.
    """
    scale = math.sqrt(discordance / DISCORDANCE)
    return {
        "accuracy": Assumed("difference", 0.0, math.sqrt(discordance), rate=True),
        "negative_flip_rate": Assumed("upper", discordance / 2, 0.0, rate=True),
        "alignment": _ALIGNMENT,
        "alignment_beside_twin": _BESIDE_TWIN,
        "brier": Assumed("difference", 0.0, scale * _SPREADS["brier"]),
        "signed_gap": Assumed("difference", 0.0, scale * _SPREADS["signed_gap"]),
        "curve_distance": Assumed("upper", 0.0, scale * _SPREADS["curve_distance"]),
        "risk": Assumed("difference", 0.0, scale * _SPREADS["risk"]),
    }


def assumptions(discordance: float = DISCORDANCE) -> tuple[str, ...]:
    """The assumptions in sentences, for whoever shows the plan."""
    flips, usual = f"{discordance / 2 * 100:.1f}", f"{DISCORDANCE * 100:.1f}"
    apart = (
        f"The models do not differ in accuracy, Brier score, over-confidence or reliability curve, and "
        f"{discordance * 100:.1f} % of the texts are right for one model and wrong for the other (two "
        f"trainings of one BERT-base on SNLI: {usual} %), so {flips} % are negative flips."
    )
    reasons = (
        f"The alignment of reasons is {_ALIGNMENT.truth:g}, with the spread of a model of 6 layers that is "
        f"pruned by 30 %."
    )
    threshold = (
        "Some threshold on the reference's confidence keeps the error among accepted answers at half of its "
        "error or less, on each half of the texts; where none does, no number of texts settles its risk."
    )
    return (
        apart,
        "Spreads over texts are those of these two trainings, and grow with the square root of that share.",
        reasons,
        threshold,
        f"A measure counts as settled where it is called equivalent with a chance of {POWER * 100:.0f} %.",
    )


def planned(
    margins: Margins,
    *,
    predicted: int,
    explained: int,
    dimensions: Sequence[Dimension],
    discordance: float = DISCORDANCE,
    from_twin: bool = False,
) -> tuple[PlannedMeasure, ...]:
    """What these texts can settle: each voting measure of the chosen dimensions, and those shown in any run.

    Args:
        margins: as wished.
        predicted: texts that are predicted.
        explained: texts that are explained.
        dimensions: those of the verdict.
        discordance: see `assumed`.
        from_twin: whether the reasons are judged beside the twin's.
    """
    found = []
    for key, one in assumed(discordance).items():
        criterion = CRITERIA[key]
        n = explained if key in PER_EXPLANATION else predicted
        votes = criterion.dimension in dimensions
        shown = votes or criterion.dimension in ALWAYS
        if n == 0 or not shown or key == _other(from_twin=from_twin):
            continue
        margin, least = criterion.margin(margins), _LEAST.get(key, 0)
        settles = smallest_margin(one, n) if n >= least else None
        needed = texts_needed(one, margin)
        needed = None if needed is None else max(needed, least)
        found.append(PlannedMeasure(key, n, margin, settles, needed, votes, lies_inside(one, margin)))
    return tuple(found)


def planned_of_check(
    spec: Spec, data: DataCheck, *, discordance: float = DISCORDANCE
) -> tuple[PlannedMeasure, ...]:
    """What the texts of a comparison can settle, once they have been looked at."""
    return planned(
        spec.margins,
        # Without labels no measure of predictions that votes can be had.
        predicted=data.predicted if data.labelled else 0,
        explained=data.explained,
        dimensions=spec.dimensions,
        discordance=discordance,
        from_twin=spec.margins_from_twin,
    )


def missing_texts(candidate: CandidateReport) -> tuple[MissingTexts, ...]:
    """What the measured tests of the chosen dimensions would still take; the settled ones stand with them."""
    return tuple(
        _missing(test)
        for part in candidate.verdict.dimensions.values()
        if part.status != "information"
        for test in part.tests
        if test.key in CRITERIA and test.n is not None
    )


def _missing(test: TestRow) -> MissingTexts:
    assert test.n is not None
    assert test.low is not None
    assert test.high is not None
    assert test.estimate is not None
    criterion = CRITERIA[test.key]
    # The half width is z s / sqrt(n); POWER asks for z + z' of it on the side that is bounded.
    spread = (test.high - test.low) / 2 * math.sqrt(test.n) / _z()
    truth = 0.0 if criterion.kind in ("difference", "loss") else test.estimate
    settles = smallest_margin(Assumed(criterion.kind, truth, spread), test.n)
    open_test = test.status == "inconclusive" or held_back(test)
    needed = test.n_needed if open_test else None
    return MissingTexts(test, settles, needed, None if needed is None else max(0, needed - test.n))


def _z() -> float:
    return float(ndtri(1 - TEST_ALPHA))


def _other(*, from_twin: bool) -> str:
    """The measure of the reasons that has no vote."""
    return "alignment" if from_twin else "alignment_beside_twin"
