"""Both models' answers to the same texts, side by side, and the parts that the texts fall into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd

from trust_core.behaviour.divergence import js_bits
from trust_core.domain.arrays import FloatArray, IntArray
from trust_core.domain.texts import NO_LABEL
from trust_core.ui.run_view import RunView

MOST_VALUES: Final = 40
"""A column with more values than that says something else about each text, and makes no parts."""

_OWN: Final = frozenset(
    {"id", "text_a", "text_b", "gold", "reference", "candidate", "flip", "shift", "divergence"}
)


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


def slice_columns(compared: Compared) -> dict[str, Sequence[str]]:
    """Columns whose values make parts: the label, the reference's answer, and the data's own columns."""
    frame = compared.frame
    columns: dict[str, Sequence[str]] = {}
    if compared.labelled:
        columns["Label"] = [str(value) for value in frame["gold"]]
    columns["Answer of the reference"] = [str(value) for value in frame["reference"]]
    if "text_a" in frame:
        columns["Length"] = _lengths(frame)
    for name in frame.columns:
        if name not in _OWN and 1 < frame[name].nunique() <= MOST_VALUES:
            columns[str(name)] = [str(value) for value in frame[name]]
    return columns


def _lengths(frame: pd.DataFrame) -> list[str]:
    """Each text's length in words, as one of four parts of about equal size."""
    joined = frame["text_a"].astype(str)
    if "text_b" in frame:
        joined = joined + " " + frame["text_b"].fillna("").astype(str)
    words = np.array([len(text.split()) for text in joined], dtype=np.int64)
    edges = np.unique(np.quantile(words, [0, 0.25, 0.5, 0.75, 1]).round().astype(int))
    if len(edges) < 3:
        return [f"{edges[0]} to {edges[-1]} words"] * len(frame)
    at = np.clip(np.searchsorted(edges, words, side="right") - 1, 0, len(edges) - 2)
    last = len(edges) - 2
    names = [
        f"{low} to {high if index == last else high - 1} words"
        for index, (low, high) in enumerate(pairwise(edges))
    ]
    return [names[index] for index in at.tolist()]
