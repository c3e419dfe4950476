"""The page "Reasons"."""

from trust_core.ui.reasons import page

page()
