"""Every run that can be looked at: the example, jobs of the app, and runs of the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from trust_core.jobs.record import Job
from trust_core.store.registry import RunEntry
from trust_core.ui import visitor
from trust_core.ui.places import EXAMPLE

EXAMPLE_ID: Final = "example"

_STATES: Final = {
    "queued": "waiting",
    "running": "running",
    "failed": "failed",
    "cancelled": "cancelled",
    "interrupted": "interrupted",
}


@dataclass(frozen=True, slots=True)
class KnownRun:
    """A run that can be chosen.

    Attributes:
        id: its name in the address: of the job, or the beginning of the fingerprint.
        name: for people.
        folder: where it is.
        job: the job that makes it; None for the example and for runs of the command line.
        entry: what the registry says; None for the example, and for jobs that have not begun.
    """

    id: str
    name: str
    folder: Path
    job: Job | None = None
    entry: RunEntry | None = None

    @property
    def example(self) -> bool:
        """Whether it is the bundled one."""
        return self.id == EXAMPLE_ID

    @property
    def label(self) -> str:
        """Name, state unless it is done, and the beginning of the id, since names repeat."""
        if self.example:
            return self.name
        state = self.job.state if self.job else self.entry.state if self.entry else "done"
        said = f", {_STATES[state]}" if state in _STATES else ""
        return f"{self.name} ({self.id[:6]}{said})"


def known_runs() -> list[KnownRun]:
    """The example first, then all that this visitor may see, the newest first.

    Raises:
        RunError: the tables of this server cannot be read.
    """
    web = visitor.web()
    jobs = web.queue.jobs(viewer=visitor.viewer())
    entries = {entry.path: entry for entry in web.runs(viewer=visitor.viewer())}
    of_jobs = [
        KnownRun(job.id, job.name, job.folder, job, entries.pop(job.folder.resolve(), None)) for job in jobs
    ]
    others = [KnownRun(entry.id, entry.name, entry.path, None, entry) for entry in entries.values()]
    found = sorted([*of_jobs, *others], key=_began, reverse=True)
    return [example(), *found]


def example() -> KnownRun:
    """The bundled run."""
    return KnownRun(EXAMPLE_ID, "Example", EXAMPLE)


def _began(run: KnownRun) -> str:
    if run.job is not None:
        return run.job.created.isoformat()
    return run.entry.started if run.entry else ""
