"""Files that pages hand out."""

from __future__ import annotations

import pandas as pd
import pytest

from trust_core.ui import downloads


def test_a_spreadsheet_takes_nothing_for_a_formula() -> None:
    """Cells and headings that a spreadsheet would run are defused; signed numbers stay numbers."""
    frame = pd.DataFrame({"=cmd()": ["=1+1", "-0.25", "+3", "-1+2", "@x", "plain"]})
    written = downloads._csv(frame).decode()
    assert written.splitlines() == ["'=cmd()", "'=1+1", "-0.25", "+3", "'-1+2", "'@x", "plain"]


@pytest.mark.parametrize(
    "text, name",
    [
        ("c1 verdict.csv", "c1-verdict.csv"),
        ("../../etc/passwd", "etc-passwd"),
        ("<b>|\u202e.csv", "b-.csv"),
        ("...", "file"),
        ("x" * 500, "x" * 120),
    ],
)
def test_names_of_files_hold_nothing_odd(text: str, name: str) -> None:
    """A name made of users' words is one that every system takes, and leads nowhere."""
    assert downloads.file_name(text) == name
