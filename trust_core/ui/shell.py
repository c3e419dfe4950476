"""The frame around every page: navigation, the choice of run and candidate, and what the address says."""

from __future__ import annotations

from typing import Final

import streamlit as st

from trust_core.ui import address, state, visitor
from trust_core.ui.navigation import pages
from trust_core.ui.places import ASSETS

_STYLE: Final = """
<style>
[data-testid="stMetric"] :is([data-testid="stMetricValue"], [data-testid="stMetricLabel"]) * {
  white-space: normal; overflow: visible
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; animation: none !important } }
</style>
"""
"""Figures wrap on narrow screens, where Streamlit would cut them off; nothing moves for whom it disturbs."""


def main() -> None:
    """Run the script of one visit: frame, then the page."""
    st.set_page_config(
        page_title="TrustEq",
        page_icon=str(ASSETS / "favicon.png"),
        layout="wide",
    )
    st.html(_STYLE)
    st.logo(str(ASSETS / "logo.svg"), size="large")
    if not visitor.signed_in():
        return
    # Before the navigation: whoever clicks there at once would else leave without what the address says.
    address.fields()
    page = st.navigation(pages())
    state.choose()
    with st.sidebar:
        visitor.sign_out_button()
    page.run()
