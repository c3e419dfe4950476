"""The texts of a run as a list: filtered, sorted and cut into pages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from trust_core.report.criteria import explainer_title

PAGE: Final = 50
"""Rows of one page of the list."""

ANY: Final = "any"

TABLE_ORDER: Final = "order of the data"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which texts are listed, and in which order.

    Attributes:
        search: characters that text_a, text_b or the id must hold; case does not count.
        flip: a value of `flip`, or ANY.
        gold, reference, candidate: a class, or ANY.
        explained: only texts that were explained.
        alignment: least and largest alignment by `by`; None for every text.
        sort: a key of `sort_keys`.
        falling: the largest first.
    """

    search: str = ""
    flip: str = ANY
    gold: str = ANY
    reference: str = ANY
    candidate: str = ANY
    explained: bool = False
    sort: str = TABLE_ORDER
    falling: bool = False


def listing(
    texts: pd.DataFrame, predictions: pd.DataFrame, pairs: pd.DataFrame, *, reference: str, candidate: str
) -> pd.DataFrame:
    """One row a text: what the list shows and what it is filtered by.

    Columns: id, text_a and text_b (where kept), gold, reference, candidate (the classes they predict), flip,
    shift, explained, alignment_<explainer>, words (about: runs without a space).
    """
    of_candidate = pairs[pairs["candidate"] == candidate].set_index("id")
    predicted = {
        role: predictions[predictions["model"] == name].set_index("id")["pred"]
        for role, name in (("reference", reference), ("candidate", candidate))
    }
    ids = texts["id"]
    columns: dict[str, Any] = {"id": ids.to_numpy()}
    kept = [name for name in ("text_a", "text_b") if name in texts]
    for name in kept:
        columns[name] = texts[name].to_numpy()
    columns["gold"] = texts["gold"].to_numpy()
    for role, column in predicted.items():
        columns[role] = column.reindex(ids).to_numpy()
    aligned = of_candidate.reindex(ids)
    columns["flip"] = aligned["flip"].to_numpy()
    columns["shift"] = aligned["shift"].to_numpy()
    columns["explained"] = aligned["explained_class"].notna().to_numpy()
    for name in (name for name in pairs.columns if name.startswith("alignment_")):
        columns[name] = aligned[name].to_numpy()
    if kept:
        lengths = [texts[name].fillna("").str.count(r"\S+") for name in kept]
        columns["words"] = np.sum([length.to_numpy() for length in lengths], axis=0)
    return pd.DataFrame(columns)


def sort_keys(listed: pd.DataFrame) -> dict[str, str]:
    """What the list can be sorted by: key -> what it is called."""
    keys = {TABLE_ORDER: TABLE_ORDER}
    for name in (name for name in listed.columns if name.startswith("alignment_")):
        keys[name] = f"alignment, {explainer_title(name.removeprefix('alignment_'))}"
    keys |= {"shift": "confidence shift", "largest shift": "confidence shift, either way"}
    if "words" in listed:
        keys["words"] = "length"
    return keys | {"id": "id"}


def narrowed(listed: pd.DataFrame, wanted: Wanted, *, among: Collection[str] | None = None) -> pd.DataFrame:
    """The rows that are wanted, in the order that is wanted.

    Args:
        listed: see `listing`.
        wanted: the filter.
        among: ids of a selection made elsewhere; None for no selection.
    """
    keep = np.ones(len(listed), dtype=bool)
    if among is not None:
        keep &= listed["id"].isin(list(among)).to_numpy()
    for column in ("flip", "gold", "reference", "candidate"):
        value = getattr(wanted, column)
        if value != ANY:
            keep &= (listed[column] == value).to_numpy()
    if wanted.explained:
        keep &= listed["explained"].to_numpy()
    search = wanted.search.strip().casefold()
    if search:
        holds = np.zeros(len(listed), dtype=bool)
        for column in (name for name in ("id", "text_a", "text_b") if name in listed):
            folded = listed[column].fillna("").str.casefold()
            holds |= folded.str.contains(search, regex=False).to_numpy()
        keep &= holds
    return _sorted(listed[keep], wanted)


def neighbour(ids: list[str], current: str | None, step: int) -> str | None:
    """The text before or after the current one in the list, round its ends; the first if it is not in it."""
    if not ids:
        return None
    if current not in ids:
        return ids[0]
    return ids[(ids.index(current) + step) % len(ids)]


def _sorted(listed: pd.DataFrame, wanted: Wanted) -> pd.DataFrame:
    if wanted.sort == TABLE_ORDER:
        return listed[::-1] if wanted.falling else listed
    order = listed["shift"].abs() if wanted.sort == "largest shift" else listed[wanted.sort]
    # Stable, and what has no value last: the same order in every session.
    return listed.loc[order.sort_values(ascending=not wanted.falling, kind="stable").index]
