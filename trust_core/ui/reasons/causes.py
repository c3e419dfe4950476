"""Do the words cause the answers? What the models do with the top words alone, and without them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.measures import Of
from trust_core.domain.report import MeasureRow
from trust_core.report.criteria import explainer_title
from trust_core.ui.compact import brief, small_table, texts_said
from trust_core.ui.measure_card import help_text
from trust_core.ui.messages import escape_markdown

_WORDS: Final = ("words", "order")
"""Settings that say whose words were tried."""

_ROWS: Final[tuple[tuple[str, Of, str | None, str], ...]] = (
    ("keep_rate", "reference", "its own", "Answer kept: reference, its own words alone"),
    ("keep_rate", "candidate", "its own", "Answer kept: candidate, its own words alone"),
    ("keep_rate", "pair", "the reference's", "Answer kept: candidate, the reference's words alone"),
    ("keep_rate", "candidate", "random", "Answer kept: candidate, random words alone"),
    ("cross_deletion", "pair", None, "Cross-deletion"),
    ("cross_deletion_chance", "pair", None, "– with random words"),
    ("normalised_aopc", "reference", "its own", "Normalised AOPC: reference"),
    ("normalised_aopc", "candidate", "its own", "Normalised AOPC: candidate"),
    ("normalised_aopc", "pair", "the reference's", "Normalised AOPC: candidate, the reference's order"),
)
"""Key, whose figure, whose words, and what the row is called."""


def causes_section(rows: Sequence[MeasureRow]) -> None:
    """The figures by explainer, with what they mean; nothing where none was tried."""
    known = [row for row in rows if row.key in {key for key, _, _, _ in _ROWS}]
    if not known:
        return
    st.subheader("Do these words make the answers?", anchor=False)
    small_table(causes_frame(known), alt="What the top words do to the answers of both models")
    counts = texts_said(row.n for row in known)
    st.caption(
        f"95 % intervals{f', {counts}' if counts else ''}. Explanations are tried out on the models: with "
        "the top words alone, and without them. None of these figures votes."
    )
    with st.popover("What these figures mean"):
        for key in dict.fromkeys(row.key for row in known):
            st.markdown(f"**{escape_markdown(CATALOGUE[key].title)}**")
            st.markdown(help_text(key))


def causes_frame(rows: Sequence[MeasureRow]) -> pd.DataFrame:
    """One row a figure, one column an explainer; figures that no explainer has are left out."""
    cells = {(row.key, row.of, _whose(row), row.explainer): row for row in rows}
    explainers = list(dict.fromkeys(row.explainer for row in rows))
    return pd.DataFrame(
        [
            {
                "Tried out": title,
                **{explainer_title(one or ""): brief(cells.get((key, of, whose, one))) for one in explainers},
            }
            for key, of, whose, title in _ROWS
            if any((key, of, whose, one) in cells for one in explainers)
        ]
    )


def _whose(row: MeasureRow) -> str | None:
    """Whose words were tried."""
    return next((str(row.settings[name]) for name in _WORDS if name in row.settings), None)
