"""The HTML page that a browser loads first."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Final

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from trust_core.ui.navigation import GROUPS, START
from trust_core.ui.places import ASSETS

_INLINE_SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)

_UNUSED_FONT: Final = re.compile(r'<link\s+rel="preload"[^>]*as="font"[^>]*>')


@cache
def document() -> str:
    """Streamlit's own page, with our title and icon, and with the address of the server written into it.

    Without the address the browser tries to find the server below the path of every page first, and logs an
    error for each attempt that fails.
    """
    page = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    page = page.replace("<title>Streamlit</title>", "<title>TrustEq</title>")
    icon = base64.b64encode((ASSETS / "favicon.png").read_bytes()).decode()
    page = page.replace('href="./favicon.png"', f'href="data:image/png;base64,{icon}"')
    page = _UNUSED_FONT.sub("", page)
    server = f"window.__streamlit = {{ BACKEND_BASE_URL: window.location.origin + {json.dumps(_base())} }}"
    return page.replace("<head>", f"<head><script>{server}</script>", 1)


@cache
def script_hashes() -> tuple[str, ...]:
    """The scripts inside the page, as a content security policy names them."""
    return tuple(
        "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"
        for script in _INLINE_SCRIPT.findall(document())
    )


def routes() -> list[Route]:
    """A route for every page of the app: each loads the same document."""
    paths = [entry.file for entries in GROUPS.values() for entry in entries if entry.file != START]
    return [
        Route(_base(), _answer),
        *(Route(f"{_base()}{path}", _answer) for path in paths),
        Route(f"{_base()}{START}", _to_start),
    ]


async def _answer(request: Request) -> Response:
    del request
    return HTMLResponse(document(), headers={"cache-control": "no-cache"})


async def _to_start(request: Request) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{_base()}{query}")


def _base() -> str:
    inner = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{inner}/" if inner else "/"
