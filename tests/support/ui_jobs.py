"""Jobs in every state, as the pages see them, without a worker that would carry them out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trust_core.domain.spec import DEMO_MARGINS, DataSpec, Spec
from trust_core.jobs import lock
from trust_core.jobs.ledger import Ending, Ledger
from trust_core.jobs.queue import JobQueue
from trust_core.jobs.record import Job
from trust_core.settings import settings_from
from trust_core.wiring.web import workplace

SPEC = Spec(
    reference="nli-reference",
    candidates=("nli-student-3l",),
    data=DataSpec(source="bundled:nli"),
    margins=DEMO_MARGINS,
)


def queue_of(home: Path) -> JobQueue:
    """The queue of a home, which starts no worker."""
    return workplace(settings_from({"TRUST_HOME": str(home), "TRUST_START_WORKER": "0"})).queue


def waiting_job(home: Path, *, spec: Spec = SPEC, owner: str = "", name: str = "student") -> Job:
    """A job in the queue."""
    return queue_of(home).submit(spec, owner=owner, name=name)


@contextmanager
def running_job(home: Path, *, spec: Spec = SPEC, name: str = "student") -> Iterator[Job]:
    """A job that a worker seems to carry out while the block runs: 12 of 60 texts are done."""
    waiting_job(home, spec=spec, name=name)
    ledger = Ledger(home)
    with lock.held(home, lock.WORKER):
        ledger.arrive(1)
        job = ledger.claim()
        assert job is not None
        ledger.progress(
            job.id,
            {
                "phase": "Explaining nli-reference by LIME",
                "done": 12,
                "total": 60,
                "unit": "texts",
                "rate": 0.5,
                "eta_s": 96.0,
            },
        )
        yield queue_of(home).job(job.id)


def ended_job(home: Path, state: Ending, *, spec: Spec = SPEC, message: str = "", log_tail: str = "") -> Job:
    """A job that has come to an end."""
    with running_job(home, spec=spec) as job:
        Ledger(home).finish(job.id, state, message=message, log_tail=log_tail)
    return queue_of(home).job(job.id)
