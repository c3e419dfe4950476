"""What a name from outside may do to a terminal: nothing."""

from __future__ import annotations

import pytest

from trust_core.cli.terminal import complain, say


def test_control_characters_are_shown_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    """An escape sequence in a file name reaches neither output; line breaks of our own stay."""
    say(["a\x1b[31mred.csv"])
    complain("There is no file a\x1b[31mred.csv.\nCheck the path.\u202e")
    shown = capsys.readouterr()
    assert "\x1b" not in shown.out + shown.err
    assert "\u202e" not in shown.err
    assert shown.out == "a\ufffd[31mred.csv\n"
    assert shown.err.count("\n") == 2
