"""A hub on 127.0.0.1: the few routes that huggingface_hub asks for, over models held in folders."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
GOOD_TOKEN = "hf_goodtokengoodtokengoodtoken"


@dataclass
class Hub:
    """What the hub has, and what it was asked.

    Attributes:
        models: id -> folder.
        gated: ids that need a token.
        claimed_bytes: id -> size that the listing claims for each file, in place of the real one.
        status: answer everything with this status instead.
        asked: method and path of each request, in order.
    """

    models: dict[str, Path] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)
    claimed_bytes: dict[str, int] = field(default_factory=dict)
    status: int | None = None
    asked: list[str] = field(default_factory=list)
    endpoint: str = ""

    def fetched(self) -> set[str]:
        """Names of the files whose contents were sent."""
        return {
            entry.split(f"/resolve/{COMMIT}/")[1]
            for entry in self.asked
            if entry.startswith("GET") and "/resolve/" in entry
        }


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, *, body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.asked.append(f"{self.command} {path}")
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        name = next((name for name in self.hub.models if _is_about(path, name)), None)
        if self.hub.status is not None:
            self._fail(self.hub.status, "", "")
        elif token and token != GOOD_TOKEN:
            self._fail(401, "", "Invalid credentials in Authorization header")
        elif name is None:
            self._fail(401 if not token else 404, "RepoNotFound", "Repository not found")
        elif name in self.hub.gated and not token:
            self._fail(401, "GatedRepo", "Access to this model is restricted.")
        elif path.startswith("/api/"):
            self._list_files(name, self.hub.models[name], path)
        else:
            self._send_file(name, self.hub.models[name], path, body=body)

    def _list_files(self, name: str, folder: Path, path: str) -> None:
        revision = path.partition("/revision/")[2] or "main"
        if revision not in ("main", COMMIT):
            self._fail(404, "RevisionNotFound", f"Invalid rev id: {revision}")
            return
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        siblings = [
            {
                "rfilename": str(file.relative_to(folder)),
                "size": self.hub.claimed_bytes.get(name, file.stat().st_size),
                "blobId": hashlib.sha1(file.read_bytes()).hexdigest(),
            }
            for file in files
        ]
        content = {
            "_id": "1",
            "id": name,
            "modelId": name,
            "sha": COMMIT,
            "private": False,
            "siblings": siblings,
            "tags": [],
        }
        self._send(200, json.dumps(content).encode(), {"Content-Type": "application/json"})

    def _send_file(self, name: str, folder: Path, path: str, *, body: bool) -> None:
        _, _, file_name = path.removeprefix(f"/{name}/resolve/").partition("/")
        file = folder / file_name
        if not file.is_file():
            self._fail(404, "EntryNotFound", "Entry not found")
            return
        content = file.read_bytes()
        headers = {
            "ETag": f'"{hashlib.sha1(content).hexdigest()}"',
            "X-Repo-Commit": COMMIT,
            "Accept-Ranges": "bytes",
        }
        self._send(200, content, headers, body=body)

    def _fail(self, status: int, code: str, message: str) -> None:
        self._send(
            status, b"{}", {"X-Error-Code": code, "X-Error-Message": message}, body=self.command != "HEAD"
        )

    def _send(self, status: int, content: bytes, headers: dict[str, str], *, body: bool = True) -> None:
        self.send_response(status)
        for key, value in headers.items():
            if value:
                self.send_header(key, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)


def _is_about(path: str, name: str) -> bool:
    return path == f"/api/models/{name}" or path.startswith((f"/api/models/{name}/", f"/{name}/resolve/"))


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Serve the hub for the length of a `with` block."""
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    hub.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def black_hole() -> Iterator[str]:
    """The address of a port that takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def closed_port() -> str:
    """An address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
