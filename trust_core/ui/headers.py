"""Headers that every answer of the server carries, and the paths that it does not serve."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import cache
from typing import Any, Final

from trust_core.ui.document import script_hashes

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

BLOCKED: Final = ("/_stcore/metrics", "/_stcore/agent")
"""Figures about the process, and a way to drive the app by HTTP: nobody's business here."""


@cache
def content_security_policy() -> str:
    """What a page may load: files of this server, nothing from anywhere else.

    The scripts inside the document are named by their hashes. Components come as blobs, which only scripts
    that run already can make. Styles are set from scripts throughout, hence 'unsafe-inline'.
    """
    rules = {
        "default-src": "'self'",
        "script-src": " ".join(("'self'", *script_hashes(), "blob:")),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' data: blob:",
        "media-src": "'self' blob:",
        "worker-src": "'self' blob:",
        "frame-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class SecurityHeaders:
    """Adds the headers and refuses what is not served; innermost it calls the app.

    Args:
        app: what answers.
    """

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*_without_ours(message.get("headers", ())), *_headers()]
            await send(message)

        if (
            any(scope["path"].rstrip("/").endswith(path) for path in BLOCKED)
            or "/_stcore/agent/" in scope["path"]
        ):
            await with_headers({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b"Not found"})
            return
        await self._app(scope, receive, with_headers)


@cache
def _headers() -> tuple[tuple[bytes, bytes], ...]:
    values = {
        "content-security-policy": content_security_policy(),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "x-frame-options": "DENY",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "cross-origin-opener-policy": "same-origin",
    }
    return tuple((name.encode(), value.encode()) for name, value in values.items())


def _without_ours(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    ours = {name for name, _ in _headers()}
    return [(name, value) for name, value in headers if name.lower() not in ours]
