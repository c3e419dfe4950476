"""The page "Reliability"."""

from trust_core.ui.reliability.page import page

page()
