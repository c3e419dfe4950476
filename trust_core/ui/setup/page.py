"""Choose models, texts and what is compared; see what it will cost; run it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from trust_core.domain.spec import Spec
from trust_core.errors import TrustError
from trust_core.pipeline.command import reproducing_command
from trust_core.pipeline.slicing import check_slices
from trust_core.ui import messages, state, visitor
from trust_core.ui.setup.compare_form import compare_form
from trust_core.ui.setup.data_form import data_form
from trust_core.ui.setup.draft import spec_of
from trust_core.ui.setup.models_form import models_form
from trust_core.ui.setup.preflight_panel import preflight_panel
from trust_core.ui.setup.worker_line import worker_line

_PROBLEM: Final = "setup-problem"

_OFFERED: Final = "setup-offered"


def page() -> None:
    """Show the page."""
    state.page_title(
        "New comparison",
        "Choose a reference and what may replace it. The demo is filled in: one click runs it.",
    )
    if visitor.read_only():
        st.info("This server only shows what is there: a comparison can be filled in, but not run.")
    with st.container(border=True):
        st.subheader("1. Models", anchor=False)
        reference, candidates, twin = models_form()
    with st.container(border=True):
        st.subheader("2. Texts", anchor=False)
        data = data_form(reference)
        if data.saved:
            st.caption("With saved predictions the models above are not used.")
    with st.container(border=True):
        st.subheader("3. What is compared", anchor=False)
        choices = compare_form(data, reference=reference, twin=twin)
    with st.container(border=True):
        st.subheader("4. Run", anchor=False)
        worker_line()
        if data.lacks:
            st.info(data.lacks)
            return
        if not candidates and not data.saved:
            st.info("Choose at least one candidate.")
            return
        try:
            spec = spec_of(reference, candidates, data, choices)
            if data.further is not None:
                check_slices(spec.slices, data.further)
        except TrustError as error:
            messages.refusal(f"{error.problem}\n{error.allowed}".strip())
            return
        _run(spec)


def _run(spec: Spec) -> None:
    name = st.text_input(
        "Name of the run",
        _usual_name(spec),
        max_chars=120,
        key=f"setup-name-{_usual_name(spec)}",
    )
    st.button(
        "Run",
        type="primary",
        key="setup-run",
        disabled=visitor.read_only(),
        on_click=_submit,
        args=(spec, name.strip() or _usual_name(spec)),
    )
    problem = st.session_state.pop(_PROBLEM, None)
    if problem:
        messages.refusal(problem)
    _offer(spec, name.strip() or _usual_name(spec))
    preflight_panel(spec)
    with st.expander("The same from the command line"):
        st.code(reproducing_command(spec), language="bash", wrap_lines=True)


def _usual_name(spec: Spec) -> str:
    if spec.from_predictions:
        return "Saved predictions"
    others = f" and {len(spec.candidates) - 1} more" if len(spec.candidates) > 1 else ""
    return f"{spec.reference} against {spec.candidates[0]}{others}"[:120]


def _submit(spec: Spec, name: str, again: bool = False) -> None:
    """Put the comparison into the queue and look at it; one that is done is offered first."""
    try:
        visitor.demand_change()
        job = visitor.web().queue.submit(spec, owner=visitor.owner(), name=name, again=again)
    except TrustError as error:
        st.session_state[_PROBLEM] = str(error)
        return
    if job.state == "done":
        st.session_state[_OFFERED] = (spec, job)
        return
    st.session_state.pop(_OFFERED, None)
    state.open_run(job.id, "verdict")


def _offer(spec: Spec, name: str) -> None:
    """Where the comparison was run before: when, and the choice between its report and another run."""
    asked, job = st.session_state.get(_OFFERED, (None, None))
    if asked != spec or all(run.id != job.id for run in state.runs()):
        return
    when = job.finished or job.created
    with st.container(border=True, key="setup-offer"):
        st.info(
            f"This comparison has been run before: its report is of {when:%Y-%m-%d %H:%M} UTC."
            " Files on this server are as they were then; models and data of the hub without a revision"
            " may have changed since."
        )
        with st.container(horizontal=True):
            st.button(
                "Open its report",
                type="primary",
                key="setup-open",
                on_click=state.open_run,
                args=(job.id, "verdict"),
            )
            st.button(
                "Run it again",
                key="setup-again",
                on_click=_submit,
                args=(spec, name, True),
                help="A second run beside the first one, which stays.",
            )
