"""Text of others on a page."""

from __future__ import annotations

import pytest

from trust_core.ui.messages import escape_markdown


@pytest.mark.parametrize(
    "text",
    [
        "![x](http://host/x.png)",
        "<img src=x onerror=alert(1)>",
        "$x^2$",
        ":red[word] :smile:",
        "# title",
        "a | b",
    ],
)
def test_every_sign_of_markdown_is_escaped(text: str) -> None:
    """Each sign that Markdown reads stands behind a backslash, so it is a sign and nothing else."""
    escaped = escape_markdown(text)
    for at, sign in enumerate(escaped):
        if sign in "![]()<>=$^:#|*_`{}":
            assert escaped[at - 1] == "\\", (escaped, sign)


def test_what_cannot_be_seen_becomes_a_space() -> None:
    """Line breaks and marks that turn the direction of writing do not act on the page."""
    assert escape_markdown("a\nb\u202ec") == "a b c"


def test_words_that_belong_together_stay_together() -> None:
    """A space that does not break is kept: a figure and its unit stay on one line."""
    assert escape_markdown("5\u00a0points") == "5\u00a0points"
