"""How far a job has come, and what to do with one that stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from trust_core.errors import RunError, TrustError
from trust_core.export.figure_text import duration
from trust_core.jobs.record import Job
from trust_core.store.folder import results_folder
from trust_core.ui import visitor
from trust_core.ui.messages import escape_markdown, refusal
from trust_core.ui.places import PAGES

_EVERY_S = 1.0

_MESSAGE = "job-message"


def live(job: Job) -> None:
    """The progress of a job that waits or runs; the page is drawn again when it ends or knows more."""
    st.fragment(run_every=_EVERY_S)(_watch)(job.id, _results(job.folder))


def stopped(job: Job, *, partial: bool) -> None:
    """What became of a job that has not come to its end, and the way on."""
    headline = {
        "failed": "This run failed.",
        "cancelled": "This run was cancelled.",
        "interrupted": "This run was interrupted.",
    }[job.state]
    kept = " What was finished is kept." + (" The results so far are below." if partial else "")
    with st.container(border=True, key="job-panel"):
        if job.state == "failed":
            st.error(headline + kept)
        else:
            st.warning(headline + kept)
        if job.message:
            st.text(job.message)
        if job.log_tail:
            with st.expander("Last lines of its log"):
                st.code(job.log_tail, language=None, wrap_lines=True)
        with st.container(horizontal=True):
            if visitor.may_change(job):
                st.button("Resume", type="primary", key="job-resume", on_click=_resume, args=(job.id,))
            st.page_link(PAGES / "runs.py", label="All runs")
        _refused()


def _watch(job_id: str, results: str) -> None:
    try:
        job = visitor.web().queue.job(job_id, viewer=visitor.viewer())
    except RunError:
        # Deleted by somebody else, or the table is busy: the page finds out which.
        st.rerun()
    if not job.live or _results(job.folder) != results:
        st.rerun()
    _progress(job)


def _progress(job: Job) -> None:
    with st.container(border=True, key="job-panel"):
        if job.state == "queued":
            _waiting(job)
        else:
            share = min(1.0, job.done / job.total) if job.total else 0.0
            st.markdown(f"**{escape_markdown(job.phase or 'Starting')}**")
            st.progress(share, text=escape_markdown(_figures(job)))
        with st.container(horizontal=True, vertical_alignment="center"):
            if visitor.may_change(job):
                st.button("Cancel this run", key="job-cancel", on_click=_cancel, args=(job.id,))
            st.caption(escape_markdown(_circumstances(job)))
        _refused()


def _waiting(job: Job) -> None:
    place = job.position
    first = "It is the next one." if place == 1 else f"It is number {place} in the queue."
    st.markdown(f"**This run waits.** {first}")
    worker = visitor.web().worker()
    if worker is None or not worker.alive:
        st.caption("No worker runs at the moment. If none starts, run: python -m trust_core worker")


def _figures(job: Job) -> str:
    parts = [f"{job.done:,} of {job.total:,} {job.unit}" if job.total else ""]
    if job.rate:
        rate = f"{job.rate:,.1f} {job.unit} a second" if job.rate >= 1 else f"{1 / job.rate:,.1f} s for each"
        parts.append(rate)
    if job.eta_s:
        parts.append(f"about {duration(job.eta_s)} left in this step")
    return ", ".join(part for part in parts if part)


def _circumstances(job: Job) -> str:
    parts = [
        f"started {duration((datetime.now(UTC) - job.started).total_seconds())} ago" if job.started else ""
    ]
    parts += [f"on {job.device}" if job.device else "", f"by {job.owner}" if job.owner else ""]
    return ", ".join(part for part in parts if part)


def _results(folder: Path) -> str:
    """Which results are there: another text, another state."""
    found = results_folder(folder)
    return "" if found is None else f"{found[0].name}:{found[1]}"


def _cancel(job_id: str) -> None:
    _tried(job_id, visitor.web().queue.cancel)


def _resume(job_id: str) -> None:
    _tried(job_id, visitor.web().queue.resume)


def _tried(job_id: str, change: Callable[[str], object]) -> None:
    try:
        visitor.demand_change(visitor.web().queue.job(job_id, viewer=visitor.viewer()))
        change(job_id)
    except TrustError as error:
        st.session_state[_MESSAGE] = str(error)


def _refused() -> None:
    said = st.session_state.pop(_MESSAGE, None)
    if said:
        refusal(said)
