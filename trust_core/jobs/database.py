"""The SQLite file that holds all jobs: the one truth about them."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trust_core.errors import RunError

BUSY_S = 10.0
"""So long a transaction waits for another process to finish its own."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    private INTEGER NOT NULL,
    spec TEXT NOT NULL,
    state TEXT NOT NULL,
    rank INTEGER NOT NULL,
    created REAL NOT NULL,
    started REAL,
    finished REAL,
    attempt INTEGER NOT NULL DEFAULT 0,
    interruptions INTEGER NOT NULL DEFAULT 0,
    cancel INTEGER NOT NULL DEFAULT 0,
    phase TEXT NOT NULL DEFAULT '',
    done INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    unit TEXT NOT NULL DEFAULT '',
    rate REAL,
    eta_s REAL,
    message TEXT NOT NULL DEFAULT '',
    log_tail TEXT NOT NULL DEFAULT '',
    device TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS jobs_in_order ON jobs (state, rank);
CREATE INDEX IF NOT EXISTS jobs_of_owner ON jobs (owner, state);
CREATE TABLE IF NOT EXISTS worker (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    pid INTEGER NOT NULL,
    started REAL NOT NULL,
    heartbeat REAL NOT NULL,
    device TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL DEFAULT '',
    free_bytes INTEGER,
    total_bytes INTEGER,
    precision TEXT NOT NULL DEFAULT '',
    backend TEXT NOT NULL DEFAULT '',
    threads INTEGER,
    job TEXT NOT NULL DEFAULT '',
    message TEXT NOT NULL DEFAULT ''
);
PRAGMA user_version = 1;
"""


class Database:
    """The file `home/jobs.sqlite`; every use opens it anew, so that no process holds it for long.

    Args:
        home: the folder of TRUST_HOME.
        busy_s: how long a transaction waits for those of other processes.
    """

    def __init__(self, home: Path, *, busy_s: float = BUSY_S) -> None:
        self.file = home / "jobs.sqlite"
        self._busy_s = busy_s

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for one look.

        Raises:
            RunError: the file is locked for too long, damaged, or cannot be opened.
        """
        with self._opened() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection inside a transaction that no other writer gets into: all of it happens, or nothing.

        Raises:
            RunError: as above, or the disk is full.
        """
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.file, timeout=self._busy_s, isolation_level=None)
            try:
                connection.row_factory = sqlite3.Row
                if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
                    self._prepare(connection)
                yield connection
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as error:
            raise self._refused(error) from error

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make the tables. The first processes of a home may come at once, and one of them does it."""
        with self.file.with_suffix(".lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA)

    def _refused(self, error: sqlite3.Error | OSError) -> RunError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return RunError(
                f"The list of jobs {self.file} was locked by another program for {self._busy_s:g} s.",
                remedy="Nothing is lost: try again. If it lasts, close what has the file open.",
            )
        if code == sqlite3.SQLITE_FULL:
            return RunError(
                f"The list of jobs {self.file} cannot be written: the disk is full.",
                remedy="Nothing is lost: make room and try again.",
            )
        return RunError(
            f"The list of jobs {self.file} cannot be used: {error}.",
            remedy="Set TRUST_HOME to a folder that can be written, with room on its disk.",
        )
