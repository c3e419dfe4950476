"""What is known of a job and of the worker, as records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

JobState = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]

LIVE: Final[frozenset[JobState]] = frozenset({"queued", "running"})
"""States that change by themselves."""

RESUMABLE: Final[frozenset[JobState]] = frozenset({"failed", "cancelled", "interrupted"})
"""States that a user can send back into the queue; what is done is kept."""


@dataclass(frozen=True, slots=True)
class Job:
    """One evaluation that was asked for.

    Attributes:
        id: names it; the same evaluation has the same id.
        name: for lists.
        owner: who asked first; empty where nobody signs in.
        private: whether it uses an upload of its owner, so that nobody else may see it.
        state: what has become of it.
        folder: its run folder, which may not exist yet.
        spec: as given, without defaults.
        phase: what is being done, in words a user understands.
        done: units finished in this phase.
        total: units of this phase.
        unit: what is counted.
        rate: units a second of this start; None while it is not known.
        eta_s: seconds to the end of this phase; None likewise.
        message: why it failed or stopped, and what to do.
        log_tail: the last lines that the process wrote before it failed, without secrets.
        created: when it was asked for.
        started: when its process was started last.
        finished: when it ended.
        device: where it computes, in words.
        interruptions: how often it was interrupted since a user last sent it into the queue.
        position: its place among those that wait: 1 is the next one; None for one that does not wait.
    """

    id: str
    name: str
    owner: str
    private: bool
    state: JobState
    folder: Path
    spec: dict[str, Any]
    phase: str
    done: int
    total: int
    unit: str
    rate: float | None
    eta_s: float | None
    message: str
    log_tail: str
    created: datetime
    started: datetime | None
    finished: datetime | None
    device: str
    interruptions: int
    position: int | None

    @property
    def live(self) -> bool:
        """Whether it waits or runs."""
        return self.state in LIVE

    @property
    def resumable(self) -> bool:
        """Whether it can be sent into the queue again."""
        return self.state in RESUMABLE


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """The worker of this machine.

    Attributes:
        alive: whether its process is there now.
        pid: of its process.
        started: when it began.
        heartbeat: when it last said that it is there.
        device: where jobs compute, in words; empty until it is known.
        kind: `cpu` or `cuda`; empty likewise.
        free_bytes: memory that is free on that device; None where it is not known.
        total_bytes: memory of that device; None likewise.
        precision: of the arithmetic ("float32").
        backend: what carries it out ("torch").
        threads: of the CPU that torch takes; None until it is known.
        job: id of the job that runs; empty for none.
        message: what is wrong with the device, if anything is.
    """

    alive: bool
    pid: int
    started: datetime
    heartbeat: datetime
    device: str
    kind: str
    free_bytes: int | None
    total_bytes: int | None
    precision: str
    backend: str
    threads: int | None
    job: str
    message: str
