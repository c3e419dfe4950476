"""The worker: one process a home that runs one job after the other, each in a process of its own."""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from trust_core.errors import RunConflict, RunError
from trust_core.jobs import lock
from trust_core.jobs.device import DeviceProbe, free_memory
from trust_core.jobs.ledger import Ending, Ledger
from trust_core.jobs.process import Child, ended_by, last_lines
from trust_core.jobs.queue import log_file
from trust_core.jobs.record import Job
from trust_core.jobs.warm_keeper import WarmKeeper
from trust_core.ports import Clock

INTERRUPTED = 130
"""Exit code of a command that was told to stop."""

VERDICTS = frozenset({0, 1, 2})
"""Exit codes of an evaluation that came to its end, whatever its verdict.

Python itself ends with 1 as well, where it breaks down: only a report says that there is a verdict.
"""

LAST_WORDS = 5
"""Lines of its log that stand in the message of a job that broke down; more of them are kept beside it."""


@dataclass(frozen=True, slots=True)
class WorkerPlan:
    """How a worker works.

    Attributes:
        home: the folder of TRUST_HOME.
        command: what starts this program; the names of hidden commands follow it.
        folder: where processes start.
        environment: of the processes.
        poll_s: how long it waits between two looks at the queue.
        grace_s: how long a job has to end after it was asked to.
        beat_s: how far apart two signs of life are.
        alone_s: where a web server brought it along: how long it stays when that is gone and no job is
            left. None: for ever.
    """

    home: Path
    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    poll_s: float = 0.5
    grace_s: float = 10.0
    beat_s: float = 5.0
    alone_s: float | None = None


