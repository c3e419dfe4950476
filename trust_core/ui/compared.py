"""Both models' answers to the same texts, side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from trust_core.behaviour.divergence import js_bits
from trust_core.domain.arrays import FloatArray, IntArray
from trust_core.domain.texts import NO_LABEL
from trust_core.ui.run_view import RunView


@dataclass(frozen=True, slots=True)
class Compared:
    """Both models' answers to the n texts that are looked at, in one order.

    Attributes:
        frame: id, gold, reference, candidate, flip, shift, divergence; and the data's further columns.
        classes: names of the classes.
        reference, candidate, gold: (n,) indices into `classes`; gold NO_LABEL where there is none.
        distances: (n,) Jensen-Shannon divergence in bits.
    """

    frame: pd.DataFrame
    classes: tuple[str, ...]
    reference: IntArray
    candidate: IntArray
    gold: IntArray
    distances: FloatArray

    @property
    def labelled(self) -> bool:
        """Whether every text has a gold class."""
        return len(self.gold) > 0 and bool((self.gold != NO_LABEL).all())


def compared_answers(view: RunView, candidate: str, ids: tuple[str, ...] | None) -> Compared:
    """Both models side by side, for all texts or the chosen ones."""
    classes = view.classes
    probabilities = [f"p_{name}" for name in classes]
    predictions = view.predictions
    by_model = [
        predictions[predictions["model"] == model].set_index("id") for model in (view.reference, candidate)
    ]
    first, second = by_model
    texts = view.texts.set_index("id")
    shared = first.index.intersection(second.index)
    if ids is not None:
        shared = shared[shared.isin(ids)]
    first, second, texts = first.loc[shared], second.loc[shared], texts.loc[shared]
    pairs = view.pairs[view.pairs["candidate"] == candidate].set_index("id").loc[shared]
    codes = {name: at for at, name in enumerate(classes)}

    def coded(column: pd.Series) -> IntArray:
        return np.array([codes.get(name, NO_LABEL) for name in column], dtype=np.int64)

    distances = js_bits(
        first[probabilities].to_numpy(dtype=np.float64), second[probabilities].to_numpy(dtype=np.float64)
    )
    frame = texts.assign(
        reference=first["pred"],
        candidate=second["pred"],
        flip=pairs["flip"],
        shift=pairs["shift"],
        divergence=distances,
    ).reset_index()
    return Compared(
        frame, classes, coded(first["pred"]), coded(second["pred"]), coded(texts["gold"]), distances
    )
