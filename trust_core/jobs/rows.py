"""From rows of the table to records."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from trust_core.jobs.record import Job, JobState, WorkerStatus

NO_WORKER = "The worker ended before the job did. What is done is kept: the next worker goes on with it."
TWICE = "The job was interrupted twice. What is done is kept: resume it when the reason is mended."


def run_folder(home: Path, job_id: str) -> Path:
    """Where a job's run is kept."""
    return home / "runs" / job_id


def job_from(row: sqlite3.Row, home: Path, *, position: int | None, worker_alive: bool) -> Job:
    """The job in a row.

    Args:
        row: all columns of the table.
        home: the folder of TRUST_HOME.
        position: its place among those that wait.
        worker_alive: a job that runs without a worker was interrupted, and nobody is left to write it down.
    """
    state = cast("JobState", row["state"])
    folder = run_folder(home, row["id"])
    message = row["message"]
    if state == "running" and not worker_alive:
        state, message = "interrupted", NO_WORKER
    if state in ("interrupted", "cancelled", "failed") and (folder / "report.json").exists():
        # Somebody has finished the run by hand.
        state, message = "done", ""
    return Job(
        id=row["id"],
        name=row["name"],
        owner=row["owner"],
        private=bool(row["private"]),
        state=state,
        folder=folder,
        spec=json.loads(row["spec"]),
        phase=row["phase"],
        done=row["done"],
        total=row["total"],
        unit=row["unit"],
        rate=row["rate"] if state == "running" else None,
        eta_s=row["eta_s"] if state == "running" else None,
        message=message,
        log_tail=row["log_tail"],
        created=_time(row["created"]),
        started=None if row["started"] is None else _time(row["started"]),
        finished=None if row["finished"] is None else _time(row["finished"]),
        device=row["device"],
        interruptions=row["interruptions"],
        position=position,
    )


def worker_from(row: sqlite3.Row, *, alive: bool) -> WorkerStatus:
    """The worker in a row."""
    return WorkerStatus(
        alive=alive,
        pid=row["pid"],
        started=_time(row["started"]),
        heartbeat=_time(row["heartbeat"]),
        device=row["device"],
        kind=row["kind"],
        free_bytes=row["free_bytes"],
        total_bytes=row["total_bytes"],
        precision=row["precision"],
        backend=row["backend"],
        threads=row["threads"],
        job=row["job"],
        message=row["message"],
    )


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
