"""The Unix socket between the app and the warm process: one line of JSON there, one back."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from trust_core import errors
from trust_core.errors import RunError, TrustError

LONGEST_LINE = 32 * 1024**2
"""Bytes of a request or an answer."""

_LONGEST_ADDRESS = 100
"""Bytes: an address of a Unix socket holds 108 on Linux and 104 elsewhere."""


def socket_file(home: Path) -> Path:
    """Where the socket of this home lies: in a folder of its own, which its user alone may enter."""
    return home / "warm" / "warm.sock"


def ready_file(home: Path) -> Path:
    """Where the warm process says that it has come up."""
    return socket_file(home).with_name("ready")


def listening(home: Path) -> socket.socket:
    """The socket that the app speaks to; one that an earlier worker has left is replaced.

    Raises:
        RunError: it cannot be made.
    """
    file = socket_file(home)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.parent.chmod(0o700)
        file.unlink(missing_ok=True)
        with _address(file) as address:
            listener.bind(address)
        file.chmod(0o600)
        listener.listen(64)
    except OSError as error:
        listener.close()
        raise RunError(f"The socket {file} cannot be made: {error.strerror or error}.") from error
    return listener


@contextmanager
def connected(home: Path, *, timeout_s: float) -> Iterator[socket.socket]:
    """A connection to whoever listens.

    Raises:
        OSError: nobody does.
    """
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection,
        _address(socket_file(home)) as address,
    ):
        connection.settimeout(timeout_s)
        connection.connect(address)
        yield connection


@contextmanager
def _address(file: Path) -> Iterator[str]:
    """The file's name in a form that fits into a socket's address."""
    name = str(file)
    if len(os.fsencode(name)) <= _LONGEST_ADDRESS:
        yield name
        return
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{file.name}"
    finally:
        os.close(folder)


def write_line(connection: socket.socket, content: dict[str, Any]) -> None:
    """Send one message."""
    connection.sendall(json.dumps(content).encode() + b"\n")


def read_line(connection: socket.socket) -> dict[str, Any] | None:
    """Receive one message; None where the other side has gone.

    Raises:
        ValueError: it is no message.
    """
    received = bytearray()
    while not received.endswith(b"\n"):
        part = connection.recv(65536)
        if not part:
            return None
        received += part
        if len(received) > LONGEST_LINE:
            raise ValueError(f"a message has more than {LONGEST_LINE:,} bytes")
    content = json.loads(received)
    if not isinstance(content, dict):
        raise ValueError("a message is no mapping")
    return content


def error_to_wire(error: TrustError) -> dict[str, str]:
    """An error as JSON: the nearest kind that is made of its three sentences alone."""
    plain = next(kind for kind in type(error).__mro__ if kind.__init__ is TrustError.__init__)  # type: ignore[misc]
    return {
        "kind": plain.__name__,
        "problem": error.problem,
        "allowed": error.allowed,
        "remedy": error.remedy,
    }


def error_from_wire(wire: dict[str, str]) -> TrustError:
    """An error from JSON."""
    kind = getattr(errors, wire.get("kind", ""), None)
    if not (isinstance(kind, type) and issubclass(kind, TrustError) and kind.__init__ is TrustError.__init__):
        kind = TrustError
    return kind(wire.get("problem", ""), allowed=wire.get("allowed", ""), remedy=wire.get("remedy", ""))


def refuse_waiting(listener: socket.socket, error: TrustError) -> None:
    """Answer whoever waits in front of a listener now with an error."""
    listener.setblocking(False)
    waiting = []
    with suppress(OSError):
        while True:
            waiting.append(listener.accept()[0])
    # All of them first: whoever asks again upon the answer is to meet the next process.
    for connection in waiting:
        # Whoever has gone in the meantime needs no answer.
        with suppress(OSError), connection:
            write_line(connection, {"error": error_to_wire(error)})
