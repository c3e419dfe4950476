"""The composition root of the app: settings, queue, runs and uploads. Loads no model library."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

from trust_core.domain.preflight import PreflightReport
from trust_core.domain.spec import Spec
from trust_core.errors import RunConflict, RunError
from trust_core.jobs.identity import job_id
from trust_core.jobs.queue import JobQueue, QueueLimits
from trust_core.jobs.record import WorkerStatus
from trust_core.jobs.start import WorkerStarter
from trust_core.jobs.warm_client import WarmClient
from trust_core.ports import Clock
from trust_core.settings import Settings
from trust_core.store.archive import archived, name_of, unpacked
from trust_core.store.folder import is_claimed
from trust_core.store.imports import Imports
from trust_core.store.registry import Registry, RunEntry
from trust_core.wiring.permission import admitted, uploads_of
from trust_core.wiring.program import program

CHECK_S = 300.0
"""The longest that a check waits: a model of the hub is fetched for it."""

MOST_CHECKED = 64
"""Answers to checks that are kept."""

CHECKED_S = 300.0
"""So long they are kept: what the hub holds without a revision, nobody here sees change."""


class Web:
    """Everything that the app does outside its own process, and the places where it keeps things.

    Args:
        settings: of the machine.
        clock: counts seconds.
    """

    def __init__(self, settings: Settings, *, clock: Clock = time.monotonic) -> None:
        command, folder = program()
        self.settings = settings
        self._starter = WorkerStarter(
            settings.home, (*command, "worker", "--with-web"), environment=os.environ, folder=folder
        )
        self.queue = JobQueue(
            settings.home,
            QueueLimits(waiting=settings.max_queue, of_user=settings.max_jobs_per_user),
            admit=lambda spec, owner: admitted(spec, owner, settings),
            wake=self.start_worker_if_free,
            guard=self._check_writable,
        )
        self.interactive = WarmClient(settings.home, wake=self.start_worker_if_free)
        self.uploads = uploads_of(settings)
        self.imports = Imports(settings.home)
        self._clock = clock
        self._checked: dict[tuple[str, str], tuple[float, PreflightReport]] = {}
        self._registry = Registry(settings.home)

    def start_worker_if_free(self) -> bool:
        """Start a worker where none runs, unless TRUST_START_WORKER is 0; returns whether it did.

        The worker ends a minute after the last web server that wanted it, once no job is left.

        Raises:
            RunError: it cannot be started.
        """
        return self.settings.start_worker and self._starter.start_if_free()

    def check(self, spec: Spec, *, owner: str = "") -> PreflightReport:
        """Look at models, data and settings of an evaluation before it runs; takes seconds.

        Done by the worker's warm process, which has the libraries, the hub's token and the device. The
        same question is answered at once for some minutes, unless there was a problem: it may be mended.

        Raises:
            TrustError: no worker answers.
        """
        key, asked = (owner, job_id(spec)), self._clock()
        before = self._checked.get(key)
        if before is not None and asked - before[0] < CHECKED_S:
            return before[1]
        given = spec.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        content = self.interactive.ask("check", {"spec": given, "owner": owner}, timeout_s=CHECK_S)
        found = PreflightReport.model_validate(content)
        if found.ok:
            self._checked.pop(key, None)
            while len(self._checked) >= MOST_CHECKED:
                self._checked.pop(next(iter(self._checked)), None)
            self._checked[key] = (asked, found)
        return found

    def worker(self) -> WorkerStatus | None:
        """The worker that runs, or the last one that did; None where there has been none."""
        return self.queue.worker()

    def runs(self, *, viewer: str | None = None) -> list[RunEntry]:
        """All runs that were started here, by the app or the command line, the newest first.

        Args:
            viewer: who looks: private jobs and imports of others are left out; None: everything.
        """
        hidden = set()
        if viewer is not None:
            shown = {job.id for job in self.queue.jobs(viewer=viewer)}
            hidden = {job.folder.resolve() for job in self.queue.jobs() if job.id not in shown}
        return [
            _seen(run)
            for run in self._registry.runs()
            if run.path not in hidden and self.imports.visible(run.path, viewer)
        ]

    def export_run(self, folder: Path) -> bytes:
        """A finished run as a zip file.

        Raises:
            RunError: it is not finished, or cannot be read.
        """
        return archived(folder)

    def import_run(self, content: bytes, *, owner: str = "") -> RunEntry:
        """Take in a run that somebody has exported elsewhere; its owner sees it like one of this machine.

        Args:
            content: the zip file.
            owner: who brings it; empty where nobody signs in.

        Raises:
            RunError: it is no such file, too large, or the run is here already.
        """
        self._check_writable()
        limit = self.settings.max_data_bytes
        if len(content) > limit:
            raise RunError(
                f"The file has {len(content):,} bytes.",
                allowed=f"At most {limit:,} (TRUST_MAX_DATA_MIB).",
            )
        folder = self.imports.folder(owner, content)
        if (folder / "report.json").exists():
            raise RunConflict("This run has been taken in before.", remedy="Open it from the list of runs.")
        report = unpacked(content, folder, max_bytes=2 * limit)
        # Before it is listed, so that nobody else sees it in between.
        self.imports.give(folder, owner)
        overall = ", ".join(f"{c.name}: {c.verdict.overall}" for c in report.candidates)
        self._registry.record(
            folder,
            fingerprint=report.resolved.fingerprint,
            name=f"{name_of(report)} (imported)",
            state="done",
            overall=overall,
        )
        return next(run for run in self._registry.runs() if run.path == folder.resolve())

    def forget(self, folder: Path, *, viewer: str | None = None) -> None:
        """Take a run off the list that no job has made; an imported one is removed, others keep their folder.

        Args:
            folder: of the run.
            viewer: who asks: imports of others and runs of the command line, which are nobody's, stay; None
                where nobody signs in.

        Raises:
            RunConflict: a process works on it, or it is a job's.
            RunError: it is an import of somebody else, one of the command line, or cannot be removed.
        """
        self._check_writable()
        place = folder.resolve()
        if not self.imports.visible(place, viewer):
            raise RunError("This run belongs to somebody else.", allowed="Only its owner may remove it.")
        if is_claimed(place):
            raise RunConflict(f"A process works on the run in {place}.", remedy="Stop it first.")
        imported = self.imports.holds(place)
        if place.parent == self.settings.home.resolve() / "runs" and not imported:
            raise RunConflict("This run belongs to a job.", remedy="Delete the job.")
        if viewer is not None and not imported:
            raise RunError(
                "This run was started at the command line: it is nobody's here.",
                allowed="Where people sign in, only imported runs of one's own can be taken off the list.",
                remedy="Whoever runs this server can do it, in an app on this TRUST_HOME without sign-in.",
            )
        if imported:
            try:
                shutil.rmtree(place)
            except OSError as error:
                raise RunError(f"The run in {place} cannot be removed: {error.strerror or error}.") from error
        self._registry.forget(place)

    def delete(self, job_id: str) -> None:
        """Remove a job with its run.

        Raises:
            RunConflict: it runs.
            RunError: there is none, or its folder cannot be removed.
        """
        self._check_writable()
        folder = self.queue.job(job_id).folder
        if folder.exists() and is_claimed(folder):
            raise RunConflict(f"A process works on the run in {folder}.", remedy="Stop it first.")
        self.queue.delete(job_id)
        self._registry.forget(folder)

    def _check_writable(self) -> None:
        """Refuse changes on a server that only shows what is there."""
        if self.settings.read_only:
            raise RunConflict(
                "This server only shows what is there.",
                remedy="Ask whoever runs it, or start one of your own.",
            )


def workplace(settings: Settings) -> Web:
    """The app's view of this machine."""
    return Web(settings)


def _seen(run: RunEntry) -> RunEntry:
    """A run as it is: one that was killed could not say itself that it no longer runs."""
    stopped = run.state == "running" and not is_claimed(run.path)
    return replace(run, state="interrupted") if stopped else run
