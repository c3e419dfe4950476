"""What the visitor looks at: run, candidate and chosen texts, the same on every page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

import streamlit as st

from trust_core.errors import TrustError
from trust_core.jobs.record import Job
from trust_core.ui import address, job_panel, messages
from trust_core.ui.known_runs import EXAMPLE_ID, KnownRun, example, known_runs, named
from trust_core.ui.places import PAGES
from trust_core.ui.run_view import RunView, view_of

_RUNS: Final = "known-runs"

_PROBLEM: Final = "runs-problem"

_FILTER: Final = "text-filter"

_GO_TO: Final = "go-to-page"

_WHOLE_PAGE: Final = "whole-page"


@dataclass(frozen=True, slots=True)
class TextFilter:
    """Texts that were chosen on one page and hold on all.

    Attributes:
        run: id of the run whose texts they are.
        ids: of the texts.
        label: what they are, such as "nli-student-3l, confidence 0.8 to 0.9".
    """

    run: str
    ids: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Selection:
    """What is looked at.

    Attributes:
        run: the run, with its job where the app started it.
        view: its results so far; None where there are none yet.
        candidate: the candidate that is looked at; None likewise.
    """

    run: KnownRun
    view: RunView | None
    candidate: str | None

    @property
    def job(self) -> Job | None:
        """The job that makes the run."""
        return self.run.job


def current() -> Selection:
    """What the visitor looks at now.

    Raises:
        RunError: the run's folder holds something that this version cannot read.
    """
    run = _chosen()
    view = view_of(run.folder, run_id=run.id, name=run.name, example=run.example)
    if view is None:
        return Selection(run, None, None)
    wanted = address.read("candidate")
    return Selection(run, view, wanted if wanted in view.candidates else next(iter(view.candidates), None))


def choose() -> None:
    """Look up the runs, and offer the choice of run and candidate in the sidebar."""
    _leave_if_asked()
    _look_up()
    known = {run.id: run for run in runs()}
    with st.sidebar:
        st.session_state["run-choice"] = _chosen().id
        st.selectbox(
            "Run",
            list(known),
            format_func=lambda run_id: known[run_id].label,
            key="run-choice",
            on_change=_run_chosen,
        )
        try:
            selection = current()
        except TrustError:
            # The page says so.
            return
        if selection.view is not None and selection.candidate is not None:
            st.session_state["candidate-choice"] = selection.candidate
            st.selectbox(
                "Candidate",
                selection.view.candidates,
                key="candidate-choice",
                on_change=_candidate_chosen,
            )


def open_run(run_id: str, page: str | None = None) -> None:
    """Look at another run; in a callback. `page` is the name of a file in pages/, without its ending."""
    address.write("run", "" if run_id == EXAMPLE_ID else run_id)
    for name in ("candidate", "bin", "example"):
        address.write(name, "")
    st.session_state.pop(_FILTER, None)
    if page is not None:
        go_to(page)


def leave_run(run_id: str) -> None:
    """Look at the example where a run was looked at that is gone now; in a callback."""
    if _chosen().id == run_id:
        open_run(EXAMPLE_ID)


def open_text(text_id: str) -> None:
    """Show a text on the page Text inspector; in a callback."""
    address.write("example", text_id)
    go_to("inspector")


def go_to(page: str) -> None:
    """Leave for another page when the callback is over: the name of a file in pages/, without its ending."""
    st.session_state[_GO_TO] = page
    whole_page()


def filter_texts(ids: Sequence[str], label: str) -> None:
    """Choose texts for all pages; in a callback. Without ids: all texts again.

    The address forgets the bin of an earlier choice.
    """
    address.write("bin", "")
    restore_texts(ids, label)


def restore_texts(ids: Sequence[str], label: str) -> None:
    """Choose texts as the address says, outside a callback; as `filter_texts` but for the address."""
    whole_page()
    if not ids:
        st.session_state.pop(_FILTER, None)
        return
    st.session_state[_FILTER] = TextFilter(_chosen().id, tuple(ids), label)


def selected() -> TextFilter | None:
    """The texts that are chosen; None: all of them."""
    found = st.session_state.get(_FILTER)
    if not isinstance(found, TextFilter) or found.run != _chosen().id:
        return None
    return found


def whole_page() -> None:
    """Draw the whole page when the callback is over, also where it came from a `fragment`."""
    st.session_state[_WHOLE_PAGE] = True


def fragment(draw: Callable[..., None], *, run_every: float | None = None) -> Callable[..., None]:
    """A part of a page that is drawn again alone when something in it changes.

    What is outside of it (another page, run, text or choice of texts) still takes the whole page.

    Args:
        draw: draws the part.
        run_every: draw it again by itself after so many seconds.
    """

    @wraps(draw)
    def drawn(*given: Any, **named: Any) -> None:
        if st.session_state.pop(_WHOLE_PAGE, False):
            st.rerun()
        draw(*given, **named)

    return st.fragment(drawn, run_every=run_every)


def page_frame(title: str, body: Callable[[RunView, str], None], *, intro: str = "") -> None:
    """A page about one run: its title, then the body, once there is something to show.

    Args:
        title: of the page.
        body: draws the page from results and the candidate looked at; errors of trust_core.errors that it
            raises are shown.
        intro: one sentence on what the page answers.
    """
    page_title(title, intro)
    try:
        show_problem()
        selection = current()
        _state_of(selection)
        if selection.view is not None and selection.candidate is not None:
            _chip()
            body(selection.view, selection.candidate)
    except TrustError as error:
        messages.failed(error)


def show_problem() -> None:
    """Say why the runs of this server could not be read, if they could not."""
    if _PROBLEM in st.session_state:
        messages.refusal(st.session_state[_PROBLEM])


def page_title(title: str, intro: str = "") -> None:
    """The title of a page, a sentence on what it is for, and a warning where the address leads nowhere."""
    st.title(title, anchor=False)
    if intro:
        st.caption(intro)
    _say_if_missing()


def _state_of(selection: Selection) -> None:
    """The same on every page: where the results come from, and how far they have come."""
    job, view = selection.job, selection.view
    if view is not None:
        _subject(view)
    if job is not None and job.live:
        job_panel.live(job)
    elif job is not None and job.resumable:
        job_panel.stopped(job, partial=view is not None)
    elif view is None:
        messages.nothing_yet("This run has no results yet.")
    if view is not None:
        messages.partial_note(view)


def _subject(view: RunView) -> None:
    data = view.report.resolved.data
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if view.example:
            st.badge("Example", icon=":material/auto_stories:", help="A finished run of the bundled models.")
        texts = f"{data.predicted:,} texts, {data.explained:,} of them explained"
        others = ", ".join(view.candidates)
        st.caption(messages.escape_markdown(f"{others} against {view.reference}. {texts}."))


def _chip() -> None:
    chosen = selected()
    if chosen is not None:
        st.button(
            f"Only {messages.escape_markdown(chosen.label)} ({len(chosen.ids):,} texts)",
            icon=":material/close:",
            icon_position="right",
            key="text-filter-chip",
            on_click=filter_texts,
            args=((), ""),
            help="Show all texts again",
        )


def _look_up() -> None:
    """The runs of this visit: once, since every part of a page asks for them."""
    st.session_state.pop(_PROBLEM, None)
    try:
        st.session_state[_RUNS] = known_runs()
    except TrustError as error:
        st.session_state[_RUNS] = [example()]
        st.session_state[_PROBLEM] = str(error)


def runs() -> list[KnownRun]:
    """The runs that the sidebar offers, as they were when the page was opened or drawn last.

    Where they could not be read it is the example alone; `show_problem` says why.
    """
    if _RUNS not in st.session_state:
        _look_up()
    return list(st.session_state[_RUNS])


def _chosen() -> KnownRun:
    """The run that the address names, by its id or the beginning of its fingerprint; else the example."""
    return named(runs(), address.read("run")) or example()


def _say_if_missing() -> None:
    """Say that the run of the address is not there: what is shown instead would be taken for it."""
    wanted = address.read("run")
    missing = bool(wanted) and named(runs(), wanted) is None
    if missing and _PROBLEM not in st.session_state:
        st.warning("The run that the address names is not here, or not yours. The example is shown.")


def _run_chosen() -> None:
    open_run(st.session_state["run-choice"])


def _candidate_chosen() -> None:
    address.write("candidate", st.session_state["candidate-choice"])
    address.write("bin", "")


def _leave_if_asked() -> None:
    st.session_state.pop(_WHOLE_PAGE, None)
    page = st.session_state.pop(_GO_TO, None)
    if page is not None:
        st.switch_page(PAGES / f"{page}.py", query_params=address.taken_along())
