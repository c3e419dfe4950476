"""What a model answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trust_core.domain.arrays import FloatArray, IntArray, locked_floats


@dataclass(frozen=True, slots=True)
class Predictions:
    """The probabilities of one model on n texts.

    Attributes:
        model: the model's name in this run.
        ids: the texts' ids, n of them.
        classes: canonical class names, k of them.
        probabilities: (n, k), each row sums to 1.
        logits: (n, k) where the model or the file gave them, in the classes' order.
        truncated: how many texts were cut to the model's longest input.
    """

    model: str
    ids: tuple[str, ...]
    classes: tuple[str, ...]
    probabilities: FloatArray
    logits: FloatArray | None = None
    truncated: int = 0

    def __post_init__(self) -> None:
        shape = (len(self.ids), len(self.classes))
        object.__setattr__(self, "probabilities", locked_floats(self.probabilities))
        if self.probabilities.shape != shape:
            raise ValueError(
                f"probabilities of {self.model!r} have shape {self.probabilities.shape}, not {shape}"
            )
        if self.logits is not None:
            object.__setattr__(self, "logits", locked_floats(self.logits))
            if self.logits.shape != shape:
                raise ValueError(f"logits of {self.model!r} have shape {self.logits.shape}, not {shape}")

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def predicted(self) -> IntArray:
        """(n,) index of the most probable class; of equals, the first."""
        top: IntArray = self.probabilities.argmax(axis=1).astype(np.int64)
        return top

    @property
    def confidence(self) -> FloatArray:
        """(n,) probability of the predicted class."""
        top: FloatArray = self.probabilities.max(axis=1)
        return top

    def take(self, rows: Sequence[int]) -> Predictions:
        """The predictions of these rows, in this order."""
        index = list(rows)
        return Predictions(
            model=self.model,
            ids=tuple(self.ids[row] for row in index),
            classes=self.classes,
            probabilities=self.probabilities[index],
            logits=None if self.logits is None else self.logits[index],
            truncated=self.truncated,
        )


def demand_comparable(gold: IntArray, reference: Predictions, candidate: Predictions) -> None:
    """Let two models' predictions pass only where they can be compared, text by text.

    Raises:
        ValueError: they are not of the same texts and classes in one order, or not of as many as `gold`.
    """
    if (
        reference.ids != candidate.ids
        or reference.classes != candidate.classes
        or len(gold) != len(reference)
    ):
        raise ValueError(
            f"predictions of {reference.model!r} ({len(reference)} texts) and {candidate.model!r} "
            f"({len(candidate)} texts) cannot be compared on {len(gold)} gold classes: they must have the "
            "same texts and classes, in the same order, and one gold class a text"
        )
