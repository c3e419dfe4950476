"""`worker`, and the commands that it gives to its own processes, which the help does not list."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser, Namespace
from typing import Any

from trust_core.cli.evaluate import exit_code
from trust_core.cli.exit_codes import DONE
from trust_core.cli.terminal import complain, say
from trust_core.settings import settings_from
from trust_core.wiring.work import device_facts, run_job, work


def add_command(subparsers: Any) -> None:
    """Add the commands to the parser."""
    worker: ArgumentParser = subparsers.add_parser(
        "worker",
        help="carry out the jobs of the app, where the app does not start a worker itself",
        description="Serve the queue of the app: one worker for each TRUST_HOME.",
    )
    worker.add_argument(
        "--with-web", action="store_true", help="end once no web server is left that wants a worker"
    )
    worker.set_defaults(command=_worker)
    job: ArgumentParser = subparsers.add_parser("job", description="Carry out a job; the worker calls this.")
    job.add_argument("id", metavar="ID")
    job.set_defaults(command=_job, goes_on=True)
    probe: ArgumentParser = subparsers.add_parser(
        "probe", description="Say as JSON what jobs compute on; the worker calls this."
    )
    probe.set_defaults(command=_probe)

    warm: ArgumentParser = subparsers.add_parser(
        "warm", description="Answer what-if edits at an open socket; the worker calls this."
    )
    warm.add_argument("socket", metavar="NUMBER", type=int)
    warm.set_defaults(command=_warm)


def _worker(options: Namespace) -> int:
    work(settings_from(os.environ), log=complain, with_web=options.with_web)
    return DONE


def _job(options: Namespace) -> int:
    return exit_code(run_job(options.id, settings_from(os.environ)))


def _warm(options: Namespace) -> int:
    # Here, and not above: this imports torch, which the worker itself has no use for.
    from trust_core.wiring.warm import serve_warm

    serve_warm(options.socket, settings_from(os.environ))
    return DONE


def _probe(options: Namespace) -> int:
    del options
    say([json.dumps(device_facts(settings_from(os.environ)))])
    return DONE
