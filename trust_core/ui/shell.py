"""The frame around every page: navigation, the choice of run and candidate, and what the address says."""

from __future__ import annotations

import streamlit as st

from trust_core.ui import address, state
from trust_core.ui.places import ASSETS, PAGES


def main() -> None:
    """Run the script of one visit: frame, then the page."""
    st.set_page_config(
        page_title="TrustEq",
        page_icon=str(ASSETS / "favicon.png"),
        layout="wide",
    )
    page = st.navigation(_pages())
    address.fields()
    state.choose()
    page.run()


def _pages() -> dict[str, list[st.Page]]:
    return {
        "": [st.Page(PAGES / "verdict.py", title="Verdict", default=True, url_path="verdict")],
        "Look closer": [
            st.Page(PAGES / "answers.py", title="Answers"),
            st.Page(PAGES / "reliability.py", title="Reliability"),
            st.Page(PAGES / "reasons.py", title="Reasons"),
            st.Page(PAGES / "inspector.py", title="Text inspector"),
        ],
        "Work": [
            st.Page(PAGES / "setup.py", title="New comparison"),
            st.Page(PAGES / "runs.py", title="Runs"),
            st.Page(PAGES / "methods.py", title="Methods"),
        ],
    }
