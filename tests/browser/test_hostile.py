"""Hostile names, labels, texts and files on every page: nothing runs, nothing is fetched, it all fits."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settled
from tests.support.app_server import AppServer
from tests.support.report_samples import HOSTILE
from tests.support.ui_hostile import write_hostile_texts
from tests.support.ui_runs import RUN

MADE = "img[src=x], svg[onload], iframe, a[href*='example.org'], img[src*='example.org']"
"""What hostile text would have become."""


@pytest.fixture(scope="module")
def server(start_server: Callable[..., AppServer], tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    """A server that knows the example and a hostile run."""
    home = tmp_path_factory.mktemp("hostile")
    write_hostile_texts(home)
    return start_server(home=home)


def _harmless(page: Page, width: int) -> None:
    assert page.locator(MADE).count() == 0
    assert page.get_by_test_id("stException").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [390, 1440])
def test_every_page_of_a_hostile_run(server: AppServer, open_page: Callable[..., Page], width: int) -> None:
    """No dialog opens, no element is made of text, and no name makes the page wider than the screen."""
    dialogs: list[str] = []
    page = open_page(f"{server.url}/?run={RUN}", width=width)
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for name in ("", "answers", "reliability", "reasons", "runs", "methods"):
        page.goto(f"{server.url}/{name}?run={RUN}")
        expect(page.locator("h1")).to_be_visible()
        settled(page)
        for opened in page.get_by_test_id("stExpander").locator("summary").all()[:2]:
            opened.click()
        _harmless(page, width)
    assert dialogs == []


def test_a_hostile_file_stays_a_table(server: AppServer, open_page: Callable[..., Page]) -> None:
    """Name, columns and cells of an upload are text in preview, choices and messages."""
    dialogs: list[str] = []
    page = open_page(f"{server.url}/setup", width=390)
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.get_by_test_id("stButtonGroup").get_by_text("Upload", exact=True).click()
    columns = [HOSTILE[0], HOSTILE[1], HOSTILE[3]]
    rows = [columns, *([HOSTILE[at], HOSTILE[at + 1], HOSTILE[5]] for at in range(12))]
    content = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    page.get_by_test_id("stFileUploader").locator("input").set_input_files(
        {
            "name": "<img src=x onerror=alert(1)>[a](https://example.org).csv",
            "mimeType": "text/csv",
            "buffer": content.encode(),
        }
    )
    expect(page.get_by_text("Choose the right column above")).to_be_visible()
    _harmless(page, 390)
    assert dialogs == []
