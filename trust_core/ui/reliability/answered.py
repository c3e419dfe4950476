"""Both models' answers of a run as arrays, in one order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from trust_core.domain.arrays import IntArray, locked_ints
from trust_core.domain.predictions import Predictions
from trust_core.domain.texts import NO_LABEL
from trust_core.stats.bootstrap import Resamples
from trust_core.ui.run_view import RunView


@dataclass(frozen=True, slots=True)
class Answered:
    """n texts that both models answered.

    Attributes:
        gold: (n,) gold classes, or NO_LABEL.
        reference, candidate: their predictions.
        seed: of the run.
    """

    gold: IntArray
    reference: Predictions
    candidate: Predictions
    seed: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "gold", locked_ints(self.gold))

    def __len__(self) -> int:
        return len(self.gold)

    @property
    def labelled(self) -> bool:
        """Whether every text has a gold class."""
        return len(self.gold) > 0 and bool((self.gold != NO_LABEL).all())

    def resamples(self, count: int) -> Resamples:
        """The resampling of these texts."""
        return Resamples(n=len(self), count=count, seed=self.seed)

    def of(self, role: str) -> Predictions:
        """The predictions of `reference` or `candidate`."""
        return self.reference if role == "reference" else self.candidate


def answered(view: RunView, candidate: str, ids: tuple[str, ...] | None) -> Answered:
    """All texts of a run, or the chosen ones; computed once, shared by all visitors."""
    return _answered(view, ids, view.version, candidate, None if ids is None else hash(ids))


@st.cache_resource(max_entries=16, show_spinner=False)
def _answered(
    _view: RunView, _ids: tuple[str, ...] | None, version: str, candidate: str, chosen: int | None
) -> Answered:
    del version, chosen
    classes = _view.classes
    columns = [f"p_{name}" for name in classes]
    tables = [
        _view.predictions[_view.predictions["model"] == name].set_index("id")
        for name in (_view.reference, candidate)
    ]
    shared = tables[0].index.intersection(tables[1].index, sort=False)
    if _ids is not None:
        shared = shared[shared.isin(_ids)]
    names = tuple(str(name) for name in shared)
    predictions = [
        Predictions(model, names, classes, table.loc[shared, columns].to_numpy(dtype=np.float64))
        for model, table in zip((_view.reference, candidate), tables, strict=True)
    ]
    codes: dict[Any, int] = {name: at for at, name in enumerate(classes)}
    labels = _view.texts.set_index("id")["gold"].reindex(shared)
    gold = np.array([codes.get(label, NO_LABEL) for label in labels], dtype=np.int64)
    return Answered(gold, predictions[0], predictions[1], int(_view.report.spec.get("seed") or 0))
