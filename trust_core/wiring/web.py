"""The composition root of the app: settings, queue, runs and uploads. Loads no model library."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial

from trust_core.errors import RunConflict
from trust_core.jobs.queue import JobQueue, QueueLimits
from trust_core.jobs.record import WorkerStatus
from trust_core.jobs.start import WorkerStarter
from trust_core.jobs.warm_client import WarmClient
from trust_core.settings import Settings
from trust_core.store.folder import is_claimed
from trust_core.store.registry import Registry, RunEntry
from trust_core.wiring.permission import admitted, uploads_of
from trust_core.wiring.program import program


class Web:
    """Everything that the app does outside its own process, and the places where it keeps things.

    Args:
        settings: of the machine.
    """

    def __init__(self, settings: Settings) -> None:
        command, folder = program()
        self.settings = settings
        self._starter = WorkerStarter(
            settings.home, (*command, "worker", "--with-web"), environment=os.environ, folder=folder
        )
        self.queue = JobQueue(
            settings.home,
            QueueLimits(waiting=settings.max_queue, of_user=settings.max_jobs_per_user),
            admit=partial(admitted, settings=settings),
            wake=self.start_worker_if_free,
        )
        self.interactive = WarmClient(settings.home, wake=self.start_worker_if_free)
        self.uploads = uploads_of(settings)
        self._registry = Registry(settings.home)

    def start_worker_if_free(self) -> bool:
        """Start a worker where none runs, unless TRUST_START_WORKER is 0; returns whether it did.

        The worker ends a minute after the last web server that wanted it, once no job is left.

        Raises:
            RunError: it cannot be started.
        """
        return self.settings.start_worker and self._starter.start_if_free()

    def worker(self) -> WorkerStatus | None:
        """The worker that runs, or the last one that did; None where there has been none."""
        return self.queue.worker()

    def runs(self, *, viewer: str | None = None) -> list[RunEntry]:
        """All runs that were started here, by the app or the command line, the newest first.

        Args:
            viewer: who looks: private jobs of others are left out; None: everything.
        """
        hidden = set()
        if viewer is not None:
            shown = {job.id for job in self.queue.jobs(viewer=viewer)}
            hidden = {job.folder.resolve() for job in self.queue.jobs() if job.id not in shown}
        return [_seen(run) for run in self._registry.runs() if run.path not in hidden]

    def delete(self, job_id: str) -> None:
        """Remove a job with its run.

        Raises:
            RunConflict: it runs.
            RunError: there is none, or its folder cannot be removed.
        """
        folder = self.queue.job(job_id).folder
        if folder.exists() and is_claimed(folder):
            raise RunConflict(f"A process works on the run in {folder}.", remedy="Stop it first.")
        self.queue.delete(job_id)
        self._registry.forget(folder)


def workplace(settings: Settings) -> Web:
    """The app's view of this machine."""
    return Web(settings)


def _seen(run: RunEntry) -> RunEntry:
    """A run as it is: one that was killed could not say itself that it no longer runs."""
    stopped = run.state == "running" and not is_claimed(run.path)
    return replace(run, state="interrupted") if stopped else run
