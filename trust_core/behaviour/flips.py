"""Texts whose answer changes from one model to the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Int

from trust_core.domain.arrays import FloatArray, locked_floats
from trust_core.domain.predictions import Predictions

FlipKind = Literal["none", "negative", "positive", "changed"]
"""negative: right to wrong; positive: wrong to right; changed: another answer, right neither before nor after
or for a text without a label."""


@dataclass(frozen=True, slots=True)
class FlipCounts:
    """How many of n labelled texts both models have right, and how many change.

    Attributes:
        n: texts.
        both_right: right under both models.
        negative: right under the reference, wrong under the candidate.
        positive: the reverse.
    """

    n: int
    both_right: int
    negative: int
    positive: int

    @property
    def reference_right(self) -> int:
        """Texts that the reference has right."""
        return self.both_right + self.negative

    @property
    def candidate_right(self) -> int:
        """Texts that the candidate has right."""
        return self.both_right + self.positive


@dataclass(frozen=True, slots=True)
class PairColumns:
    """What changes in each of n texts.

    Attributes:
        flip: (n,) kind of flip.
        shift: (n,) confidence of the candidate minus confidence of the reference.
    """

    flip: tuple[FlipKind, ...]
    shift: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "shift", locked_floats(self.shift))


def count_flips(
    gold: Int[np.ndarray, "n"], reference: Int[np.ndarray, "n"], candidate: Int[np.ndarray, "n"]
) -> FlipCounts:
    """Counts of texts that stay right, are lost and are gained; all texts must have labels."""
    right_a, right_b = reference == gold, candidate == gold
    return FlipCounts(
        n=len(gold),
        both_right=int(np.sum(right_a & right_b)),
        negative=int(np.sum(right_a & ~right_b)),
        positive=int(np.sum(~right_a & right_b)),
    )


def list_pair_columns(
    gold: Int[np.ndarray, "n"], reference: Predictions, candidate: Predictions
) -> PairColumns:
    """The kind of flip and the confidence shift of every text."""
    a, b = reference.predicted, candidate.predicted
    # No predicted class is NO_LABEL, so a text without a label matches neither of the last two.
    chosen = np.select([a == b, a == gold, b == gold], range(3), default=3)
    kinds: tuple[FlipKind, ...] = ("none", "negative", "positive", "changed")
    return PairColumns(
        flip=tuple(kinds[index] for index in chosen), shift=candidate.confidence - reference.confidence
    )
