"""Times in words."""

from __future__ import annotations

import pytest

from trust_core.export.figure_text import duration


@pytest.mark.parametrize(
    "seconds, words",
    [
        (0.2, "1 s"),
        (89.0, "89 s"),
        (91.0, "2 min"),
        (5000.0, "83 min"),
        (5400.0, "1 h 30 min"),
        (7500.0, "2 h 05 min"),
    ],
)
def test_times_are_said_as_people_say_them(seconds: float, words: str) -> None:
    """Seconds up to a minute and a half, minutes up to an hour and a half, then hours."""
    assert duration(seconds) == words
