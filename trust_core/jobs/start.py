"""The worker that a web server brings along."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from trust_core.jobs import lock
from trust_core.jobs.process import detached


class WorkerStarter:
    """Starts a worker where none runs, and lets it see that somebody wants it.

    Args:
        home: the folder of TRUST_HOME.
        command: what starts a worker.
        environment: of the worker.
        folder: where it starts.
    """

    def __init__(
        self, home: Path, command: tuple[str, ...], *, environment: Mapping[str, str], folder: Path
    ) -> None:
        self._home = home
        self._command = command
        self._environment = environment
        self._folder = folder
        self._presence: IO[bytes] | None = None

    def start_if_free(self) -> bool:
        """Start a worker unless one runs; returns whether it did.

        Two that are started at once do no harm: the second one finds the lock taken and ends.

        Raises:
            RunError: it cannot be started.
        """
        if self._presence is None:
            # A worker that looks has it for a moment only; if not, the next call tries again.
            with suppress(lock.Taken):
                self._presence = lock.acquired_soon(self._home, lock.WEB, shared=True)
        if lock.is_held(self._home, lock.WORKER):
            return False
        detached(
            self._command,
            log=self._home / "jobs" / "worker.log",
            environment={**self._environment, "TRUST_HOME": str(self._home)},
            folder=self._folder,
        )
        return True
