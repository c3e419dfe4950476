"""The page Reasons."""

from __future__ import annotations

from trust_core.ui import state
from trust_core.ui.run_view import RunView


def page() -> None:
    """Show the page."""
    state.page_frame("Reasons", _body, intro="Whether both models answer for the same reasons.")


def _body(view: RunView, candidate: str) -> None:
    del view, candidate
