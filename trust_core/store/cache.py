"""Results that may be needed again, in one SQLite file: small blobs under a hash of all that they depend on.

Losing the cache costs time alone, so whatever is wrong with it is said once and it is left alone.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS results (
    key BLOB PRIMARY KEY,
    content BLOB NOT NULL,
    used REAL NOT NULL
)
"""

_CHECKED = 16
"""Bytes of the checksum before each content."""

KEPT = 0.8
"""Share of the largest size that is left when the oldest results go."""

_AT_ONCE = 500
"""Keys in one statement."""


class ResultCache:
    """Results by key; several processes may use the same file.

    Args:
        file: the SQLite file; its folder is made.
        max_bytes: when more is kept, the results that were not used for longest go.
        now: seconds since the epoch.

    Attributes:
        problem: why the cache is not used any more; empty while it is.
    """

    def __init__(self, file: Path, *, max_bytes: int, now: Callable[[], float] = time.time) -> None:
        self.problem = ""
        self._file = file
        self._max_bytes = max_bytes
        self._now = now

    def find(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The results that are there, by key; one that is damaged is removed, so that another can be kept."""
        found: dict[bytes, bytes] = {}
        damaged: list[tuple[bytes, bytes]] = []
        with self._connection() as connection:
            if connection is None:
                return {}
            for start in range(0, len(keys), _AT_ONCE):
                some = keys[start : start + _AT_ONCE]
                marks = ", ".join("?" * len(some))
                rows = connection.execute(
                    # Marks alone are put in.
                    f"SELECT key, content FROM results WHERE key IN ({marks})",  # noqa: S608
                    some,
                )
                for key, kept in rows:
                    content = kept[_CHECKED:]
                    if kept[:_CHECKED] == _checksum(key, content):
                        found[key] = content
                    else:
                        damaged.append((key, kept))
            # As it was read: meanwhile another process may have kept a whole one.
            connection.executemany("DELETE FROM results WHERE key = ? AND content = ?", damaged)
            connection.executemany(
                "UPDATE results SET used = ? WHERE key = ?", [(self._now(), key) for key in found]
            )
        return found

    def keep(self, results: Mapping[bytes, bytes]) -> None:
        """Keep results; one that is there already stays, so that all who ask get the same."""
        with self._connection() as connection:
            if connection is None:
                return
            known = "INSERT INTO results VALUES (?, ?, ?) ON CONFLICT(key) DO UPDATE SET used = excluded.used"
            connection.executemany(
                known,
                [(key, _checksum(key, content) + content, self._now()) for key, content in results.items()],
            )
            self._make_room(connection)

    def _make_room(self, connection: sqlite3.Connection) -> None:
        (size,) = connection.execute(
            "SELECT (page_count - freelist_count) * page_size"
            " FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
        ).fetchone()
        if size <= self._max_bytes:
            return
        (count,) = connection.execute("SELECT count(*) FROM results").fetchone()
        gone = count - int(count * KEPT * self._max_bytes / size)
        connection.execute(
            "DELETE FROM results WHERE key IN (SELECT key FROM results ORDER BY used LIMIT ?)", (gone,)
        )

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection | None]:
        """A transaction; None where the cache cannot be used, whose errors end here."""
        connection: sqlite3.Connection | None = None
        try:
            if not self.problem:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                connection = sqlite3.connect(self._file, timeout=10)
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute(_SCHEMA)
        except (sqlite3.Error, OSError) as error:
            self._give_up(error)
            connection = None
        try:
            if connection is None:
                yield None
            else:
                with connection:
                    yield connection
        except sqlite3.Error as error:
            self._give_up(error)
        finally:
            if connection is not None:
                connection.close()

    def _give_up(self, error: Exception) -> None:
        self.problem = (
            f"The cache {self._file} cannot be used and was left alone: {error}. It can be removed."
        )


def _checksum(key: bytes, content: bytes) -> bytes:
    return hashlib.blake2b(key + content, digest_size=_CHECKED).digest()
