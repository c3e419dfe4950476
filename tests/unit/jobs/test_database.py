"""The file behind the queue: locked, full, damaged, and opened by many at once."""

import sqlite3
import threading
from pathlib import Path

import pytest

from tests.support.jobs_home import queue_of, spec_of
from trust_core.errors import RunError
from trust_core.jobs.database import Database


def test_a_locked_table_is_said_and_loses_nothing(tmp_path: Path) -> None:
    """While another program holds the table, a change is refused with a reason; later it goes through."""
    queue = queue_of(tmp_path)
    queue._database = Database(tmp_path, busy_s=0.05)
    queue.submit(spec_of(1), owner="", name="one")
    other = sqlite3.connect(tmp_path / "jobs.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(RunError, match="locked by another program") as refused:
        queue.submit(spec_of(2), owner="", name="two")
    assert "Nothing is lost" in str(refused.value)
    assert len(queue.jobs()) == 1
    other.execute("ROLLBACK")
    other.close()
    queue.submit(spec_of(2), owner="", name="two")
    assert len(queue.jobs()) == 2


def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    """Where the file cannot grow, the change is refused with a reason, and what was there stays."""
    queue = queue_of(tmp_path)
    queue.submit(spec_of(1), owner="", name="one")

    def write_more_than_fits() -> None:
        with Database(tmp_path).writing() as table:
            pages = table.execute("PRAGMA page_count").fetchone()[0]
            table.execute(f"PRAGMA max_page_count = {pages}")
            table.execute("UPDATE jobs SET log_tail = ?", ("x" * 1_000_000,))

    with pytest.raises(RunError, match="disk is full"):
        write_more_than_fits()
    assert queue.jobs()[0].log_tail == ""


def test_a_damaged_table_is_said(tmp_path: Path) -> None:
    """A file that is no table is named, with what to do."""
    (tmp_path / "jobs.sqlite").write_bytes(b"something else" * 100)
    with pytest.raises(RunError, match="TRUST_HOME"):
        queue_of(tmp_path).jobs()


def test_many_may_come_first(tmp_path: Path) -> None:
    """A home is made once, however many processes and threads want it at the same moment."""
    failed: list[Exception] = []

    def use() -> None:
        try:
            with Database(tmp_path).reading() as table:
                table.execute("SELECT * FROM jobs").fetchall()
        except RunError as error:
            failed.append(error)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_an_error_inside_takes_everything_back(tmp_path: Path) -> None:
    """A change that breaks off in the middle leaves nothing behind."""
    database = Database(tmp_path)

    def break_off() -> None:
        with database.writing() as table:
            table.execute("INSERT INTO worker (one, pid, started, heartbeat) VALUES (1, 2, 3, 4)")
            raise KeyError

    with pytest.raises(KeyError):
        break_off()
    with database.reading() as table:
        assert table.execute("SELECT COUNT(*) FROM worker").fetchone()[0] == 0
