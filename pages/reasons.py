"""The page "Reasons"."""

from trust_core.ui.reasons.page import page

page()
