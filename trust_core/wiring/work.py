"""The composition root of the worker and of the processes that it starts."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from types import FrameType

from trust_core.domain.report import Report
from trust_core.domain.spec import Spec
from trust_core.domain.spec_reading import read_part
from trust_core.errors import RunError, TrustError
from trust_core.jobs.device import free_memory, total_memory
from trust_core.jobs.identity import checked_id
from trust_core.jobs.ledger import Ledger
from trust_core.jobs.process import end_with_parent
from trust_core.jobs.progress import JobProgress
from trust_core.jobs.rows import run_folder
from trust_core.jobs.worker import Worker, WorkerPlan, stopped_by_signals
from trust_core.settings import Settings
from trust_core.wiring.engine import evaluate
from trust_core.wiring.permission import admitted, web_limits
from trust_core.wiring.program import program

ALONE_S = 60.0
"""A worker that a web server brought along stays so long after that has gone."""

NICENESS = 5
"""Jobs leave the processor to the pages and to what-if edits when both want it."""


def work(settings: Settings, *, log: Callable[[str], None], with_web: bool = False) -> None:
    """Serve the queue of this home until told to stop.

    Args:
        settings: of the machine.
        log: takes lines for whoever started the worker.
        with_web: whether to end once no web server is left that wants a worker.

    Raises:
        RunConflict: another worker serves it.
    """
    command, folder = program()
    plan = WorkerPlan(
        home=settings.home, command=command, folder=folder, alone_s=ALONE_S if with_web else None
    )
    worker = Worker(plan, log=log)
    with stopped_by_signals(worker):
        worker.run()


def run_job(job_id: str, settings: Settings) -> Report:
    """Carry out a job that a worker has taken out of the queue: the process of that job.

    Raises:
        TrustError: something that the user can mend; it is written into the table too.
        KeyboardInterrupt: the worker, or somebody else, told the process to stop.
    """
    end_with_parent(os.environ)
    ledger = Ledger(settings.home)
    key = checked_id(job_id)
    taken = ledger.taken(key)
    if taken is None:
        raise RunError(
            f"The job {key} does not run.", remedy="The worker starts jobs: this command is its own."
        )
    given, owner = taken
    os.nice(NICENESS)
    try:
        with _stopped_by_term():
            spec = read_part(Spec, json.loads(given), source="The job")
            admitted(spec, owner, settings)
            bound = replace(
                settings,
                model_roots=settings.web_model_roots,
                data_roots=tuple(web_limits(settings, owner).roots or ()),
            )
            report = evaluate(
                spec,
                run_folder(settings.home, key),
                settings=bound,
                progress=JobProgress(ledger, key),
                origin="given",
            )
    except TrustError as error:
        ledger.say(key, str(error))
        raise
    except Exception as error:
        ledger.say(
            key,
            f"This is an error of TrustEq, not of yours: please report it.\n{type(error).__name__}: {error}",
        )
        raise
    # The run is finished: whether its device is noted beside it does not matter.
    with suppress(RunError):
        ledger.set_device(key, report.resolved.device)
    return report


def device_facts(settings: Settings) -> dict[str, str | int | None]:
    """What jobs compute on: device, kind, free and whole memory, precision, backend, threads, message."""
    # Here, and not above: this imports torch, which the worker itself has no use for.
    from trust_core.models.device import choose_device, limit_threads

    end_with_parent(os.environ)
    device = choose_device("auto")
    on_cpu = device.free_bytes is None
    return {
        "device": device.description,
        "kind": "cpu" if on_cpu else "cuda",
        "free_bytes": free_memory() if on_cpu else device.free_bytes,
        "total_bytes": total_memory() if on_cpu else device.total_bytes,
        "precision": "float32",
        "backend": "OpenVINO or torch" if on_cpu and settings.openvino else "torch",
        "threads": limit_threads(None),
        "message": "",
    }


@contextmanager
def _stopped_by_term() -> Iterator[None]:
    """Let SIGTERM end the work like Ctrl-C does."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
