"""Finding a text: filters, order, the list in pages, previous, next and random."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from math import ceil
from typing import Any, Final

import pandas as pd
import streamlit as st

from trust_core.report.criteria import explainer_title
from trust_core.ui.choice_table import FLIPS, choice_table
from trust_core.ui.inspector.browse import ANY, PAGE, TABLE_ORDER, Wanted, neighbour, sort_keys

_KEYS: Final = {
    name: f"inspector_{name}"
    for name in ("search", "flip", "gold", "reference", "candidate", "explained", "sort", "falling")
}


def default_sort(listed: pd.DataFrame) -> str:
    """The least alike first, where anything was compared; else the data's order."""
    for name in listed.columns:
        if name.startswith("alignment_") and listed[name].notna().any():
            return str(name)
    return TABLE_ORDER


def filters(listed: pd.DataFrame) -> Wanted:
    """The controls that say which texts are listed and in which order."""
    orders = sort_keys(listed)
    usual = default_sort(listed)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        search = st.text_input(
            "Search",
            key=_KEYS["search"],
            placeholder="Words or id",
            width=240,
            max_chars=200,
            persist_state="session",
        )
        sort = st.selectbox(
            "Sort by",
            list(orders),
            index=list(orders).index(usual),
            format_func=lambda key: orders.get(key, key),
            key=_KEYS["sort"],
            width=230,
            persist_state="session",
        )
        falling = st.toggle("Largest first", key=_KEYS["falling"], persist_state="session")
        with st.popover("Filters"):
            flip = _choice("Flip", "flip", list(FLIPS), FLIPS)
            classes = sorted(
                {*listed["gold"].dropna(), *listed["reference"].dropna(), *listed["candidate"].dropna()}
            )
            gold = _choice("Gold label", "gold", classes)
            reference = _choice("Answer of the reference", "reference", classes)
            candidate = _choice("Answer of the candidate", "candidate", classes)
            explained = st.toggle("Explained texts only", key=_KEYS["explained"], persist_state="session")
            st.button("Clear all filters", on_click=clear_filters, key="inspector_clear")
    return Wanted(
        search=search or "",
        flip=flip,
        gold=gold,
        reference=reference,
        candidate=candidate,
        explained=explained,
        sort=sort if sort in orders else usual,
        falling=falling,
    )


def clear_filters() -> None:
    """Forget every filter; the order stays."""
    st.session_state[_KEYS["search"]] = ""
    for name in ("flip", "gold", "reference", "candidate"):
        st.session_state[_KEYS[name]] = ANY
    st.session_state[_KEYS["explained"]] = False


def _choice(label: str, name: str, options: list[str], titles: dict[str, str] | None = None) -> str:
    chosen = st.selectbox(
        label,
        [ANY, *options],
        format_func=lambda value: (titles or {}).get(value, value),
        key=_KEYS[name],
        persist_state="session",
    )
    return chosen or ANY


def steps(ids: list[str], current: str, show: Callable[[str], None]) -> None:
    """Buttons for the previous, the next and any text of the list.

    Args:
        ids: the texts of the list, in its order.
        current: the text that is shown.
        show: called with the id of another text.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for label, step, help_text in (
            ("← Previous", -1, "The text before this one"),
            ("Next →", 1, "The text after"),
        ):
            there = neighbour(ids, current, step)
            st.button(
                label,
                key=f"inspector_step_{step}",
                help=f"{help_text} in the list, in its order",
                disabled=there is None or there == current,
                on_click=show,
                args=(there,),
            )
        st.button(
            "Random",
            key="inspector_random",
            disabled=len(ids) < 2,
            help="Any other text of the list",
            on_click=lambda: show(secrets.choice([name for name in ids if name != current])),
        )
        place = (
            f"Text {ids.index(current) + 1:,} of {len(ids):,}"
            if current in ids
            else f"Not among the {len(ids):,} listed texts"
        )
        st.text(f"{place} · {current}")


def text_list(found: pd.DataFrame, *, run: str, state: str, shown: str, show: Callable[[str], None]) -> None:
    """The list of texts in pages; a chosen row is shown.

    Args:
        found: the texts, filtered and in order.
        run: names the run and candidate.
        state: names the filter and order: a selection is a position, and means nothing in another list.
        shown: id of the text that is shown: its row is marked.
        show: called with the id of a chosen text.
    """
    pages = max(1, ceil(len(found) / PAGE))
    page_key = f"inspector_page/{run}/{state}"
    page = min(max(int(st.session_state.get(page_key, 1)), 1), pages)
    rows = found.iloc[(page - 1) * PAGE : page * PAGE]
    ids = rows["id"].tolist()
    key = f"inspector_list/{run}/{state}/{page}"
    marked = [ids.index(shown)] if shown in ids else []
    st.session_state[key] = {"selection": {"rows": marked, "columns": [], "cells": []}}
    choice_table(
        rows.assign(flip=rows["flip"].map(FLIPS)),
        ids=ids,
        key=key,
        choose=show,
        height=min(320, 38 + 35 * max(1, len(rows))),
        column_order=_order(rows),
        column_config=_columns(found),
        placeholder="",
    )
    if pages > 1:
        st.pagination(pages, key=page_key)


def _order(rows: pd.DataFrame) -> list[str]:
    """What sets a text apart stands before what is common."""
    first = ["id", "text_a", "text_b", "flip", "shift"]
    first += [name for name in rows.columns if name.startswith("alignment_")]
    return [name for name in [*first, "gold", "reference", "candidate", "words"] if name in rows]


def _columns(found: pd.DataFrame) -> dict[str, Any]:
    config: dict[str, Any] = {
        "id": st.column_config.TextColumn("Id", width="small"),
        "text_a": st.column_config.TextColumn("Text A", width="medium"),
        "text_b": st.column_config.TextColumn("Text B", width="medium"),
        "gold": st.column_config.TextColumn("Gold label"),
        "reference": st.column_config.TextColumn("Reference"),
        "candidate": st.column_config.TextColumn("Candidate"),
        "flip": st.column_config.TextColumn("Flip"),
        "shift": st.column_config.NumberColumn("Confidence shift", format="%+.3f"),
        "words": st.column_config.NumberColumn("Words"),
    }
    for name in (name for name in found.columns if name.startswith("alignment_")):
        title = explainer_title(name.removeprefix("alignment_"))
        config[name] = st.column_config.NumberColumn(f"Alignment, {title}", format="%.2f")
    return config
