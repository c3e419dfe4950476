"""What a page says when there is nothing, not all, or something wrong to show; text of others as text."""

from __future__ import annotations

import re

import streamlit as st

from trust_core.errors import TrustError
from trust_core.ui.places import PAGES
from trust_core.ui.run_view import RunView

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:^=&\"'])")

_ADDRESS = re.compile(r"(?:https?|ftp|mailto|xmpp)(?=:)|www(?=\.)|@", re.IGNORECASE)


def escape_markdown(text: str) -> str:
    """Text of others (a model's, a class's, a column's name) that may stand inside Markdown, on one line."""
    line = "".join(c if c.isprintable() or c == "\u00a0" else " " for c in text)
    # Addresses become links after backslashes are read: a joiner that nobody sees takes them apart.
    line = _ADDRESS.sub(lambda found: f"{found.group()}\u2060", line)
    return _MARKDOWN.sub(r"\\\1", line)


def user_text(text: str) -> None:
    """Show text of others as it is: no Markdown, no HTML, no formula."""
    st.text(text)


def nothing_yet(what: str) -> None:
    """Say that there is nothing to show, and what to do."""
    with st.container(border=True, key="nothing-yet"):
        st.markdown(f"**{what}**")
        with st.container(horizontal=True):
            st.page_link(PAGES / "setup.py", label="New comparison", icon=":material/add_circle:")
            st.page_link(PAGES / "runs.py", label="All runs", icon=":material/list:")


def failed(error: TrustError) -> None:
    """Say what is wrong, what is allowed and what to do."""
    with st.container(border=True, key="failed"):
        st.error("This cannot be shown.")
        user_text(str(error))


def refusal(said: str) -> None:
    """Say why something was not done; the text may hold names of others."""
    st.error("That was not done.")
    user_text(said)


def partial_note(view: RunView) -> None:
    """Say that the results are not all there yet."""
    if view.partial:
        data = view.report.resolved.data
        st.info(
            f"Partial results: {data.predicted:,} texts predicted, {data.explained:,} explained so far. "
            "Figures move until the run ends.",
            icon=":material/hourglass_top:",
        )
