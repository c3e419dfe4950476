"""The page "Answers"."""

from trust_core.ui.answers import page

page()
