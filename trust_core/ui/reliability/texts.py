"""The texts of the bin that was chosen: listed here, and chosen on every page."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from trust_core.calibration.diagram import claims
from trust_core.domain.arrays import BoolArray, IntArray
from trust_core.stats.intervals import wilson_interval
from trust_core.ui import address, state
from trust_core.ui.choice_table import choice_table
from trust_core.ui.compact import short_name
from trust_core.ui.messages import escape_markdown
from trust_core.ui.reliability.answered import Answered
from trust_core.ui.reliability.bins import ChosenBin, read_bin
from trust_core.ui.reliability.drawn import Drawn
from trust_core.ui.run_view import RunView

MOST: Final = 1000
"""Rows of the list; the inspector shows them all."""

_KEY: Final = "bin-choice"

_OUTCOMES: Final = ("both right", "right became wrong", "wrong became right", "both wrong")


def chosen_bin(found: Answered) -> ChosenBin | None:
    """The bin that the address names."""
    return read_bin(address.read("bin"), len(found.reference.classes))


def bin_ids(found: Answered, one: ChosenBin) -> tuple[str, ...]:
    """Ids of its texts."""
    rows = np.flatnonzero(_inside(found, one))
    return tuple(found.reference.ids[row] for row in rows)


def bin_label(found: Answered, one: ChosenBin) -> str:
    """What its texts are called on other pages."""
    what = "confidence" if one.of_class is None else f"probability of {found.reference.classes[one.of_class]}"
    return f"{short_name(found.of(one.of).model)}, {what} {one.span}"


def choose_bin(found: Answered, chosen: str) -> None:
    """Choose the texts of a bin for all pages, and write it into the address; in a callback."""
    one = read_bin(chosen, len(found.reference.classes))
    if one is None:
        state.filter_texts((), "")
        return
    state.filter_texts(bin_ids(found, one), bin_label(found, one))
    address.write("bin", chosen)


def restore_bin(found: Answered) -> None:
    """Choose the texts of the bin that somebody came with, if none are chosen yet."""
    one = chosen_bin(found)
    if one is None or state.selected() is not None:
        return
    ids = bin_ids(found, one)
    if ids:
        state.restore_texts(ids, bin_label(found, one))
        st.rerun()


def bin_panel(view: RunView, found: Answered, shown: Drawn) -> None:
    """The choice of a bin without a pointer, and its texts."""
    current = chosen_bin(found)
    names = {
        point.address: f"{point.span}, {short_name(found.of(point.of).model)} ({count:,} texts)"
        for point, count in zip(shown.points, shown.counts, strict=True)
    }
    if current is not None and current.address not in names:
        names[current.address] = f"{current.span}, {short_name(found.of(current.of).model)}"
    st.session_state[_KEY] = None if current is None else current.address
    st.selectbox(
        "Texts of a bin",
        list(names),
        format_func=lambda one: names.get(one, one),
        key=_KEY,
        placeholder="Click a point, or choose a bin here",
        on_change=lambda: choose_bin(found, st.session_state[_KEY] or ""),
    )
    if current is None:
        st.caption("The texts of the bin are listed here and chosen on the other pages.")
        return
    rows = _inside(found, current)
    if not rows.any():
        st.caption("No text lies in this bin.")
        return
    _summary(found, rows)
    _listing(view, found, current, rows)


def bin_frame(view: RunView, found: Answered, rows: BoolArray) -> pd.DataFrame:
    """Both models' answers to these texts, one row a text: changed ones first, then the surest reference."""
    at = np.flatnonzero(rows)
    classes = np.array(found.reference.classes, dtype=object)
    texts = view.texts.set_index("id").reindex([found.reference.ids[row] for row in at]).reset_index()
    frame = texts[[name for name in ("id", "text_a", "text_b") if name in texts]].copy()
    if "text_b" in frame and frame["text_b"].isna().all():
        frame = frame.drop(columns="text_b")
    frame["gold"] = classes[found.gold[at]]
    for name, model in (("reference", found.reference), ("candidate", found.candidate)):
        frame[name] = classes[model.predicted[at]]
        frame[f"{name} confidence"] = model.confidence[at]
    frame["outcome"] = [_OUTCOMES[code] for code in _outcome_codes(found)[at].tolist()]
    changed = (found.reference.predicted != found.candidate.predicted)[at]
    return frame.iloc[np.lexsort((-found.reference.confidence[at], ~changed))].reset_index(drop=True)


def _outcome_codes(found: Answered) -> IntArray:
    """(n,) place in `_OUTCOMES`."""
    right_a = found.reference.predicted == found.gold
    right_b = found.candidate.predicted == found.gold
    return np.where(right_a, np.where(right_b, 0, 1), np.where(right_b, 2, 3)).astype(np.int64)


def _inside(found: Answered, one: ChosenBin) -> BoolArray:
    return one.inside(claims(found.of(one.of), found.gold, of_class=one.of_class))


def _summary(found: Answered, rows: BoolArray) -> None:
    """How often each model is right on these texts, and how many answers changed."""
    n = int(rows.sum())
    parts = []
    for model in (found.reference, found.candidate):
        right = int((model.predicted == found.gold)[rows].sum())
        low, high = (float(end) for end in wilson_interval(np.array(float(right)), np.array(float(n))))
        parts.append(
            f"{escape_markdown(short_name(model.model))} is right on {right / n:.0%} of them "
            f"(95 % interval {low:.0%} to {high:.0%})"
        )
    moved = int((found.reference.predicted != found.candidate.predicted)[rows].sum())
    st.caption(f"{n:,} texts. {'; '.join(parts)}. {moved:,} change their answer.")


def _listing(view: RunView, found: Answered, current: ChosenBin, rows: BoolArray) -> None:
    frame = bin_frame(view, found, rows)
    shown = frame.head(MOST)
    key = f"bin-texts-{view.id}-{found.candidate.model}-{current.address}"
    percent = st.column_config.NumberColumn(format="percent", width="small")
    choice_table(
        shown[["outcome", *(name for name in shown.columns if name not in ("id", "outcome"))]],
        ids=shown["id"].astype(str).tolist(),
        key=key,
        choose=state.open_text,
        height=380,
        column_config={
            "text_a": st.column_config.TextColumn("text", width="medium"),
            "text_b": st.column_config.TextColumn("second text", width="medium"),
            "reference confidence": percent,
            "candidate confidence": percent,
        },
    )
    more = f" The first {MOST:,} are listed." if len(frame) > MOST else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Open in the Text inspector", on_click=state.open_text, args=(str(shown["id"].iloc[0]),))
        st.caption(f"Choose a row to open that text.{more}", width="stretch")
