"""Answers and explanations made now, by the warm process of the worker, for texts that are tried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from trust_core.domain.arrays import BoolArray, FloatArray
from trust_core.domain.attributions import Explanation
from trust_core.domain.texts import SegmentedText, TextPair
from trust_core.perturb.masks import compose
from trust_core.ui.inspector.heat import HeatRow, ModelWeights, Reasons


class LiveAnswers(Protocol):
    """Both models' probabilities of n texts."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names, k of them."""
        ...

    @property
    def probabilities(self) -> tuple[FloatArray, FloatArray]:
        """(n, k) of reference and candidate."""
        ...


class LiveExplanation(Protocol):
    """What both models say of one text, and why."""

    @property
    def text(self) -> SegmentedText:
        """The text with its words."""
        ...

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names, k of them."""
        ...

    @property
    def probabilities(self) -> tuple[FloatArray, FloatArray]:
        """(k,) of reference and candidate."""
        ...

    @property
    def explanations(self) -> Mapping[str, tuple[Explanation, Explanation]]:
        """Explanations of reference and candidate by explainer."""
        ...


class Models(Protocol):
    """The warm process that keeps a run's models loaded."""

    def predict(self, pairs: Sequence[TextPair], *, folder: Path, candidate: str) -> LiveAnswers:
        """Both models' probabilities of some texts."""
        ...

    def explain(
        self, pair: TextPair, *, folder: Path, candidate: str, explainers: Sequence[str]
    ) -> LiveExplanation:
        """Both models' answers to a text, and their reasons, with the run's own settings."""
        ...


def live_reasons(explained: LiveExplanation, classes: tuple[str, str]) -> list[Reasons]:
    """What each explainer says now of both models.

    Args:
        explained: answer of the warm process.
        classes: the class whose weights are read of each model.
    """
    at = [explained.classes.index(name) for name in classes]
    return [
        Reasons(explainer, _weights(sides[0], at[0]), _weights(sides[1], at[1]))
        for explainer, sides in explained.explanations.items()
    ]


def without(text: SegmentedText, off: Sequence[int]) -> TextPair:
    """The text without some of its words, by the rule that explanations delete words by."""
    keep: BoolArray = np.ones(len(text), dtype=np.bool_)
    keep[list(off)] = False
    return compose(text, keep, rule="delete", mask_token="")


def top_words(row: HeatRow, model: int) -> list[int]:
    """The words in the top set of the reference (0) or the candidate (1)."""
    return [unit for unit, mark in enumerate(row.top.tolist()) if mark & (model + 1)]


def _weights(explanation: Explanation, of_class: int) -> ModelWeights:
    whole = explanation.whole
    return ModelWeights(
        whole=whole.weights[:, of_class],
        halves=None
        if explanation.halves is None
        else (explanation.halves[0].weights[:, of_class], explanation.halves[1].weights[:, of_class]),
        base=float(whole.base[of_class]),
        fidelity=float(whole.fidelity[of_class]),
    )
