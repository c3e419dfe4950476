"""The frame of the app in a real browser: addresses, navigation, themes, and what the server answers."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settled
from tests.support.app_server import AppServer
from tests.support.ui_runs import RUN, write_run

PAGES = {
    "": "Verdict",
    "answers": "Answers",
    "reliability": "Reliability",
    "reasons": "Reasons",
    "inspector": "Text inspector",
    "setup": "New comparison",
    "runs": "Runs",
    "methods": "Methods",
}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_by_its_address(
    server: AppServer, open_page: Callable[..., Page], path: str
) -> None:
    """A link to a page leads there with the sidebar around it, and nothing fails on the way."""
    page = open_page(f"{server.url}/{path}")
    assert page.inner_text("h1") == PAGES[path]
    assert page.get_by_test_id("stSidebarNav").get_by_text("Reliability").count() == 1
    assert page.get_by_test_id("stException").count() == 0


def test_a_deep_link_is_the_first_request_of_a_server(
    start_server: Callable[..., AppServer], open_page: Callable[..., Page]
) -> None:
    """Right after a start, before anybody has opened the root, a page below it works."""
    page = open_page(f"{start_server().url}/reliability")
    assert page.inner_text("h1") == "Reliability"
    assert page.get_by_test_id("stSidebarNav").count() == 1


def test_the_address_keeps_the_run_over_navigation_reload_and_back(
    start_server: Callable[..., AppServer], open_page: Callable[..., Page], tmp_path: Path
) -> None:
    """The run in the address outlives every way of moving about, and is what the sidebar shows."""
    write_run(tmp_path)
    server = start_server(home=tmp_path)
    page = open_page(f"{server.url}/reasons?run={RUN}")
    page.get_by_role("link", name="Methods").click()
    page.wait_for_url("**/methods*")
    assert f"run={RUN}" in page.url
    page.reload()
    settled(page)
    assert f"run={RUN}" in page.url
    page.go_back()
    page.wait_for_url("**/reasons*")
    assert f"run={RUN}" in page.url
    assert "sample" in page.get_by_test_id("stSidebar").get_by_role("combobox").first.input_value()


def test_a_run_that_does_not_exist_falls_back_to_the_example(
    server: AppServer, open_page: Callable[..., Page]
) -> None:
    """An address with an id that nobody knows shows the example, and says so instead of passing it off."""
    page = open_page(f"{server.url}/reasons?run=%3Cscript%3Ealert(1)%3C/script%3E&candidate=nobody")
    assert page.inner_text("h1") == "Reasons"
    assert page.get_by_test_id("stSidebar").get_by_role("combobox").first.input_value() == "Example"
    warning = page.get_by_text(
        "The run that the address names is not here, or not yours. The example is shown."
    )
    expect(warning).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
def test_the_theme_follows_the_browser(server: AppServer, open_page: Callable[..., Page], dark: bool) -> None:
    """Who prefers a dark screen gets one."""
    page = open_page(f"{server.url}/methods", dark=dark)
    colour = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    assert (colour == "rgb(18, 22, 31)") is dark


@pytest.mark.parametrize("path", ["/", "/reasons", "/_stcore/health", "/_stcore/metrics", "/nowhere"])
def test_every_answer_carries_the_security_headers(server: AppServer, path: str) -> None:
    """Whatever is asked for, the browser is told to load nothing from elsewhere and to be framed nowhere."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", path)
    headers = connection.getresponse().headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/openapi.json"])
def test_what_is_nobodys_business_is_not_served(server: AppServer, path: str) -> None:
    """Figures about the process, and the way to drive the app by HTTP, do not exist."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", path)
    assert connection.getresponse().status == 404


@pytest.mark.parametrize("host, status", [("127.0.0.1", 101), ("localhost", 101), ("elsewhere.example", 403)])
def test_a_name_from_elsewhere_gets_no_connection(server: AppServer, host: str, status: int) -> None:
    """A page that lets its own name point to this machine cannot talk to the app."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    headers = {
        "Host": f"{host}:{server.port}",
        "Origin": f"http://{host}:{server.port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": "streamlit",
    }
    connection.request("GET", "/_stcore/stream", headers=headers)
    assert connection.getresponse().status == status
