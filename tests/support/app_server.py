"""The real app as a process of its own, for tests that need a server or a browser."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

_PATIENCE_S = 90.0


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class AppServer:
    """A web server that runs until the `with` block ends.

    Attributes:
        repository: where app.py is.
        home: its TRUST_HOME.
        environment: further variables; TRUST_START_WORKER is 0 unless given.
        command: what starts it, with `{port}` for the port; None: `streamlit run app.py`.
        folder: where it is started; anywhere will do.
    """

    repository: Path
    home: Path
    environment: dict[str, str]
    command: tuple[str, ...] | None = None
    folder: Path | None = None
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What it has written so far."""
        return (self.home / "web.log").read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()
        app = str(self.repository / "app.py")
        command = self.command or (sys.executable, "-m", "streamlit", "run", app, "--server.port", "{port}")
        variables = {"TRUST_HOME": str(self.home), "TRUST_START_WORKER": "0", **self.environment}
        with (self.home / "web.log").open("ab") as log:
            self.process = subprocess.Popen(
                [part.replace("{port}", str(self.port)) for part in command],
                cwd=self.folder or self.home,
                env={**os.environ, **variables},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + _PATIENCE_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"The app does not answer at {self.url}:\n{self.log}")

    def stop(self) -> None:
        """End it, as a user would with Ctrl-C."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False