class Worker:
    """Runs the jobs of one home until it is told to stop.

    Args:
        plan: how.
        log: takes lines for whoever started the worker.
        clock: counts seconds.
    """

    def __init__(
        self, plan: WorkerPlan, *, log: Callable[[str], None], clock: Clock = time.monotonic
    ) -> None:
        self._plan = plan
        self._log = log
        self._clock = clock
        self._ledger = Ledger(plan.home)
        self._stopping = False
        # A pipe, since a signal may come while the worker sits in any wait.
        self._woken, self._waker = os.pipe()
        self._next_beat = 0.0
        self._last_needed = clock()
        self._probe = DeviceProbe(self._child, plan.home / "jobs" / "probe.log")
        self._warm = WarmKeeper(plan.home, self._child)

    def stop(self) -> None:
        """Stop as soon as may be; a job that runs is interrupted, and the next worker goes on with it."""
        self._stopping = True
        os.write(self._waker, b".")

    def run(self) -> None:
        """Work until told to stop.

        Raises:
            RunConflict: another worker serves this home.
        """
        with _only_worker(self._plan.home):
            self._patiently(lambda: self._ledger.arrive(os.getpid()))
            self._patiently(self._ledger.recover)
            self._log(f"The worker serves {self._plan.home}.")
            try:
                self._warm.open()
                self._probe.start()
                while not self._stopping and not self._alone():
                    job = self._claimed()
                    if job is None:
                        self._look_around("")
                        self._wait(self._plan.poll_s)
                    else:
                        self._last_needed = self._clock()
                        self._carry_out(job)
            finally:
                self._warm.close()
                self._probe.close()
        self._log("The worker has ended.")

    def _claimed(self) -> Job | None:
        try:
            return self._ledger.claim()
        except RunError as error:
            self._log(str(error))
            return None

    def _carry_out(self, job: Job) -> None:
        self._log(f"Job {job.id} begins: {job.name}")
        log = log_file(self._plan.home, job.id)
        try:
            child = self._child(("job", job.id), log)
        except RunError as error:
            message = str(error)
            self._patiently(lambda: self._ledger.finish(job.id, "failed", message=message))
            return
        cancelled = False
        self._next_beat = 0.0
        while (code := child.poll()) is None:
            cancelled = cancelled or self._cancel_asked(job)
            if cancelled or self._stopping:
                child.stop(grace_s=self._plan.grace_s)
            self._look_around(job.id)
            self._wait_for(child)
        child.close()
        state, message = self._meaning(code, job, cancelled=cancelled)
        tail = last_lines(log) if state in ("failed", "interrupted") else ""
        counts = state == "interrupted" and not self._stopping
        self._patiently(
            lambda: self._ledger.finish(job.id, state, message=message, log_tail=tail, counts=counts)
        )
        self._log(f"Job {job.id} is {state}.")
        self._next_beat = 0.0
        self._probe.start()

    def _meaning(self, code: int, job: Job, *, cancelled: bool) -> tuple[Ending, str]:
        """What an exit code says: a state and a message; an empty one keeps what the process said itself."""
        if code in VERDICTS and (job.folder / "report.json").exists():
            return "done", ""
        if cancelled:
            return "cancelled", "Cancelled. What is done is kept: resume goes on from there."
        if self._stopping:
            return "interrupted", "The worker was stopped. The next worker goes on with the job."
        if code in (INTERRUPTED, -signal.SIGTERM, -signal.SIGINT):
            return "interrupted", ended_by(signal.SIGTERM)
        if code < 0:
            return "failed", ended_by(-code)
        if code in VERDICTS:
            said = last_lines(log_file(self._plan.home, job.id), lines=LAST_WORDS)
            return "failed", f"The process ended with code {code} and left no report. It said last:\n{said}"
        return "failed", ""

    def _cancel_asked(self, job: Job) -> bool:
        try:
            return self._ledger.cancel_asked(job.id)
        except RunError as error:
            self._log(str(error))
            return False

    def _wait_for(self, child: Child) -> None:
        """Wait a moment, less if the process ends or the worker is told to stop."""
        stopping = self._stopping
        until = self._clock() + self._plan.poll_s
        while child.poll() is None and self._stopping == stopping and self._clock() < until:
            self._wait(0.05)

    def _wait(self, seconds: float) -> None:
        """Wait, less if the worker is told to stop in the meantime."""
        asked = self._warm.waiting_on
        watched: list[int | socket.socket] = [self._woken, *asked]
        ready = select.select(watched, [], [], seconds)[0]
        if self._woken in ready:
            os.read(self._woken, 64)
        self._warm.look()
        if asked and asked[0] in ready:
            self._warm.start()

    def _look_around(self, job: str) -> None:
        """Show that the worker is there, and what it computes on."""
        try:
            facts = self._probe.finished()
            if facts is not None:
                self._ledger.describe(facts)
            if self._clock() >= self._next_beat:
                self._next_beat = self._clock() + self._plan.beat_s
                self._ledger.beat(job=job, free_bytes=free_memory() if self._probe.on_cpu else None)
        except RunError as error:
            self._log(str(error))

    def _alone(self) -> bool:
        """Whether the web server that wanted this worker has been gone for long enough."""
        if self._plan.alone_s is None:
            return False
        now = self._clock()
        if self._warm.working or lock.is_held(self._plan.home, lock.WEB, shared=True):
            self._last_needed = now
        return now - self._last_needed > self._plan.alone_s

    def _patiently(self, write: Callable[[], None]) -> None:
        """Write into the table, again and again while it is locked or the disk is full: nothing is lost."""
        while True:
            try:
                write()
            except RunError as error:
                self._log(str(error))
                self._wait(self._plan.poll_s)
                if self._stopping:
                    # The next worker finds the job as one that nobody finished, and goes on with it.
                    return
            else:
                return

    def _child(self, arguments: Sequence[str], log: Path, *inherited: int) -> Child:
        return Child(
            (*self._plan.command, *arguments),
            log=log,
            environment={**self._plan.environment, "TRUST_HOME": str(self._plan.home)},
            folder=self._plan.folder,
            inherited=inherited,
        )


@contextmanager
def stopped_by_signals(worker: Worker) -> Iterator[None]:
    """Let SIGTERM and SIGINT stop the worker in order."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        worker.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _only_worker(home: Path) -> Iterator[None]:
    """Hold the worker's lock."""
    try:
        file = lock.acquired_soon(home, lock.WORKER)
    except lock.Taken as error:
        raise RunConflict(
            f"Another worker serves {home} already.",
            allowed="One worker serves one TRUST_HOME.",
            remedy="Nothing needs to be done: it takes the jobs.",
        ) from error
    try:
        yield
    finally:
        file.close()
