"""The page "Reliability"."""

from trust_core.ui.reliability import page

page()
