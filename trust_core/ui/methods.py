"""The page Methods."""

from __future__ import annotations

from trust_core.ui import state


def page() -> None:
    """Show the page."""
    state.page_title("Methods", "What each figure means, how it is made, and what it cannot say.")
