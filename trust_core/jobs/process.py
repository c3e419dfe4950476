"""Child processes: each in a group of its own, ended with its parent, and spoken of in plain words."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from trust_core.errors import RunError
from trust_core.ports import Clock

LIFELINE = "TRUST_LIFELINE"
"""Environment variable: the file descriptor whose end says that the parent is gone."""

KILLED_S = 5.0
"""So long a process that was killed may take to go."""

_SET_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of Linux."""


class Child:
    """A child process in a group of its own, which holds a lifeline to its parent.

    Args:
        command: the program and its arguments.
        log: where its output goes; it is begun anew.
        environment: of the process.
        folder: where it starts.
        inherited: further file descriptors that it gets.
        clock: counts seconds.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str],
        folder: Path,
        inherited: Sequence[int] = (),
        clock: Clock = time.monotonic,
    ) -> None:
        self._clock = clock
        self._killed_at: float | None = None
        theirs, self._ours = os.pipe()
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("wb") as output:
                self._process = subprocess.Popen(
                    list(command),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env={**environment, LIFELINE: str(theirs)},
                    cwd=folder,
                    pass_fds=(theirs, *inherited),
                    start_new_session=True,
                )
        except OSError as error:
            os.close(self._ours)
            raise RunError(
                f"A process cannot be started: {error.strerror or error}.",
                remedy="Make room in memory and on the disk of TRUST_HOME.",
            ) from error
        finally:
            os.close(theirs)

    @property
    def pid(self) -> int:
        """Its number, which is that of its group."""
        return self._process.pid

    def poll(self) -> int | None:
        """Its exit code once it has ended (negative: the signal that ended it); None while it runs."""
        return self._process.poll()

    def stop(self, *, grace_s: float) -> None:
        """Ask the group to end; called again after `grace_s`, kill it. Returns at once."""
        now = self._clock()
        if self._killed_at is None:
            self._killed_at = now + grace_s
            self._signal(signal.SIGTERM)
        elif now >= self._killed_at:
            self._signal(signal.SIGKILL)

    def close(self) -> None:
        """Take leave of a process: whatever of its group is still there is killed."""
        self._signal(signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(KILLED_S)
        with suppress(OSError):
            os.close(self._ours)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


def end_with_parent(environment: Mapping[str, str]) -> None:
    """In a child: end, with the whole group, as soon as the parent is gone, however that ended."""
    number = environment.get(LIFELINE, "")
    if not number.isdigit():
        return
    if sys.platform.startswith("linux"):
        # At once, even while a library holds the interpreter. The lifeline sees one that went before.
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    threading.Thread(target=_end_with, args=(int(number),), daemon=True, name="lifeline").start()


def _end_with(lifeline: int) -> None:
    with suppress(OSError):
        os.read(lifeline, 1)
    os.killpg(os.getpgid(0), signal.SIGKILL)


def detached(command: Sequence[str], *, log: Path, environment: Mapping[str, str], folder: Path) -> None:
    """Start a process that outlives this one.

    Raises:
        RunError: it cannot be started.
    """
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                cwd=folder,
                start_new_session=True,
            )
    except OSError as error:
        raise RunError(f"A process cannot be started: {error.strerror or error}.") from error
    # Somebody must take note of its end, or it stays in the process table.
    threading.Thread(target=process.wait, daemon=True, name="worker-end").start()


def last_lines(log: Path, *, lines: int = 30, most_bytes: int = 16_000) -> str:
    """The end of a log."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - most_bytes))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def ended_by(number: int) -> str:
    """What a signal that ended a job means for its user."""
    kept = "What is done is kept: resume goes on from there."
    if number == signal.SIGKILL:
        return (
            "The process was killed (signal 9), most likely for want of memory: choose smaller models, fewer"
            f" texts or a smaller batch (batch_tokens), or give the machine more memory. {kept}"
        )
    with suppress(ValueError):
        name = signal.Signals(number).name
        return f"The process was ended from outside by {name} (signal {number}). {kept}"
    return f"The process was ended by signal {number}. {kept}"
