"""What will do the work: the worker, its device, its memory and precision."""

from __future__ import annotations

import streamlit as st

from trust_core.errors import TrustError
from trust_core.jobs.record import WorkerStatus
from trust_core.ui import messages, visitor


def worker_line() -> None:
    """One line about the worker; says so where there is none, or no GPU."""
    try:
        worker = visitor.web().worker()
    except TrustError as error:
        messages.refusal(str(error))
        return
    if worker is None or not worker.alive:
        st.warning(
            "No worker runs on this server now. Running a comparison starts one, unless the server's "
            "administrator starts workers by hand (python -m trust_core worker)."
        )
        return
    if worker.message:
        st.warning(messages.escape_markdown(worker.message))
    st.text(worker_words(worker))
    if worker.kind == "cpu":
        st.caption("There is no GPU: the bundled models are small enough for the CPU; large ones take long.")


def worker_words(worker: WorkerStatus) -> str:
    """The worker in a line."""
    if not worker.device:
        return "The worker is looking for its device."
    parts = [f"Runs on {worker.device}"]
    if worker.free_bytes is not None:
        parts.append(f"{worker.free_bytes / 1024**3:.1f} GiB of memory free")
    parts += [part for part in (worker.precision, worker.backend) if part]
    return ", ".join(parts) + ("; busy with another run" if worker.job else "")
