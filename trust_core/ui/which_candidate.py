"""Which of several candidates to take: the part of the page Verdict about all of them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from trust_core.export.choice_text import CORRECTION, choice
from trust_core.ui.compact import small_table
from trust_core.ui.messages import escape_markdown
from trust_core.ui.run_view import RunView


def which_candidate(view: RunView) -> None:
    """The cheapest candidate inside all margins, and every candidate's p-values."""
    found = choice(view.report)
    if found is None:
        return
    st.subheader("Which candidate?", anchor=False)
    for sentence in found.sentences:
        st.markdown(f"- {escape_markdown(sentence)}")
    frame = pd.DataFrame(
        [
            {
                "Candidate": row.name,
                "All candidates counted": row.standing,
                "p": row.p,
                "p, corrected": row.p_adjusted,
                **dict(zip(found.costs, row.costs, strict=True)),
            }
            for row in found.rows
        ]
    )
    small_table(frame, alt="All candidates with their p-values and costs")
    st.caption(escape_markdown(CORRECTION))
