"""Which measures vote, what their margin bounds, and how the outcome is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from trust_core.domain.catalogue.entry import Dimension
from trust_core.domain.report import TestRow
from trust_core.domain.spec import Margins
from trust_core.report.wording import MINUS, Unit, bound, in_sentence, interval, listed, spoken, suffix
from trust_core.stats.equivalence import MarginKind

METHOD: Final = (
    "Each measure is judged by two one-sided tests at 5 %, read off its 90 % interval: equivalent where the "
    "interval lies inside the margin, different where it lies outside, else not settled. The margins are a "
    "convention, not a law: they belong to the question, and another question may need others."
)
"""The method in two sentences, for whoever shows a verdict; said once a report."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """How one voting measure is judged and said.

    Attributes:
        key: its key in the catalogue, which is also its field of the margins.
        dimension: the dimension it votes in.
        kind: what the margin bounds: both sides of a difference, a rate or distance from above, a
            similarity or what may be lost from below.
        best: its value when candidate and reference are the same model.
        unit: how its figures are said.
        title: what a sentence about it begins with.
        says: the figure in words; `{estimate}` stands for the number with its unit.
    """

    key: str
    dimension: Dimension
    kind: MarginKind
    best: float
    unit: Unit
    title: str
    says: str

    def margin(self, margins: Margins) -> float:
        """Its margin or floor."""
        return float(getattr(margins, self.key))

    def bound(self, margin: float) -> str:
        """The margin in words."""
        if self.kind == "similarity":
            return f"floor {bound(margin, self.unit)}"
        if self.kind == "loss":
            return f"margin {MINUS}{bound(margin, self.unit)}"
        return f"margin {'±' if self.kind == 'difference' else ''}{bound(margin, self.unit)}"

    def figure(self, estimate: float) -> str:
        """The estimate in words: "accuracy changed by +0.8 points"."""
        number = spoken(estimate, self.unit)
        unit = suffix(self.unit, one=number in ("+1.0", "\u22121.0", "1.0"))
        return self.says.format(estimate=number + unit)

    def interval(self, low: float, high: float) -> str:
        """The 90 % interval in words."""
        return f"90 % interval {interval(low, high, self.unit)}"

    def scaled(self, value: float, margin: float) -> float | None:
        """A value in units of its margin: the zone of equivalence is -1 to 1 for every measure.

        A similarity becomes its distance from the best value over the distance that the floor allows.
        None where the floor is the best value itself, so that nothing is allowed.
        """
        if self.kind == "loss":
            return -value / margin
        if self.kind != "similarity":
            return value / margin
        allowed = self.best - margin
        return (self.best - value) / allowed if allowed > 0 else None


_CRITERIA = (
    Criterion(
        "accuracy",
        "answers",
        "difference",
        0.0,
        "points",
        "Accuracy",
        "the share of right answers changed by {estimate}",
    ),
    Criterion(
        "negative_flip_rate",
        "answers",
        "upper",
        0.0,
        "percent",
        "Negative flips",
        "{estimate} of the texts were answered right before and wrong now",
    ),
    Criterion(
        "alignment",
        "reasons",
        "similarity",
        1.0,
        "plain",
        "Alignment of reasons",
        "{estimate} on a scale where 0 is chance and 1 is as alike as the reference is to itself",
    ),
    Criterion(
        "alignment_beside_twin",
        "reasons",
        "loss",
        0.0,
        "signed",
        "Alignment beside the twin's",
        "the alignment differs by {estimate} from the one that retraining alone reaches",
    ),
    Criterion(
        "brier",
        "reliability",
        "difference",
        0.0,
        "signed",
        "Brier score",
        "the squared error of the probabilities changed by {estimate}",
    ),
    Criterion(
        "signed_gap",
        "reliability",
        "difference",
        0.0,
        "points",
        "Over-confidence",
        "mean confidence minus accuracy changed by {estimate}",
    ),
    Criterion(
        "curve_distance",
        "reliability",
        "upper",
        0.0,
        "distance",
        "Distance of reliability curves",
        "the two curves lie {estimate} apart on average",
    ),
    Criterion(
        "risk",
        "confidence_use",
        "difference",
        0.0,
        "points",
        "Risk at the reference's threshold",
        "the error among accepted answers changed by {estimate}",
    ),
)

CRITERIA: Final[dict[str, Criterion]] = {criterion.key: criterion for criterion in _CRITERIA}
"""Every voting measure by its key."""


def label(test: TestRow) -> str:
    """What a test is called: its title, with the explainer where it has one."""
    title = _title(test)
    return title if test.explainer is None else f"{title}, {explainer_title(test.explainer)}"


def _title(test: TestRow) -> str:
    return CRITERIA[test.key].title if test.key in CRITERIA else test.key


def labels(tests: Sequence[TestRow]) -> str:
    """What tests are called inside a sentence: "accuracy and alignment of reasons (LIME and SHAP)"."""
    explainers: dict[str, list[str]] = {}
    for test in tests:
        found = explainers.setdefault(_title(test), [])
        if test.explainer is not None:
            found.append(explainer_title(test.explainer))
    return listed(
        [in_sentence(title) + (f" ({listed(found)})" if found else "") for title, found in explainers.items()]
    )


def explainer_title(explainer: str) -> str:
    """LIME, SHAP, SHAP (permutation), ... for people."""
    titles = {
        "lime": "LIME",
        "shap": "SHAP",
        "shap-partition": "SHAP",
        "shap-permutation": "SHAP (permutation)",
        "shap-exact": "SHAP (exact)",
        "integrated-gradients": "integrated gradients",
    }
    return titles.get(explainer, explainer)
