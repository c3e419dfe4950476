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
        if not data.source and not data.saved:
            st.info("Choose texts first.")
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
    preflight_panel(spec)
    with st.expander("The same from the command line"):
        st.code(reproducing_command(spec), language="bash", wrap_lines=True)


def _usual_name(spec: Spec) -> str:
    if spec.from_predictions:
        return "Saved predictions"
    others = f" and {len(spec.candidates) - 1} more" if len(spec.candidates) > 1 else ""
    return f"{spec.reference} against {spec.candidates[0]}{others}"[:120]


def _submit(spec: Spec, name: str) -> None:
    """Put the comparison into the queue and look at it; the same one again is the run that is there."""
    try:
        visitor.demand_change()
        job = visitor.web().queue.submit(spec, owner=visitor.owner(), name=name)
    except TrustError as error:
        st.session_state[_PROBLEM] = str(error)
        return
    state.open_run(job.id, "verdict")
