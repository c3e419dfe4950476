"""Progress of a job, written into the table often enough to be watched and seldom enough to cost nothing."""

from __future__ import annotations

import time
from contextlib import suppress

from trust_core.domain.progress import Progress
from trust_core.errors import RunError
from trust_core.jobs.ledger import Ledger
from trust_core.ports import Clock

EVERY_S = 0.5
"""So far apart two writes of one phase are, at the least."""


class JobProgress:
    """A sink for the progress of one job.

    Args:
        ledger: the table.
        job_id: the job.
        clock: counts seconds.
        every_s: how far apart two writes of one phase are, at the least.
    """

    def __init__(
        self, ledger: Ledger, job_id: str, *, clock: Clock = time.monotonic, every_s: float = EVERY_S
    ) -> None:
        self._ledger = ledger
        self._job_id = job_id
        self._clock = clock
        self._every_s = every_s
        self._phase = ""
        self._began = self._written = 0.0
        self._at_start = 0

    def __call__(self, progress: Progress) -> None:
        """Take one report."""
        now = self._clock()
        new = progress.phase != self._phase
        if new:
            self._phase, self._began, self._at_start = progress.phase, now, progress.done
        elif now - self._written < self._every_s and progress.done < progress.total:
            return
        self._written = now
        rate = _rate(progress.done - self._at_start, now - self._began)
        left = progress.total - progress.done
        # Progress is there to be looked at: where the table is busy, the work matters more.
        with suppress(RunError):
            self._ledger.progress(
                self._job_id,
                {
                    "phase": progress.phase,
                    "done": progress.done,
                    "total": progress.total,
                    "unit": progress.unit,
                    "rate": rate,
                    "eta_s": left / rate if rate else None,
                },
            )


def _rate(units: int, seconds: float) -> float | None:
    return units / seconds if units > 0 and seconds > 0 else None
