"""The frame around every page: navigation, the choice of run and candidate, and what the address says."""

from __future__ import annotations

import streamlit as st

from trust_core.ui import address, state, visitor
from trust_core.ui.navigation import pages
from trust_core.ui.places import ASSETS


def main() -> None:
    """Run the script of one visit: frame, then the page."""
    st.set_page_config(
        page_title="TrustEq",
        page_icon=str(ASSETS / "favicon.png"),
        layout="wide",
    )
    st.logo(str(ASSETS / "logo.svg"), size="large")
    if not visitor.signed_in():
        return
    page = st.navigation(pages())
    address.fields()
    state.choose()
    with st.sidebar:
        visitor.sign_out_button()
    page.run()
