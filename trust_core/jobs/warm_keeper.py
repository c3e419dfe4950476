"""The worker's side of the warm process: started when somebody asks, and again when it has ended."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from trust_core.errors import RunError, Unavailable
from trust_core.jobs.process import Child, last_lines
from trust_core.jobs.sockets import listening, ready_file, refuse_waiting, socket_file


class WarmKeeper:
    """Keeps the socket open as long as the worker lives, and a process behind it while there are requests.

    Args:
        home: the folder of TRUST_HOME.
        child: starts a process of this program with these arguments, this log and this open file.
    """

    def __init__(self, home: Path, child: Callable[[Sequence[str], Path, int], Child]) -> None:
        self._home = home
        self._start_child = child
        self._log = home / "jobs" / "warm.log"
        self._listener: socket.socket | None = None
        self._child: Child | None = None

    def open(self) -> None:
        """Begin to listen.

        Raises:
            RunError: the socket cannot be made.
        """
        self._listener = listening(self._home)

    @property
    def waiting_on(self) -> list[socket.socket]:
        """What becomes readable when somebody asks and no process is there to answer."""
        if self._listener is None or (self._child is not None and self._child.poll() is None):
            return []
        return [self._listener]

    @property
    def working(self) -> bool:
        """Whether the process is there."""
        return self._child is not None and self._child.poll() is None

    def look(self) -> None:
        """See whether the process has ended; whoever waits for one that never came up is told."""
        if self._child is None or (code := self._child.poll()) is None:
            return
        self._child.close()
        self._child = None
        # One that had come up answers those who wait now when it is started again.
        if code != 0 and not ready_file(self._home).exists():
            self._refuse(Unavailable(f"The process that answers edits ended: {self._last_words(code)}"))

    def start(self) -> None:
        """Start the process for somebody who waits."""
        if self._listener is None or self._child is not None:
            return
        try:
            number = self._listener.fileno()
            ready_file(self._home).unlink(missing_ok=True)
            self._child = self._start_child(("warm", str(number)), self._log, number)
        except (RunError, OSError) as error:
            self._refuse(Unavailable(f"The process that answers edits cannot be started: {error}"))

    def close(self) -> None:
        """End the process and stop listening."""
        if self._child is not None:
            self._child.close()
            self._child = None
        if self._listener is not None:
            self._refuse(Unavailable("The worker is being stopped.", remedy="Try again when it is back."))
            self._listener.close()
            with suppress(OSError):
                socket_file(self._home).unlink()

    def _refuse(self, error: Unavailable) -> None:
        if self._listener is not None:
            refuse_waiting(self._listener, error)

    def _last_words(self, code: int) -> str:
        if code < 0:
            return f"signal {-code}, most likely for want of memory."
        lines = [line for line in last_lines(self._log).splitlines() if line.strip()]
        return lines[-1][:300] if lines else f"code {code}."
