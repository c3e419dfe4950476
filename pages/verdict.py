"""The page "Verdict"."""

from trust_core.ui.verdict import page

page()
