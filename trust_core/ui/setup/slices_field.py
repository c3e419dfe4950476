"""Which parts of the texts get figures of their own: known cuts, columns of the data, text searches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from trust_core.domain.slicing import AUTO, COLUMN, NONE, SEARCH, SLICES
from trust_core.ui.setup.draft import DataDraft

_TITLES: Final = {AUTO: "all that the data allows", **SLICES}

_MOST_CHARACTERS: Final = 2000


def slices_field(data: DataDraft) -> tuple[str, ...]:
    """The cuts as chosen, as a spec names them."""
    columns = [f"{COLUMN}{name}" for name in data.further or ()]
    # Other data have other columns, so they have a field of their own.
    chosen = st.multiselect(
        "Parts of the texts with figures of their own",
        [*_TITLES, *columns],
        default=[AUTO],
        format_func=cut_title,
        accept_new_options=True,
        key=f"setup-slices-{data.source}",
        persist_state="session",
        placeholder="None",
        help="Each part of 20 texts or more has its own agreement, flips, reliability and alignment, with "
        "intervals, and a test corrected by Holm. All that the data allows: everything but the answers, and "
        "the first 50 further columns of numbers or of few values. A column that is not listed can be typed "
        "as column:NAME. Nothing chosen: no parts.",
    )
    searches = st.text_area(
        "Text searches, one a line",
        key="setup-searches",
        persist_state="session",
        max_chars=_MOST_CHARACTERS,
        height=90,
        help="Each line makes two parts: the texts that hold it, in small or capital letters, also within a "
        "word; and the others.",
    )
    return cuts_of(chosen, searches)


def cut_title(name: str) -> str:
    """What a cut is called in the list; columns are called as they can be typed."""
    return _TITLES.get(name, name)


def cuts_of(chosen: Sequence[str], searches: str) -> tuple[str, ...]:
    """Names of cuts from what was chosen and from lines of searches, each once; `none` without any."""
    lines = [" ".join(line.split()) for line in searches.splitlines()]
    cuts = [*(name.strip() for name in chosen), *(f"{SEARCH}{line}" for line in lines if line)]
    return tuple(dict.fromkeys(cuts)) or (NONE,)
