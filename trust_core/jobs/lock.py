"""Locks that say who is there: they go with the process that holds them, however it ends."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from trust_core.errors import RunError

WORKER = "worker.lock"
"""Held by the worker alone."""

WEB = "web.lock"
"""Shared by all web servers of this home."""


GLANCE_S = 1.0
"""Longer than anybody looks at a lock."""


class Taken(Exception):
    """Another process holds the lock."""


@contextmanager
def held(home: Path, name: str, *, shared: bool = False) -> Iterator[None]:
    """Hold a lock of this home.

    Raises:
        Taken: another process holds it.
        RunError: the folder cannot be written.
    """
    file = acquired(home, name, shared=shared)
    try:
        yield
    finally:
        file.close()


def acquired(home: Path, name: str, *, shared: bool = False) -> IO[bytes]:
    """The open file that holds the lock until it is closed.

    Raises:
        Taken: another process holds it.
        RunError: the folder cannot be written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        file = (home / name).open("ab")
    except OSError as error:
        raise RunError(
            f"{home / name} cannot be written: {error.strerror or error}.",
            remedy="Set TRUST_HOME to a folder that can be written.",
        ) from error
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise Taken(name) from error
    return file


def acquired_soon(home: Path, name: str, *, shared: bool = False) -> IO[bytes]:
    """The same, tried for a moment: somebody may only be looking whether it is held.

    Raises:
        Taken: another process holds it.
        RunError: the folder cannot be written.
    """
    until = time.monotonic() + GLANCE_S
    while True:
        try:
            return acquired(home, name, shared=shared)
        except Taken:
            if time.monotonic() >= until:
                raise
        time.sleep(0.05)


def is_held(home: Path, name: str, *, shared: bool = False) -> bool:
    """Whether a process holds the lock; looking takes it for a moment, so holders try more than once.

    Args:
        home: the folder of TRUST_HOME.
        name: of the lock.
        shared: whether holders share it.
    """
    try:
        with (home / name).open("rb") as file:
            fcntl.flock(file, (fcntl.LOCK_EX if shared else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
