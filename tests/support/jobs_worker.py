"""A worker of the stand-in program: `python jobs_worker.py HOME`; tests stop or kill it."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.support.jobs_home import plan_of
from trust_core.errors import RunConflict
from trust_core.jobs.worker import Worker, stopped_by_signals


def said(line: str) -> None:
    """Write a line for the test to read."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    worker = Worker(plan_of(Path(sys.argv[1])), log=said)
    with stopped_by_signals(worker):
        try:
            worker.run()
        except RunConflict as error:
            said(str(error))
            sys.exit(3)
