"""The page Reliability."""

from __future__ import annotations

from trust_core.ui import state
from trust_core.ui.run_view import RunView


def page() -> None:
    """Show the page."""
    state.page_frame(
        "Reliability", _body, intro="Whether the candidate's confidence is worth as much as the reference's."
    )


def _body(view: RunView, candidate: str) -> None:
    del view, candidate
