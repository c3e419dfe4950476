"""The list of all runs of this machine, in one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from trust_core.errors import RunError, nearest

SHORTEST_ID = 4
"""So many letters of a run's id name it."""

RunState = Literal["running", "done", "failed", "interrupted"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    path TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    overall TEXT,
    message TEXT,
    started TEXT NOT NULL,
    changed TEXT NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class RunEntry:
    """One run as the registry knows it; `overall` lists the candidates' verdicts once it is done."""

    path: Path
    fingerprint: str
    name: str
    state: RunState
    overall: str | None
    message: str | None
    started: str
    changed: str

    @property
    def id(self) -> str:
        """What a user types to name the run."""
        return self.fingerprint[:12]


class Registry:
    """The registry in the file `home/runs.sqlite`."""

    def __init__(self, home: Path) -> None:
        self._file = home / "runs.sqlite"

    def record(
        self,
        path: Path,
        *,
        fingerprint: str,
        name: str,
        state: RunState,
        overall: str | None = None,
        message: str | None = None,
    ) -> None:
        """Enter a run, or what has become of it."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._connection() as connection:
            connection.execute(
                "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(path) DO UPDATE SET"
                " fingerprint = excluded.fingerprint, name = excluded.name, state = excluded.state,"
                " overall = excluded.overall, message = excluded.message, changed = excluded.changed",
                (str(path.resolve()), fingerprint, name, state, overall, message, now, now),
            )

    def forget(self, path: Path) -> None:
        """Take a run off the list; its folder is left as it is."""
        if self._file.exists():
            with self._connection() as connection:
                connection.execute("DELETE FROM runs WHERE path = ?", (str(path.resolve()),))

    def runs(self) -> list[RunEntry]:
        """All runs, the newest first."""
        if not self._file.exists():
            return []
        with self._connection() as connection:
            rows = connection.execute("SELECT * FROM runs ORDER BY started DESC, rowid DESC").fetchall()
        return [_entry(row) for row in rows]

    def find(self, name: str) -> RunEntry:
        """The run with this id (or the beginning of one), or in this folder.

        Raises:
            RunError: there is none, or more than one.
        """
        runs = self.runs()
        found = [run for run in runs if run.path == _as_path(name)]
        if not found and len(name) >= SHORTEST_ID:
            found = [run for run in runs if run.fingerprint.startswith(name)]
        if not found:
            known = nearest(name, [run.id for run in runs]) if runs else "No run is registered yet."
            raise RunError(
                f"There is no run {name!r}.",
                allowed=known,
                remedy=f"Give {SHORTEST_ID} letters of its id or more, or its folder; `runs list` shows all.",
            )
        if len(found) > 1:
            paths = ", ".join(str(run.path) for run in found)
            raise RunError(f"{name!r} names {len(found)} runs: {paths}.", remedy="Give the folder instead.")
        return found[0]

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._file, timeout=10)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                with connection:
                    connection.execute(_SCHEMA)
                    yield connection
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as error:
            raise RunError(
                f"The registry of runs {self._file} cannot be used: {error}.",
                remedy="Set TRUST_HOME to a folder that can be written.",
            ) from error


def _as_path(name: str) -> Path | None:
    try:
        return Path(name).expanduser().resolve()
    except (OSError, ValueError, RuntimeError):
        return None


def _entry(row: tuple[Any, ...]) -> RunEntry:
    path, fingerprint, name, state, overall, message, started, changed = row
    return RunEntry(Path(path), fingerprint, name, state, overall, message, started, changed)
