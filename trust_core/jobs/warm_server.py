"""The warm process: models stay loaded, one request after the other is answered, and it ends when idle."""

from __future__ import annotations

import socket
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trust_core.errors import DeviceFull, OutOfMemory, TrustError, Unavailable
from trust_core.jobs.sockets import error_to_wire, read_line, ready_file, write_line
from trust_core.ports import Clock

IDLE_S = 300.0
"""So long without a request, and the process ends: its models' memory is free again."""

BUSY_S = 10.0
"""So long a request waits for those before it."""

Answer = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of request.

    Attributes:
        answer: answers it.
        turn: held while it is answered; kinds that share one are answered one after the other.
    """

    answer: Answer
    turn: threading.Lock


class WarmServer:
    """Answers requests until none has come for a while.

    Args:
        home: the folder of TRUST_HOME.
        listener: where they come in.
        kinds: what can be asked, by name.
        idle_s: how long it stays without a request.
        busy_s: how long a request waits for its turn.
        clock: counts seconds.
    """

    def __init__(
        self,
        home: Path,
        listener: socket.socket,
        kinds: Mapping[str, Kind],
        *,
        idle_s: float = IDLE_S,
        busy_s: float = BUSY_S,
        clock: Clock = time.monotonic,
    ) -> None:
        self._home = home
        self._listener = listener
        self._kinds = kinds
        self._idle_s = idle_s
        self._busy_s = busy_s
        self._clock = clock
        self._open = 0
        self._last = clock()
        self._count = threading.Lock()

    def serve(self) -> None:
        """Answer until idle."""
        ready_file(self._home).touch()
        self._listener.settimeout(min(1.0, self._idle_s))
        while not self._idle():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            connection.setblocking(True)
            with self._count:
                self._open += 1
            threading.Thread(target=self._speak_with, args=(connection,), daemon=True).start()

    def _idle(self) -> bool:
        with self._count:
            return self._open == 0 and self._clock() - self._last > self._idle_s

    def _speak_with(self, connection: socket.socket) -> None:
        try:
            # A client that has gone, or sends nonsense, is left alone.
            with connection, suppress(OSError, ValueError):
                connection.settimeout(self._idle_s)
                while (request := read_line(connection)) is not None:
                    write_line(connection, {"id": request.get("id"), **self._answered(request)})
        finally:
            with self._count:
                self._open -= 1
                self._last = self._clock()

    def _answered(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"answer": self._in_turn(request)}
        except (OutOfMemory, MemoryError, DeviceFull):
            return {"error": error_to_wire(_no_memory())}
        except TrustError as error:
            return {"error": error_to_wire(error)}
        except Exception as error:  # noqa: BLE001 - the border of this process: the client must hear of it
            traceback.print_exc()
            if "out of memory" in str(error).lower():
                return {"error": error_to_wire(_no_memory())}
            told = Unavailable(
                f"This is an error of TrustEq, not of yours ({type(error).__name__}: {error}).",
                remedy="Please report it.",
            )
            return {"error": error_to_wire(told)}

    def _in_turn(self, request: dict[str, Any]) -> dict[str, Any]:
        kind = self._kinds.get(str(request.get("kind")))
        if kind is None:
            raise Unavailable(
                "The worker does not know this request.", remedy="App and worker must be of one version."
            )
        if not kind.turn.acquire(timeout=self._busy_s):
            raise Unavailable(
                f"Another request has been at work for more than {self._busy_s:.0f} s.",
                remedy="Try again in a moment.",
            )
        try:
            return kind.answer(request)
        finally:
            kind.turn.release()


def _no_memory() -> Unavailable:
    return Unavailable(
        "Not enough memory is free for these models, most likely because a job holds it.",
        remedy="Wait until the job has ended, and try again.",
    )
