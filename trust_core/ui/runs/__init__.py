"""The page "Runs"."""

from trust_core.ui.runs.page import page

__all__ = ["page"]
