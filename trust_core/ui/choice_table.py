"""A table whose rows can be chosen, such as texts that are opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

FLIPS: Final = {
    "negative": "right became wrong",
    "positive": "wrong became right",
    "changed": "another answer",
    "none": "same answer",
}
"""What the values of a column `flip` mean."""


def choice_table(
    frame: pd.DataFrame,
    *,
    ids: Sequence[str],
    key: str,
    choose: Callable[[str], object],
    undo: Callable[[], object] | None = None,
    **layout: Any,
) -> None:
    """A table of which one row can be chosen.

    Args:
        frame: what is shown.
        ids: what each row is called, in the order of the rows.
        key: unique on the page; a choice is a position, so other rows need another key.
        choose: called with the id of the chosen row, in a callback.
        undo: called when the choice is taken back, likewise.
        layout: height and columns, as `st.dataframe` has them.
    """

    def chose() -> None:
        picked = st.session_state[key]["selection"]["rows"]
        if picked and picked[0] < len(ids):
            choose(ids[picked[0]])
        elif undo is not None:
            undo()

    st.dataframe(frame, hide_index=True, key=key, on_select=chose, selection_mode="single-row", **layout)
