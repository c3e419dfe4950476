"""Answers and explanations made now, by the warm process of the worker, for texts that are tried out."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

from trust_core.domain.arrays import BoolArray
from trust_core.domain.attributions import Explanation
from trust_core.domain.texts import SegmentedText, TextPair
from trust_core.jobs.edits import Answers, Edited, Piece
from trust_core.perturb.masks import compose
from trust_core.ui.inspector.heat import HeatRow, ModelWeights, Reasons


@runtime_checkable
class Models(Protocol):
    """The warm process that keeps a run's models loaded."""

    def predict(self, pairs: Sequence[TextPair], *, folder: Path, candidate: str) -> Answers:
        """Both models' probabilities of some texts."""
        ...

    def explain(
        self, pair: TextPair, *, folder: Path, candidate: str, explainers: Sequence[str], samples: int
    ) -> Edited:
        """Both models' answers to a text, and their reasons, with the run's settings."""
        ...

    def pieces(
        self, pair: TextPair, *, folder: Path, candidate: str
    ) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
        """The word pieces that both models read of a text."""
        ...


def live_reasons(explained: Edited, classes: tuple[str, str]) -> list[Reasons]:
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


def cuts_of(text: SegmentedText, pieces: Sequence[Piece]) -> list[list[int]]:
    """Where a tokenizer cuts each word: offsets within the word, none for a word that stays whole."""
    starts: dict[int, list[int]] = {}
    for piece in pieces:
        starts.setdefault(piece.segment, []).append(piece.start)
    for of_segment in starts.values():
        of_segment.sort()
    cuts = []
    for word in text.words:
        inside = starts.get(word.segment, [])
        first, last = bisect_right(inside, word.start), bisect_left(inside, word.end)
        cuts.append(sorted({start - word.start for start in inside[first:last]}))
    return cuts


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
