"""What the server puts around every answer, and the document that a browser loads first."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from typing import Any

import pytest
from starlette.requests import Request

from trust_core.ui import document
from trust_core.ui.headers import SecurityHeaders, content_security_policy


async def answering(scope: Any, receive: Any, send: Any) -> None:
    """An app that answers everything, and has a policy of its own."""
    headers = [(b"content-type", b"text/plain"), (b"Content-Security-Policy", b"default-src *")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"content"})


def asked(path: str, kind: str = "http") -> list[dict[str, Any]]:
    """What the server says when it is asked for a path."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    asyncio.run(SecurityHeaders(answering)({"type": kind, "path": path}, receive, send))
    return sent


def test_ours_is_the_only_policy() -> None:
    """An answer keeps its headers, but for those that say what the page may do."""
    start, body = asked("/reasons")
    names = [name.lower() for name, _ in start["headers"]]
    assert names.count(b"content-security-policy") == 1
    assert dict(start["headers"])[b"content-security-policy"] == content_security_policy().encode()
    assert b"content-type" in names
    assert body["body"] == b"content"


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/metrics/",
        "//_stcore/metrics",
        "/below/_stcore/metrics",
        "/_stcore/agent",
        "/_stcore/agent/interact",
    ],
)
def test_what_is_not_served_does_not_exist(path: str) -> None:
    """The app is not even asked, however the path is written."""
    start, body = asked(path)
    assert start["status"] == 404
    assert body["body"] == b"Not found"
    assert b"content-security-policy" in dict(start["headers"])


def test_other_traffic_passes() -> None:
    """Connections that are no requests for a page go through untouched."""
    start, _ = asked("/_stcore/stream", kind="websocket")
    assert dict(start["headers"])[b"Content-Security-Policy"] == b"default-src *"


def test_the_policy_knows_every_script_inside_the_document() -> None:
    """Each script that stands in the document may run, and no other one that stands in a page."""
    scripts = re.findall(r"<script>(.*?)</script>", document.document(), re.DOTALL)
    assert len(scripts) >= 2
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in content_security_policy()
    assert "unsafe-inline" not in content_security_policy().split("script-src")[1].split(";")[0]


def test_the_document_names_the_server_before_anything_else() -> None:
    """The address of the server stands before the first script that asks for it; title and icon are ours."""
    page = document.document()
    assert page.index("BACKEND_BASE_URL") < page.index('type="module"')
    assert "<title>TrustEq</title>" in page
    assert 'rel="shortcut icon" href="data:image/png;base64,' in page


def test_the_start_page_has_one_address() -> None:
    """Its own path leads to the root, and what the address says goes along."""
    by_path = {route.path: route for route in document.routes()}
    request = Request({"type": "http", "path": "/verdict", "query_string": b"run=abc", "headers": []})
    moved = asyncio.run(by_path["/verdict"].endpoint(request))
    assert moved.headers["location"] == "/?run=abc"
    shown = asyncio.run(by_path["/reasons"].endpoint(request))
    assert shown.body.decode() == document.document()
    assert shown.headers["cache-control"] == "no-cache"
