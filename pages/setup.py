"""The page "Set-up"."""

from trust_core.ui.setup import page

page()
