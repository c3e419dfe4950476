"""The page "New comparison"."""

from trust_core.ui.setup.page import page

__all__ = ["page"]
