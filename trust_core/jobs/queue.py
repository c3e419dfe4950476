"""The queue as users see it: ask for an evaluation, look at it, cancel, resume or delete it."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from trust_core.domain.spec import Spec
from trust_core.errors import RunConflict, RunError
from trust_core.jobs import lock
from trust_core.jobs.database import Database
from trust_core.jobs.identity import checked_id, job_ids
from trust_core.jobs.record import RESUMABLE, Job, WorkerStatus
from trust_core.jobs.rows import job_from, run_folder, worker_from
from trust_core.ports import Clock

_POSITION = "(SELECT COUNT(*) FROM jobs AS before WHERE before.state = 'queued' AND before.rank <= jobs.rank)"
_SELECT = f"SELECT *, CASE state WHEN 'queued' THEN {_POSITION} END AS position FROM jobs"  # noqa: S608 - constants
_ENQUEUED = (
    "state = 'queued', rank = (SELECT COALESCE(MAX(rank), 0) + 1 FROM jobs), cancel = 0, interruptions = 0,"
    " finished = NULL, message = '', log_tail = '', phase = '', done = 0, total = 0, rate = NULL,"
    " eta_s = NULL"
)

MOST_REPETITIONS = 100
"""So many jobs of one and the same evaluation can be there."""


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """How many jobs may be there.

    Attributes:
        waiting: that wait, of all users together.
        of_user: of one user, that wait or run.
    """

    waiting: int
    of_user: int


class JobQueue:
    """The jobs of one home.

    Args:
        home: the folder of TRUST_HOME.
        limits: how many jobs may be there.
        admit: refuses a spec that names what its owner may not; says whether nobody else may see the job.
        wake: called when there is something to do; starts a worker where none runs.
        guard: called before a job is changed; refuses it where nothing may be.
        now: seconds since 1970.
    """

    def __init__(
        self,
        home: Path,
        limits: QueueLimits,
        *,
        admit: Callable[[Spec, str], bool],
        wake: Callable[[], object],
        guard: Callable[[], None] = lambda: None,
        now: Clock = time.time,
    ) -> None:
        self._home = home
        self._database = Database(home)
        self._limits = limits
        self._admit = admit
        self._wake = wake
        self._guard = guard
        self._now = now

    def submit(self, spec: Spec, *, owner: str, name: str, again: bool = False) -> Job:
        """Ask for an evaluation, or find it where somebody asked for the same before.

        One that is done, waits or runs is offered as it is. One that failed, was cancelled or
        interrupted goes on where it stopped. Of several the newest counts.

        Args:
            spec: what to evaluate.
            owner: who asks; empty where nobody signs in.
            name: for lists.
            again: whether one that is done is done once more, as another job: the first one stays.

        Raises:
            TrustError: a model or file that the owner may not name.
            RunConflict: the queue is full, the user has too many jobs in it, or the evaluation was done too
                often.
            RunError: the table cannot be written.
        """
        self._guard()
        private = self._admit(spec, owner)
        ids = tuple(islice(job_ids(spec), MOST_REPETITIONS))
        given = json.dumps(spec.model_dump(mode="json", by_alias=True, exclude_defaults=True))
        with self._database.writing() as table:
            key, state = self._meant(table, ids, again=again)
            if state is None:
                self._check_limits(table, owner)
                table.execute(
                    "INSERT INTO jobs (id, name, owner, private, spec, state, rank, created) VALUES"
                    " (?, ?, ?, ?, ?, 'queued', (SELECT COALESCE(MAX(rank), 0) + 1 FROM jobs), ?)",
                    (key, name[:200], owner, private, given, self._now()),
                )
            elif state in RESUMABLE or self._lost(state, key):
                self._check_limits(table, owner)
                table.execute(f"UPDATE jobs SET {_ENQUEUED} WHERE id = ?", (key,))  # noqa: S608 - a constant
        self._wake()
        return self.job(key)

    def jobs(self, *, viewer: str | None = None) -> list[Job]:
        """All jobs, the newest first.

        Args:
            viewer: who looks: private jobs of others are left out; None: everything.
        """
        alive = self.worker_alive()
        with self._database.reading() as table:
            rows = table.execute(f"{_SELECT} ORDER BY created DESC, rank DESC").fetchall()
        found = [job_from(row, self._home, position=row["position"], worker_alive=alive) for row in rows]
        return [job for job in found if _visible(job, viewer)]

    def job(self, job_id: str, *, viewer: str | None = None) -> Job:
        """One job.

        Raises:
            RunError: there is none of that id that the viewer may see.
        """
        alive = self.worker_alive()
        with self._database.reading() as table:
            row = table.execute(f"{_SELECT} WHERE id = ?", (checked_id(job_id),)).fetchone()
        if row is not None:
            job = job_from(row, self._home, position=row["position"], worker_alive=alive)
            if _visible(job, viewer):
                return job
        raise RunError(
            f"There is no job {job_id}.", remedy="It may have been deleted: look at the list of runs."
        )

    def position(self, job_id: str) -> int | None:
        """Its place among those that wait: 1 is the next one; None for one that does not wait."""
        return self.job(job_id).position

    def cancel(self, job_id: str) -> Job:
        """Stop a job: one that waits at once, one that runs as soon as the worker sees it.

        What is done is kept. Nothing happens to a job that has ended.
        """
        self._guard()
        key = checked_id(job_id)
        alive = self.worker_alive()
        with self._database.writing() as table:
            table.execute(
                "UPDATE jobs SET state = 'cancelled', finished = ?, message = 'Cancelled before it began.'"
                " WHERE id = ? AND state = 'queued'",
                (self._now(), key),
            )
            # One that was interrupted would be taken up again by the next worker.
            table.execute(
                "UPDATE jobs SET state = 'cancelled', finished = ?, message = 'Cancelled when interrupted.'"
                " WHERE id = ? AND state = 'interrupted'",
                (self._now(), key),
            )
            table.execute("UPDATE jobs SET cancel = 1 WHERE id = ? AND state = 'running'", (key,))
            if not alive:
                table.execute(
                    "UPDATE jobs SET state = 'cancelled', finished = ?, message = 'Cancelled after its worker"
                    " had ended.' WHERE id = ? AND state = 'running'",
                    (self._now(), key),
                )
        return self.job(key)

    def resume(self, job_id: str) -> Job:
        """Send a job that failed, was cancelled or interrupted into the queue again; it goes on where it was.

        Raises:
            RunConflict: the queue is full, or its owner has too many jobs in it.
        """
        self._guard()
        key = checked_id(job_id)
        job = self.job(key)
        if job.resumable:
            with self._database.writing() as table:
                self._check_limits(table, job.owner)
                # The state that the table held when the job was read: a worker may have taken it since.
                table.execute(
                    f"UPDATE jobs SET {_ENQUEUED} WHERE id = ? AND"  # noqa: S608 - a constant
                    " (state IN ('failed', 'cancelled', 'interrupted') OR (state = 'running' AND ?))",
                    (key, not self.worker_alive()),
                )
            self._wake()
        return self.job(key)

    def delete(self, job_id: str) -> None:
        """Remove a job with its run folder.

        Raises:
            RunConflict: it runs.
            RunError: there is none of that id, or its folder cannot be removed.
        """
        self._guard()
        key = checked_id(job_id)
        job = self.job(key)
        if job.state == "running":
            raise RunConflict(f"The job {job.name} runs.", remedy="Cancel it first.")
        with self._database.writing() as table:
            alive = self.worker_alive()
            gone = table.execute(
                "DELETE FROM jobs WHERE id = ? AND (state <> 'running' OR ?)", (key, not alive)
            ).rowcount
        if not gone:
            raise RunConflict(f"The job {job.name} has just been started.", remedy="Cancel it first.")
        try:
            for folder in (run_folder(self._home, key), log_file(self._home, key).parent):
                if folder.exists():
                    shutil.rmtree(folder)
        except OSError as error:
            raise RunError(
                f"The folder of the job {job.name} cannot be removed: {error.strerror or error}.",
                remedy=f"Remove {run_folder(self._home, key)} yourself.",
            ) from error

    def worker(self) -> WorkerStatus | None:
        """The worker that runs, or the last one that did; None where there has been none."""
        alive = self.worker_alive()
        with self._database.reading() as table:
            row = table.execute("SELECT * FROM worker").fetchone()
        return None if row is None else worker_from(row, alive=alive)

    def worker_alive(self) -> bool:
        """Whether a worker holds its lock now."""
        return lock.is_held(self._home, lock.WORKER)

    def _meant(
        self, table: sqlite3.Connection, ids: tuple[str, ...], *, again: bool
    ) -> tuple[str, str | None]:
        """Id and state of the job that is offered; a free id, and no state, where one is to be made."""
        marks = ", ".join("?" * len(ids))
        rows = table.execute(
            f"SELECT id, state FROM jobs WHERE id IN ({marks}) ORDER BY created DESC, rank DESC",  # noqa: S608 - marks
            ids,
        ).fetchall()
        if rows:
            key, state = str(rows[0]["id"]), str(rows[0]["state"])
            if not again or state != "done" or self._lost(state, key):
                return key, state
        free = next((one for one in ids if one not in {row["id"] for row in rows}), None)
        if free is None:
            raise RunConflict(
                f"This evaluation has been run {len(ids)} times.", remedy="Delete some of its runs first."
            )
        return free, None

    def _lost(self, state: str, key: str) -> bool:
        """Whether a job is done and somebody has removed its folder."""
        return state == "done" and not (run_folder(self._home, key) / "report.json").exists()

    def _check_limits(self, table: sqlite3.Connection, owner: str) -> None:
        waiting = table.execute("SELECT COUNT(*) FROM jobs WHERE state = 'queued'").fetchone()[0]
        if waiting >= self._limits.waiting:
            raise RunConflict(
                f"The queue is full: {waiting} jobs wait.",
                allowed=f"At most {self._limits.waiting} may wait (TRUST_MAX_QUEUE).",
                remedy="Wait until some are done, or cancel one.",
            )
        own = table.execute(
            "SELECT COUNT(*) FROM jobs WHERE owner = ? AND state IN ('queued', 'running')", (owner,)
        ).fetchone()[0]
        if own >= self._limits.of_user:
            raise RunConflict(
                f"You have {own} jobs that wait or run.",
                allowed=f"At most {self._limits.of_user} of one user may be there (TRUST_MAX_JOBS_PER_USER).",
                remedy="Wait until some are done, or cancel one.",
            )


def log_file(home: Path, job_id: str) -> Path:
    """Where the output of a job's process goes."""
    return home / "jobs" / job_id / "log.txt"


def _visible(job: Job, viewer: str | None) -> bool:
    return viewer is None or not job.private or job.owner == viewer
