"""The page "Text inspector"."""

from trust_core.ui.inspector.page import page

page()
