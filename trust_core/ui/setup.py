"""The page New comparison."""

from __future__ import annotations

from trust_core.ui import state


def page() -> None:
    """Show the page."""
    state.page_title(
        "New comparison", "Choose a reference, candidates and texts; the run begins when you press Start."
    )
