"""The page Answers."""

from __future__ import annotations

from trust_core.ui import state
from trust_core.ui.run_view import RunView


def page() -> None:
    """Show the page."""
    state.page_frame("Answers", _body, intro="Where the two models answer alike, and where they part.")


def _body(view: RunView, candidate: str) -> None:
    del view, candidate
