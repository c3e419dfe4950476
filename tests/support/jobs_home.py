"""A home with a queue, workers as threads and as processes, and waiting for what should come."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from trust_core.domain.spec import Spec
from trust_core.jobs.queue import JobQueue, QueueLimits
from trust_core.jobs.record import Job
from trust_core.jobs.worker import Worker, WorkerPlan

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, str(REPOSITORY / "tests" / "support" / "jobs_program.py"))
DEADLINE_S = 60.0


def until(condition: Callable[[], object], *, what: str, within_s: float = DEADLINE_S) -> None:
    """Wait for something that comes by itself.

    Raises:
        AssertionError: it does not come.
    """
    end = time.monotonic() + within_s
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        pause.wait(0.02)


def environment() -> dict[str, str]:
    """Of processes that tests start."""
    return {**os.environ, "PYTHONPATH": str(REPOSITORY)}


def plan_of(home: Path, **changed: object) -> WorkerPlan:
    """A worker of the stand-in program, quicker than the real one."""
    fast = {"poll_s": 0.05, "grace_s": 0.3, "beat_s": 0.2, "folder": REPOSITORY, **changed}
    return WorkerPlan(home=home, command=PROGRAM, environment=environment(), **fast)  # type: ignore[arg-type]


def queue_of(home: Path, *, waiting: int = 50, of_user: int = 50, private: bool = False) -> JobQueue:
    """The queue of a home that wakes nobody."""
    return JobQueue(
        home,
        QueueLimits(waiting=waiting, of_user=of_user),
        admit=lambda spec, owner: private,
        wake=lambda: None,
    )


def spec_of(seed: int = 0) -> Spec:
    """An evaluation that differs from others by its seed."""
    return Spec(reference_predictions="a.csv", candidate_predictions=("b.csv",), seed=seed)


class Home:
    """A home with its queue; jobs are called what they are to do."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.queue = queue_of(path)
        self._seed = 0

    def submit(self, name: str, *, owner: str = "") -> Job:
        """Another job."""
        self._seed += 1
        return self.queue.submit(spec_of(self._seed), owner=owner, name=name)

    def state(self, job: Job) -> str:
        """What has become of a job."""
        return self.queue.job(job.id).state

    def ended(self, job: Job) -> Job:
        """The job, once it has ended."""
        until(lambda: not self.queue.job(job.id).live, what=f"the end of {job.name!r}")
        return self.queue.job(job.id)

    def process_of(self, job: Job) -> int:
        """The number of a job's process, once it is at work; one that ran before is forgotten."""
        file = self.path / f"{job.id}.pid"
        until(file.exists, what=f"the process of {job.name!r}")
        number = int(file.read_text())
        file.unlink()
        return number

    @contextmanager
    def worker(self, **changed: object) -> Iterator[Worker]:
        """A worker in a thread of this process, stopped at the end."""
        lines: list[str] = []
        worker = Worker(plan_of(self.path, **changed), log=lines.append)
        thread = threading.Thread(target=worker.run)
        thread.start()
        try:
            until(self.queue.worker_alive, what=f"the worker ({lines})")
            yield worker
        finally:
            worker.stop()
            thread.join(DEADLINE_S)
            assert not thread.is_alive()

    @contextmanager
    def worker_process(self) -> Iterator[subprocess.Popen[str]]:
        """A worker in a process of its own, killed at the end if it is still there."""
        process = subprocess.Popen(
            [sys.executable, str(REPOSITORY / "tests" / "support" / "jobs_worker.py"), str(self.path)],
            env=environment(),
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


def is_running(number: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
