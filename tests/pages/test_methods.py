"""The page Methods."""

from pathlib import Path

import pytest

from tests.support.ui_runs import app_on, said
from trust_core.domain.catalogue import CATALOGUE

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("home")]


def test_one_status_with_two_names_is_said_to_be_one(repository: Path) -> None:
    """Whoever reads both "inconclusive" and "not settled" learns that they are the same."""
    words = said(app_on("methods", repository, run=""))
    assert "**Inconclusive** and **not settled** are one status" in words


def test_every_measure_is_explained(repository: Path) -> None:
    """Title, meaning and source of every measure of the catalogue are on the page."""
    words = said(app_on("methods", repository, run=""))
    for entry in CATALOGUE.values():
        assert entry.title in words
        assert entry.meaning in words
        assert entry.source in words


def test_search_leaves_what_mentions_the_words(repository: Path) -> None:
    """A word narrows the list to the measures that mention it."""
    app = app_on("methods", repository, run="")
    app.text_input(key="methods-search").set_value("McNemar").run()
    words = said(app)
    assert CATALOGUE["mcnemar_p"].meaning in words
    assert CATALOGUE["smooth_ece"].meaning not in words


def test_search_without_result_says_so(repository: Path) -> None:
    """Where nothing mentions the word, the page says what to do."""
    app = app_on("methods", repository, run="")
    app.text_input(key="methods-search").set_value("qqqqq").run()
    assert "Try a shorter word" in said(app)
