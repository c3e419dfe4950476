"""Every run that can be looked at: the example, jobs of the app, imports, and runs of the command line."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from trust_core.jobs.record import Job
from trust_core.store.registry import RunEntry
from trust_core.ui import visitor
from trust_core.ui.places import EXAMPLE

EXAMPLE_ID: Final = "example"

_LETTERS: Final = 4
"""So many letters of a digest of its folder tell a run from another one with the same fingerprint."""

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
        id: its name in the address, which no other run has: of the job, or the beginning of the fingerprint,
            with some letters of the folder where another run has the same one.
        name: for people.
        folder: where it is.
        job: the job that makes it; None for the example and for runs of the command line.
        entry: what the registry says; None for the example, and for jobs that have not begun.
        imported: whether it was made elsewhere and taken in.
    """

    id: str
    name: str
    folder: Path
    job: Job | None = None
    entry: RunEntry | None = None
    imported: bool = False

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
        return f"{self.name} ({self.id[:6]}{self.id[12:]}{said})"


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
    # Fingerprints of imports come from files: they may be anything, also nothing.
    taken = {"", EXAMPLE_ID, *(run.id for run in of_jobs)}
    others: list[KnownRun] = []
    # The oldest first: a run keeps its id when the same evaluation is run again, or taken in.
    for entry in reversed(entries.values()):
        run_id = _free_id(entry, taken)
        taken.add(run_id)
        others.insert(
            0,
            KnownRun(run_id, entry.name, entry.path, None, entry, imported=web.imports.holds(entry.path)),
        )
    found = sorted([*of_jobs, *others], key=_began, reverse=True)
    return [example(), *found]


def named(runs: Sequence[KnownRun], wanted: str) -> KnownRun | None:
    """The run that an address means; None where it is none of these.

    An id that a run had while others shared the beginning of its fingerprint, or before they came, still
    leads to it; the beginning alone leads to whoever has it as id, else to the newest run with it.
    """
    if not wanted:
        return None
    for names in (_id, _id_with_place, _id_of_fingerprint):
        for run in runs:
            if names(run) == wanted:
                return run
    return None


def example() -> KnownRun:
    """The bundled run."""
    return KnownRun(EXAMPLE_ID, "Example", EXAMPLE)


def _free_id(entry: RunEntry, taken: Collection[str]) -> str:
    """The beginning of the fingerprint, with letters of the folder where that alone is not to be had."""
    longer = (f"{entry.id}-{_place(entry)[:letters]}" for letters in range(_LETTERS, 65))
    return next(one for one in (entry.id, *longer) if one not in taken)


def _place(entry: RunEntry) -> str:
    return hashlib.sha256(str(entry.path).encode()).hexdigest()


def _id(run: KnownRun) -> str:
    return run.id


def _id_with_place(run: KnownRun) -> str:
    return f"{run.entry.id}-{_place(run.entry)[:_LETTERS]}" if run.entry else ""


def _id_of_fingerprint(run: KnownRun) -> str:
    return run.entry.id if run.entry else ""


def _began(run: KnownRun) -> str:
    if run.job is not None:
        return run.job.created.isoformat()
    return run.entry.started if run.entry else ""
