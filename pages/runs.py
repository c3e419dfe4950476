"""The page "Runs"."""

from trust_core.ui.runs import page

page()
