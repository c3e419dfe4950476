"""The page Text inspector."""

from __future__ import annotations

import hashlib

import streamlit as st

from trust_core.ui import address, state, visitor
from trust_core.ui.inspector.bench import Workbench
from trust_core.ui.inspector.browse import Wanted, narrowed
from trust_core.ui.inspector.focus import Focus, focus_on, run_settings
from trust_core.ui.inspector.head import head
from trust_core.ui.inspector.list_panel import clear_filters, filters, steps, text_list
from trust_core.ui.inspector.live import Models
from trust_core.ui.inspector.prepared import listed_texts, words_of_run
from trust_core.ui.inspector.reasons_panel import reasons_panel
from trust_core.ui.inspector.stored import stored_text
from trust_core.ui.inspector.what_if import what_if
from trust_core.ui.run_view import RunView


def page() -> None:
    """Show the page."""
    state.page_frame(
        "Text inspector",
        _body,
        intro="One text: both models' answers, and the words they go by, side by side.",
    )


def _body(view: RunView, candidate: str) -> None:
    listed = listed_texts(view, candidate)
    chosen = state.selected()
    # The steps stand above the list, and follow its filters.
    above, find = st.container(), st.expander("Find a text", key="inspector_find")
    with find:
        wanted = filters(listed)
    found = narrowed(listed, wanted, among=chosen.ids if chosen else None)
    ids: list[str] = found["id"].tolist()
    linked = address.read("example")
    known = bool((listed["id"] == linked).any())
    if linked and not known:
        st.warning("The text that the address names is not in this run. Another one is shown.")
    shown = linked if known else next(iter(ids), "")
    with above:
        steps(ids, shown, _show)
    with find:
        st.caption(f"{len(ids):,} of {len(listed):,} texts. Choose a row to look at its text.")
        if ids:
            text_list(
                found, run=f"{view.id}/{candidate}", state=_digest(wanted, chosen), shown=shown, show=_show
            )
        else:
            st.button("Clear all filters", on_click=clear_filters, key="inspector_clear_empty")
    text = stored_text(
        shown,
        texts=view.texts,
        predictions=view.predictions,
        pairs=view.pairs,
        reference=view.reference,
        candidate=candidate,
    )
    if text is None:
        if not ids:
            st.info("No text fits the filters.")
        return
    focus = focus_on(text, view.attributions_of(shown), run_settings(view.report))
    bench = Workbench(_models(), view.folder, candidate, f"{view.id}/{candidate}")
    head(focus)
    if text.pair is not None:
        st.subheader("Reasons, word by word", anchor=False)
        _reasons(view, focus, bench)
        if not visitor.read_only():
            what_if(focus, bench)


@state.fragment
def _reasons(view: RunView, focus: Focus, bench: Workbench) -> None:
    reasons_panel(
        focus,
        bench,
        words_elsewhere=lambda: words_of_run(view, bench.candidate),
        open_text=state.open_text,
    )


def _models() -> Models:
    """The warm process of this machine."""
    return visitor.web().interactive


def _show(text_id: str) -> None:
    address.write("example", text_id)


def _digest(wanted: Wanted, chosen: state.TextFilter | None) -> str:
    """Names a filter and order in the keys of widgets."""
    return hashlib.blake2b(repr((wanted, chosen)).encode(), digest_size=6).hexdigest()
