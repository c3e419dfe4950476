"""The page "Methods"."""

from trust_core.ui.methods import page

page()
