"""Progress in the table."""

from pathlib import Path

import pytest

from tests.support.jobs_home import queue_of, spec_of
from trust_core.domain.progress import Progress
from trust_core.errors import RunError
from trust_core.jobs import lock
from trust_core.jobs.ledger import Ledger
from trust_core.jobs.progress import JobProgress
from trust_core.jobs.record import Job


class Clock:
    """Seconds that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_rate_and_time_left(tmp_path: Path) -> None:
    """Rate and time left count what this start has done; writes of one phase keep their distance."""
    queue, ledger, clock = queue_of(tmp_path), Ledger(tmp_path), Clock()
    job_id = queue.submit(spec_of(), owner="", name="x").id
    ledger.claim()
    sink = JobProgress(ledger, job_id, clock=clock, every_s=0.5)

    def told(seconds: float, done: int, phase: str = "Explaining") -> Job:
        clock.now = seconds
        sink(Progress(phase, done, 100, resumed=40))
        with lock.held(tmp_path, lock.WORKER):
            return queue.job(job_id)

    first = told(10.0, 40)
    assert (first.phase, first.done, first.total, first.rate, first.eta_s) == (
        "Explaining",
        40,
        100,
        None,
        None,
    )
    assert told(10.3, 45).done == 40
    later = told(12.0, 60)
    assert (later.done, later.rate, later.eta_s) == (60, 10.0, 4.0)
    assert told(12.1, 100).done == 100
    assert told(12.2, 0, "Measuring").phase == "Measuring"


def test_a_table_in_use_does_not_stop_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress that cannot be written is passed over."""
    ledger = Ledger(tmp_path)

    def locked(job_id: str, columns: object) -> None:
        raise RunError("locked")

    monkeypatch.setattr(ledger, "progress", locked)
    JobProgress(ledger, "0123456789ab")(Progress("Explaining", 1, 2))
