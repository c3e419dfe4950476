"""A real server and a real browser: what the tests of journeys through the app have in common.

Without Chromium the tests are skipped, unless CI or TRUST_TEST_BROWSER=1 says that they must run.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.app_server import AppServer

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
)

# On two busy cores a page may take its time; a page that never comes is the same failure, only later.
expect.set_options(timeout=45_000)

_waits = count()
_SETTLED = """wait => {
  const now = performance.now();
  const ready = document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    && !document.querySelector('[data-testid="stSkeleton"], [data-testid="stAppSkeleton"]');
  if (window.settling?.wait !== wait || !ready) window.settling = {wait, since: now};
  return Boolean(ready) && now - window.settling.since > 300;
}"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser, and takes its time."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


@dataclass
class Watch:
    """What a page must not do, as far as it has done it."""

    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def on(self, page: Page) -> None:
        """Look at this page from now on."""
        page.on("console", lambda message: self._said(message.type, message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.context.on("request", lambda request: self._asked(request.url))

    def check(self) -> None:
        """Fail if anything was logged as an error, or asked of another host."""
        assert self.errors == [], "the browser's console holds errors"
        assert self.foreign == [], "the page asked another host"

    def _said(self, kind: str, text: str) -> None:
        if kind == "error":
            self.errors.append(text)

    def _asked(self, url: str) -> None:
        if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).hostname != "127.0.0.1":
            self.foreign.append(url)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        why = "no Chromium on this machine: apt-get install chromium"
        if os.environ.get("CI") or os.environ.get("TRUST_TEST_BROWSER") == "1":
            pytest.fail(why)
        pytest.skip(why)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def start_server(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., AppServer]]:
    """Starts a server of its own: `start_server(home=None, **variables)`; it ends with the session."""
    with ExitStack() as running:

        def start(home: Path | None = None, **variables: str) -> AppServer:
            place = home or tmp_path_factory.mktemp("home")
            return running.enter_context(AppServer(repository, place, dict(variables)))

        yield start


@pytest.fixture(scope="session")
def server(start_server: Callable[..., AppServer]) -> AppServer:
    """A server without a worker that knows the example alone; all tests that change nothing share it."""
    return start_server()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens an address in a browser of its own: `open_page(url, width=1440, height=900, dark=False)`.

    Every error in the console and every request to another host fails the test at its end.
    """
    watch = Watch()
    with ExitStack() as contexts:

        def opened(
            url: str, *, width: int = 1440, height: int = 900, dark: bool = False, **more: Any
        ) -> Page:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
                accept_downloads=True,
                **more,
            )
            contexts.callback(context.close)
            context.set_default_timeout(45_000)
            page = context.new_page()
            watch.on(page)
            page.goto(url)
            settled(page)
            return page

        yield opened
        watch.check()


def settled(page: Page) -> None:
    """Wait until the script has run to its end. While a page polls, wait for its content instead.

    A page looks ready for a moment before its script begins, so it has to look so for a while. A field is
    code that the browser loads when it is first needed; until then a placeholder stands there, and what the
    field would carry from page to page is lost.
    """
    page.wait_for_function(_SETTLED, arg=next(_waits), polling=50)
