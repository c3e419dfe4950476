"""History of all runs: open, resume, cancel, delete, compare, export, import."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from trust_core.errors import RunError, TrustError
from trust_core.store.folder import load_report, spec_of_run
from trust_core.ui import downloads, messages, state, visitor
from trust_core.ui.choice_table import choice_table
from trust_core.ui.known_runs import KnownRun, known_runs
from trust_core.ui.runs.rows import figure_differences, run_row, spec_differences, state_of

_EVERY_S: Final = 2.0

_PROBLEM: Final = "runs-page-problem"

_TABLE: Final = "runs-table"

_CHOSEN: Final = "runs-chosen"

_LARGEST_IMPORT_MIB: Final = 200


def page() -> None:
    """Show the page."""
    state.page_title("Runs", "Every run of this server: open, resume, compare, export.")
    problem = st.session_state.pop(_PROBLEM, None)
    if problem:
        messages.refusal(problem)
    state.show_problem()
    runs = state.runs()
    live = _live(runs)
    state.fragment(_history, run_every=_EVERY_S if live else None)([runs], live)
    chosen = next((run for run in runs if run.id == st.session_state.get(_CHOSEN)), None)
    if chosen is None:
        st.caption("Choose a row to see more of a run, and what can be done with it.")
    else:
        _one_run(chosen)
    if len(runs) > 1:
        _compare(runs)
    _import()


def _live(runs: list[KnownRun]) -> bool:
    return any(run.job is not None and run.job.live for run in runs)


def _history(known: list[list[KnownRun]], was_live: bool) -> None:
    """The table; drawn again by itself while something waits or runs.

    Args:
        known: the runs that the page was drawn with, taken out by the first drawing; later ones read them.
        was_live: whether something waited or ran then.
    """
    try:
        runs = known.pop() if known else known_runs()
    except TrustError as error:
        messages.failed(error)
        return
    if was_live and not _live(runs):
        st.rerun()
    ids = tuple(run.id for run in runs)
    # A choice is a place in the list, so another list is another table.
    key = f"{_TABLE}-{len(ids)}-{ids[min(1, len(ids) - 1)]}"
    choice_table(
        pd.DataFrame([run_row(run) for run in runs]),
        ids=ids,
        key=key,
        choose=_choose,
        undo=partial(_choose, None),
    )
    if len(runs) == 1:
        st.caption("Nothing has been run here yet: the example is a finished run of the bundled models.")


def _choose(run: str | None) -> None:
    st.session_state[_CHOSEN] = run
    state.whole_page()


def _one_run(run: KnownRun) -> None:
    with st.container(border=True):
        st.subheader(messages.escape_markdown(run.name), anchor=False)
        st.text(f"{state_of(run)}; {run.id}; {run.folder}")
        job = run.job
        if job is not None and job.message:
            st.text(job.message)
        if job is not None and job.log_tail:
            with st.expander("Last lines of its log"):
                st.code(job.log_tail, language=None, wrap_lines=True)
        with st.container(horizontal=True):
            st.button(
                "Open", type="primary", key="run-open", on_click=state.open_run, args=(run.id, "verdict")
            )
            _changes(run)
            if state_of(run) == "done":
                _export(run)
        _command(run)


def _changes(run: KnownRun) -> None:
    """What may be done to a run, by whom it belongs to."""
    job = run.job
    if run.example or not visitor.may_change(job):
        return
    if job is not None and job.live:
        st.button("Cancel", key="run-cancel", on_click=_tried, args=(_cancel, run))
        return
    if job is not None and job.resumable:
        st.button("Resume", key="run-resume", on_click=_tried, args=(_resume, run))
    if job is not None:
        with st.popover("Delete"):
            st.write("The run and its results are removed from the server. This cannot be undone.")
            st.button("Delete for good", key="run-delete", on_click=_tried, args=(_delete, run))
    elif run.entry is not None and (run.imported or visitor.viewer() is None):
        with st.popover("Forget"):
            st.write("The run leaves this list. Its folder stays, unless it was imported here.")
            st.button("Take it off the list", key="run-forget", on_click=_tried, args=(_forget, run))


def _tried(change: Callable[[KnownRun], None], run: KnownRun) -> None:
    """Do it if the visitor may; say why where it cannot be done."""
    try:
        visitor.demand_change(run.job)
        change(run)
    except TrustError as error:
        st.session_state[_PROBLEM] = str(error)


def _cancel(run: KnownRun) -> None:
    visitor.web().queue.cancel(run.id)


def _resume(run: KnownRun) -> None:
    visitor.web().queue.resume(run.id)


def _delete(run: KnownRun) -> None:
    visitor.web().delete(run.id)
    _gone(run)


def _forget(run: KnownRun) -> None:
    visitor.web().forget(run.folder, viewer=visitor.viewer())
    _gone(run)


def _gone(run: KnownRun) -> None:
    st.session_state.pop(_CHOSEN, None)
    state.leave_run(run.id)


def _export(run: KnownRun) -> None:
    downloads.file(
        "Export",
        lambda: visitor.web().export_run(run.folder),
        name=f"trusteq-{run.name}-{run.id[:6]}.zip",
        mime="application/zip",
        key=f"run-export-{run.id}",
    )


def _command(run: KnownRun) -> None:
    try:
        command = load_report(run.folder).resolved.command
    except TrustError:
        # It has not come so far.
        return
    with st.expander("The same from the command line"):
        st.code(command, language="bash", wrap_lines=True)


def _compare(runs: list[KnownRun]) -> None:
    with st.expander("Compare two runs"):
        finished = {run.id: run for run in runs if state_of(run) == "done"}
        if len(finished) < 2:
            st.caption("Two finished runs are needed.")
            return
        with st.container(horizontal=True):
            first = st.selectbox(
                "First run", list(finished), format_func=lambda one: finished[one].label, key="compare-first"
            )
            second = st.selectbox(
                "Second run",
                list(finished),
                index=1,
                format_func=lambda one: finished[one].label,
                key="compare-second",
            )
        if first == second:
            st.caption("Choose two different runs.")
            return
        _side_by_side(finished[first], finished[second])


def _side_by_side(first: KnownRun, second: KnownRun) -> None:
    try:
        reports = load_report(first.folder), load_report(second.folder)
    except TrustError as error:
        messages.failed(error)
        return
    try:
        settings = spec_differences(spec_of_run(first.folder), spec_of_run(second.folder))
    except RunError:
        settings = spec_differences(reports[0].spec, reports[1].spec)
    st.markdown("**What was asked differently**")
    if settings:
        st.dataframe(pd.DataFrame(settings), hide_index=True, key="compare-settings")
    else:
        st.caption("Nothing: both runs have the same settings.")
    st.markdown("**Verdicts and voting figures, with their 90 % intervals**")
    st.dataframe(pd.DataFrame(figure_differences(*reports)), hide_index=True, key="compare-figures")


def _import() -> None:
    with st.expander("Import a run"):
        given = st.file_uploader(
            "A run that was exported here or elsewhere (zip)",
            type="zip",
            key="run-import",
            max_upload_size=_LARGEST_IMPORT_MIB,
            disabled=visitor.read_only(),
            help="It opens without its models: only what needs them, such as edits of a text, is missing.",
        )
        if given is not None:
            content = given.getvalue()
            st.button("Import", key="run-import-do", on_click=_imported, args=(content,))


def _imported(content: bytes) -> None:
    try:
        visitor.demand_change()
        entry = visitor.web().import_run(content, owner=visitor.owner())
        run_id = next(run.id for run in known_runs() if run.folder == entry.path)
    except TrustError as error:
        st.session_state[_PROBLEM] = str(error)
        return
    state.open_run(run_id, "verdict")
