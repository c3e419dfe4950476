"""The explained texts of a run: their answers, how alike their reasons are, and which words count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from trust_core.alignment.ranking import choose_k, rank_words
from trust_core.domain.arrays import FloatArray
from trust_core.ui.inspector.focus import run_settings
from trust_core.ui.run_view import RunView

_SHOWN_WORDS = 6


@dataclass(frozen=True, slots=True)
class Explained:
    """m explained texts under one candidate.

    Attributes:
        frame: id, text_a and text_b (where kept), gold, reference, candidate, flip, shift, and an
            alignment_<explainer> each (NaN where a text could not be compared).
        explainers: those that have compared at least one text, in the order of the report.
        labelled: whether every text has a gold label.
    """

    frame: pd.DataFrame
    explainers: tuple[str, ...]
    labelled: bool

    def __len__(self) -> int:
        return len(self.frame)

    def compared(self, explainer: str) -> pd.DataFrame:
        """The texts that this explainer could compare, in the order of the run."""
        return self.frame[self.frame[f"alignment_{explainer}"].notna()]

    def alignment(self, explainer: str) -> FloatArray:
        """Alignment of each of `compared`."""
        return self.compared(explainer)[f"alignment_{explainer}"].to_numpy(dtype=np.float64)


def explained(view: RunView, candidate: str, ids: tuple[str, ...] | None) -> Explained:
    """The explained texts, all or the chosen ones; computed once, shared by all visitors."""
    return _explained(view, ids, view.version, candidate, None if ids is None else hash(ids))


@st.cache_resource(max_entries=16, show_spinner=False)
def _explained(
    _view: RunView, _ids: tuple[str, ...] | None, version: str, candidate: str, chosen: int | None
) -> Explained:
    del version, chosen
    pairs = _view.pairs
    pairs = pairs[(pairs["candidate"] == candidate) & pairs["explained_class"].notna()].set_index("id")
    if _ids is not None:
        pairs = pairs[pairs.index.isin(_ids)]
    texts = _view.texts.set_index("id").reindex(pairs.index)
    frame = pd.DataFrame(index=pairs.index)
    for name in ("text_a", "text_b", "gold"):
        if name in texts and not texts[name].isna().all():
            frame[name] = texts[name]
    predictions = _view.predictions
    for role, model in (("reference", _view.reference), ("candidate", candidate)):
        of_model = predictions[predictions["model"] == model].set_index("id")["pred"]
        frame[role] = of_model.reindex(pairs.index)
    columns = [name for name in pairs.columns if name.startswith("alignment_")]
    frame[["flip", "shift", *columns]] = pairs[["flip", "shift", *columns]]
    known = [name.removeprefix("alignment_") for name in columns if pairs[name].notna().any()]
    return Explained(
        frame=frame.reset_index(),
        explainers=tuple(sorted(known, key=lambda name: _place(name, _view.report.resolved.explainers))),
        labelled=bool(len(texts)) and bool(texts["gold"].notna().all()),
    )


def _place(name: str, order: Sequence[str]) -> tuple[int, str]:
    return (order.index(name) if name in order else len(order)), name


def top_words(view: RunView, candidate: str, explainer: str) -> pd.DataFrame:
    """The words that decide the alignment, by text id: shared, only reference, only candidate.

    Empty in a run that keeps no words. Computed once, shared by all visitors.
    """
    return _top_words(view, view.version, candidate, explainer)


@st.cache_resource(max_entries=16, show_spinner=False)
def _top_words(_view: RunView, version: str, candidate: str, explainer: str) -> pd.DataFrame:
    del version
    columns = ["both", "only reference", "only candidate"]
    rows = _view.attributions
    if "word" not in rows:
        return pd.DataFrame(columns=columns)
    settings = run_settings(_view.report)
    rows = rows[(rows["explainer"] == explainer) & (rows["half"] == "all")]
    pairs = _view.pairs[_view.pairs["candidate"] == candidate].set_index("id")
    found: dict[str, list[str]] = {}
    sides = []
    for role, model, column in (
        ("reference", _view.reference, "explained_class"),
        ("candidate", candidate, "candidate_class"),
    ):
        of_model = rows[rows["model"] == model]
        wanted = pairs[column].reindex(of_model["id"]).to_numpy()
        of_model = of_model[of_model["class"].astype(str).to_numpy() == wanted]
        sides.append((role, dict(tuple(of_model.groupby("id", sort=False, observed=True)))))
    for name, ours in sides[0][1].items():
        theirs = sides[1][1].get(name)
        if theirs is None or len(theirs) != len(ours):
            continue
        k = choose_k(len(ours), fraction=settings.k_fraction, fixed=settings.k_fixed)
        tops = [
            rank_words(side["weight"].to_numpy(dtype=np.float64), tie_key=(str(name), role, "all"))[
                :k
            ].tolist()
            for (role, _), side in zip(sides, (ours, theirs), strict=True)
        ]
        words = ours["word"].to_numpy()
        shared = [at for at in tops[0] if at in tops[1]]
        found[str(name)] = [
            _joined(words, part)
            for part in (
                shared,
                [at for at in tops[0] if at not in shared],
                [at for at in tops[1] if at not in shared],
            )
        ]
    return pd.DataFrame.from_dict(found, orient="index", columns=columns)


def _joined(words: np.ndarray, places: list[int]) -> str:
    more = ", …" if len(places) > _SHOWN_WORDS else ""
    return ", ".join(str(words[at]) for at in places[:_SHOWN_WORDS]) + more
