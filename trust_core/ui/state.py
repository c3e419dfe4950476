"""What the visitor looks at: run, candidate and chosen texts, the same on every page."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from trust_core.errors import TrustError
from trust_core.settings import settings_from
from trust_core.store.registry import Registry
from trust_core.ui import address, messages
from trust_core.ui.places import EXAMPLE, PAGES
from trust_core.ui.run_view import RunView, view_of

EXAMPLE_NAME: Final = "Example"

_FILTER: Final = "text-filter"

_GO_TO: Final = "go-to-page"


@dataclass(frozen=True, slots=True)
class KnownRun:
    """A run that can be chosen.

    Attributes:
        id: its name in the address.
        name: for people.
        folder: where it is.
        example: whether it is the bundled one.
    """

    id: str
    name: str
    folder: Path
    example: bool = False


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
        view: the results of the run; None where there are none yet.
        candidate: the candidate that is looked at; None likewise.
    """

    view: RunView | None
    candidate: str | None


def current() -> Selection:
    """What the visitor looks at now."""
    known = _chosen(_known_runs())
    view = view_of(known.folder, run_id=known.id, name=known.name, example=known.example)
    if view is None:
        return Selection(None, None)
    wanted = address.read("candidate")
    return Selection(view, wanted if wanted in view.candidates else next(iter(view.candidates), None))


def choose() -> None:
    """The choice of run and candidate, in the sidebar."""
    _leave_if_asked()
    runs = _known_runs()
    known = {run.id: run for run in runs}
    with st.sidebar:
        st.session_state["run-choice"] = _chosen(runs).id
        st.selectbox(
            "Run",
            list(known),
            format_func=lambda name: known[name].name,
            key="run-choice",
            on_change=_run_chosen,
        )
        selection = current()
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
    address.write("run", "" if run_id == EXAMPLE_NAME else run_id)
    for name in ("candidate", "bin", "example"):
        address.write(name, "")
    st.session_state.pop(_FILTER, None)
    if page is not None:
        go_to(page)


def open_text(text_id: str) -> None:
    """Show a text on the page Text inspector; in a callback."""
    address.write("example", text_id)
    go_to("inspector")


def go_to(page: str) -> None:
    """Leave for another page when the callback is over: the name of a file in pages/, without its ending."""
    st.session_state[_GO_TO] = page


def filter_texts(ids: Sequence[str], label: str) -> None:
    """Choose texts for all pages; in a callback. Without ids: all texts again.

    The address forgets the bin of an earlier choice.
    """
    address.write("bin", "")
    restore_texts(ids, label)


def restore_texts(ids: Sequence[str], label: str) -> None:
    """Choose texts as the address says, outside a callback; as `filter_texts` but for the address."""
    if not ids:
        st.session_state.pop(_FILTER, None)
        return
    st.session_state[_FILTER] = TextFilter(_chosen(_known_runs()).id, tuple(ids), label)


def selected() -> TextFilter | None:
    """The texts that are chosen; None: all of them."""
    found = st.session_state.get(_FILTER)
    if not isinstance(found, TextFilter) or found.run != _chosen(_known_runs()).id:
        return None
    return found


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
        selection = current()
        if selection.view is None or selection.candidate is None:
            messages.nothing_yet("There are no results yet.")
            return
        messages.partial_note(selection.view)
        _chip()
        body(selection.view, selection.candidate)
    except TrustError as error:
        messages.failed(error)


def page_title(title: str, intro: str = "") -> None:
    """The title of a page, and a sentence on what it is for."""
    st.title(title, anchor=False)
    if intro:
        st.caption(intro)


def _chip() -> None:
    chosen = selected()
    if chosen is not None:
        st.button(
            f"Only {messages.escape_markdown(chosen.label)} ({len(chosen.ids)} texts)  ✕",
            key="text-filter-chip",
            on_click=filter_texts,
            args=((), ""),
            help="Show all texts again",
        )


def _known_runs() -> list[KnownRun]:
    entries = Registry(settings_from(os.environ).home).runs()
    return [
        KnownRun(EXAMPLE_NAME, EXAMPLE_NAME, EXAMPLE, example=True),
        *(KnownRun(entry.id, f"{entry.name} ({entry.id[:6]})", entry.path) for entry in entries),
    ]


def _chosen(runs: Sequence[KnownRun]) -> KnownRun:
    wanted = address.read("run")
    return next((run for run in runs if run.id == wanted), runs[0])


def _run_chosen() -> None:
    open_run(st.session_state["run-choice"])


def _candidate_chosen() -> None:
    address.write("candidate", st.session_state["candidate-choice"])
    address.write("bin", "")


def _leave_if_asked() -> None:
    page = st.session_state.pop(_GO_TO, None)
    if page is not None:
        st.switch_page(PAGES / f"{page}.py")
