"""The page Runs."""

from __future__ import annotations

from trust_core.ui import state


def page() -> None:
    """Show the page."""
    state.page_title("Runs", "Every run of this server: open, resume, compare, export.")
