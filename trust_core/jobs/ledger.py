"""What the worker and its children write into the table; every change names the state that it starts from."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from trust_core.errors import without_secrets
from trust_core.jobs.database import Database
from trust_core.jobs.record import Job
from trust_core.jobs.rows import NO_WORKER, TWICE, job_from
from trust_core.ports import Clock

MOST_INTERRUPTIONS = 2
"""A job that was interrupted so often waits for its user: it may be what brings the worker down."""

Ending = Literal["done", "failed", "cancelled", "interrupted"]


class Ledger:
    """The table as the worker and the processes of jobs use it.

    Args:
        home: the folder of TRUST_HOME.
        now: seconds since 1970.
    """

    def __init__(self, home: Path, *, now: Clock = time.time) -> None:
        self._home = home
        self._database = Database(home)
        self._now = now

    def recover(self) -> None:
        """Take up what an earlier worker has left: for the holder of the worker's lock alone.

        Jobs that were running are interrupted. Interrupted ones come first in the queue again, in their old
        order, unless that happened twice.
        """
        with self._database.writing() as table:
            table.execute(
                "UPDATE jobs SET state = 'cancelled', finished = ?, message = 'Cancelled after its worker had"
                " ended.' WHERE state = 'running' AND cancel = 1",
                (self._now(),),
            )
            table.execute(
                "UPDATE jobs SET state = 'interrupted', interruptions = interruptions + 1, finished = ?,"
                " message = ? WHERE state = 'running'",
                (self._now(), NO_WORKER),
            )
            table.execute(
                "UPDATE jobs SET message = ? WHERE state = 'interrupted' AND interruptions >= ?",
                (TWICE, MOST_INTERRUPTIONS),
            )
            table.execute(
                "UPDATE jobs SET state = 'queued', rank = again.rank, finished = NULL FROM"
                " (SELECT id, (SELECT MIN(rank) FROM jobs) - ROW_NUMBER() OVER (ORDER BY rank DESC) AS rank"
                " FROM jobs WHERE state = 'interrupted' AND interruptions < ?) AS again"
                " WHERE jobs.id = again.id",
                (MOST_INTERRUPTIONS,),
            )

    def claim(self) -> Job | None:
        """Take the next job out of the queue; None where none waits."""
        with self._database.reading() as table:
            if table.execute("SELECT 1 FROM jobs WHERE state = 'queued' LIMIT 1").fetchone() is None:
                return None
        with self._database.writing() as table:
            row = table.execute(
                "UPDATE jobs SET state = 'running', attempt = attempt + 1, started = ?, finished = NULL,"
                " cancel = 0, device = COALESCE((SELECT device FROM worker), ''), phase = 'Starting',"
                " done = 0, total = 0, rate = NULL, eta_s = NULL, message = '', log_tail = ''"
                " WHERE state = 'queued' AND id ="
                " (SELECT id FROM jobs WHERE state = 'queued' ORDER BY rank LIMIT 1) RETURNING *",
                (self._now(),),
            ).fetchone()
        return None if row is None else job_from(row, self._home, position=None, worker_alive=True)

    def finish(
        self, job_id: str, state: Ending, *, message: str = "", log_tail: str = "", counts: bool = False
    ) -> None:
        """Write down how a job that ran has ended.

        Args:
            job_id: the job.
            state: what has become of it.
            message: why; empty keeps what its process said itself.
            log_tail: the last lines of its output.
            counts: whether an interruption counts among those after which a job waits for its user.
        """
        with self._database.writing() as table:
            table.execute(
                "UPDATE jobs SET state = ?, finished = ?, message = CASE ? WHEN '' THEN message ELSE ? END,"
                " log_tail = ?, interruptions = interruptions + ?, rate = NULL, eta_s = NULL"
                " WHERE id = ? AND state = 'running'",
                (
                    state,
                    self._now(),
                    message,
                    without_secrets(message),
                    without_secrets(log_tail),
                    int(counts),
                    job_id,
                ),
            )

    def cancel_asked(self, job_id: str) -> bool:
        """Whether somebody wants this job stopped."""
        with self._database.reading() as table:
            row = table.execute("SELECT cancel FROM jobs WHERE id = ?", (job_id,)).fetchone()
        return row is None or bool(row["cancel"])

    def taken(self, job_id: str) -> tuple[str, str] | None:
        """Spec, as JSON, and owner of a job that runs; None for one that does not."""
        with self._database.reading() as table:
            row = table.execute(
                "SELECT spec, owner FROM jobs WHERE id = ? AND state = 'running'", (job_id,)
            ).fetchone()
        return None if row is None else (str(row["spec"]), str(row["owner"]))

    def say(self, job_id: str, message: str) -> None:
        """Keep what the process of a job says of its failure."""
        with self._database.writing() as table:
            table.execute(
                "UPDATE jobs SET message = ? WHERE id = ? AND state = 'running'",
                (without_secrets(message), job_id),
            )

    def progress(self, job_id: str, columns: Mapping[str, str | int | float | None]) -> None:
        """Write how far a job has come: phase, done, total, unit, rate, eta_s, device."""
        with self._database.writing() as table:
            table.execute(
                "UPDATE jobs SET phase = :phase, done = :done, total = :total, unit = :unit, rate = :rate,"
                " eta_s = :eta_s WHERE id = :id AND state = 'running'",
                {**columns, "id": job_id},
            )

    def arrive(self, pid: int) -> None:
        """Write down that a worker has begun."""
        now = self._now()
        with self._database.writing() as table:
            table.execute("DELETE FROM worker")
            table.execute(
                "INSERT INTO worker (one, pid, started, heartbeat) VALUES (1, ?, ?, ?)", (pid, now, now)
            )

    def beat(self, *, job: str, free_bytes: int | None = None) -> None:
        """Write down that the worker is there, what it runs, and how much memory is free."""
        with self._database.writing() as table:
            table.execute(
                "UPDATE worker SET heartbeat = ?, job = ?, free_bytes = COALESCE(?, free_bytes)",
                (self._now(), job, free_bytes),
            )

    def describe(self, facts: Mapping[str, str | int | None]) -> None:
        """Write down what the worker computes on."""
        with self._database.writing() as table:
            table.execute(
                "UPDATE worker SET device = :device, kind = :kind, free_bytes = :free_bytes,"
                " total_bytes = :total_bytes, precision = :precision, backend = :backend, threads = :threads,"
                " message = :message",
                facts,
            )

    def set_device(self, job_id: str, device: str) -> None:
        """Write down where a job computes."""
        with self._database.writing() as table:
            table.execute("UPDATE jobs SET device = ? WHERE id = ? AND state = 'running'", (device, job_id))
