"""What if: words left out or the text edited, with both models answering at once, beside the original."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

from trust_core.domain.arrays import FloatArray
from trust_core.domain.texts import SegmentedText, TextPair
from trust_core.ui import messages
from trust_core.ui.inspector.bench import Workbench, asked
from trust_core.ui.inspector.focus import Focus, heat_rows
from trust_core.ui.inspector.head import gold_tag, pair_text
from trust_core.ui.inspector.heat import Drawing, HeatRow, Reasons, heatmap_data, shared_limits
from trust_core.ui.inspector.live import live_reasons, top_words, without
from trust_core.ui.inspector.units import Units, units_of
from trust_core.ui.probability_bars import bars_data, probability_bars
from trust_core.ui.token_heatmap import token_heatmap

LONGEST_EDIT: Final = 20_000
"""Characters that an edited text may have."""

_OFF: Final = "inspector_off"
_EDITED: Final = "inspector_edited"


def what_if(focus: Focus, bench: Workbench) -> None:
    """Draw both ways to try the text out.

    Args:
        focus: the text.
        bench: who answers.
    """
    words = focus.words
    if words is None:
        return
    st.subheader("What if", anchor=False)
    leave_out, edit = st.tabs(["Leave words out", "Edit the text"])
    with leave_out:
        _words_off(focus, words, bench)
    with edit:
        _edit(focus, words.pair, bench)


@st.fragment
def _words_off(focus: Focus, words: SegmentedText, bench: Workbench) -> None:
    of = f"{bench.run}/{focus.text.id}"
    kept = st.session_state.get(_OFF)
    off: list[int] = list(kept[1]) if kept and kept[0] == of else []

    def leave_out(units: Sequence[int]) -> None:
        st.session_state[_OFF] = (of, sorted(set(units)))

    def switch(unit: int) -> None:
        leave_out([other for other in off if other != unit] if unit in off else [*off, unit])

    st.caption(
        "Press words to leave them out, as explanations do: they are deleted and spacing is put right. "
        "Press again to put them back."
    )
    units = units_of(words, "word", focus.settings.labels)
    data = {**units.shown(), "mode": "toggle", "off": off, "of": of}
    shorter = without(words, off)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        token_heatmap(data, key="inspector_words_off", on_click=switch)
        _quick_choices(focus, words, off, leave_out)
        if off:
            st.caption(f"What the models read, without {len(off)} of {len(words)} words:")
            pair_text(shorter, focus.settings.labels)
    with right:
        found = asked(lambda: bench.answers(shorter, focus.text.reference.classes)) if off else None
        _bars(focus, found, key="inspector_off_bars")


def _quick_choices(
    focus: Focus, words: SegmentedText, off: list[int], leave_out: Callable[[Sequence[int]], None]
) -> None:
    explained = focus.text.explained
    reasons = focus.reasons(explained) if explained and len(words) else []
    with st.container(horizontal=True, gap="small"):
        if reasons:
            units = units_of(words, "word", focus.settings.labels)
            row = heat_rows(reasons[:1], units, text_id=focus.text.id, settings=focus.settings)[0]
            for model, role in enumerate(("reference", "candidate")):
                st.button(
                    f"Leave out the {role}'s top {row.k}",
                    key=f"inspector_off_{role}",
                    help=f"Its heaviest words by {messages.escape_markdown(row.title)}",
                    disabled=row.k == 0,
                    on_click=leave_out,
                    args=(top_words(row, model),),
                )
        st.button("Put all back", key="inspector_off_none", disabled=not off, on_click=leave_out, args=([],))


@st.fragment
def _edit(focus: Focus, pair: TextPair, bench: Workbench) -> None:
    of = f"{bench.run}/{focus.text.id}"
    with st.form(f"inspector_form/{of}", border=False):
        typed = _text_areas(pair, focus.settings.labels, of)
        wanted = st.form_submit_button("Rescore and explain", type="primary", key="inspector_edit_submit")
    if wanted:
        st.session_state[_EDITED] = (of, typed)
    kept = st.session_state.get(_EDITED)
    if not kept or kept[0] != of:
        st.caption(
            "Both models answer the edited text and are explained again; the original stays beside it."
        )
        return
    st.button("Remove the edit", key="inspector_edit_none", on_click=_forget_edit, args=(of,))
    _side_by_side(focus, kept[1], bench)


def _text_areas(pair: TextPair, labels: tuple[str, str], of: str) -> TextPair:
    """Fields for one text or both; what they hold."""
    columns = st.columns(2 if pair[1] is not None else 1)
    typed = []
    for column, content, label, part in zip(columns, pair, labels, "ab", strict=False):
        with column:
            value = st.text_area(
                messages.escape_markdown(label if pair[1] is not None else "Text"),
                value=content or "",
                key=f"inspector_edit_{part}/{of}",
                height=120,
                max_chars=LONGEST_EDIT,
            )
            # The limit of the field is kept by the browser alone.
            typed.append((value or "")[:LONGEST_EDIT])
    return typed[0], typed[1] if len(typed) > 1 else None


def _forget_edit(of: str) -> None:
    st.session_state.pop(_EDITED, None)
    for part in "ab":
        st.session_state.pop(f"inspector_edit_{part}/{of}", None)


def _side_by_side(focus: Focus, pair: TextPair, bench: Workbench) -> None:
    """The original, pinned, and the edited text: answers and reasons of both models for the same class."""
    answers = asked(lambda: bench.answers(pair, focus.text.reference.classes))
    if answers is None or focus.words is None:
        return
    places = []
    for column, title, found in zip(
        st.columns(2, gap="medium"), ("Original", "Edited"), (None, answers), strict=True
    ):
        with column, st.container(border=True):
            st.markdown(f"**{title}**")
            _bars(focus, found, key=f"inspector_{title}_bars")
            places.append(st.container())
    # Answers are on the screen at once; reasons take some hundred answers more.
    with places[1], st.spinner("Both models are explained"):
        edited = asked(lambda: bench.explained(pair, focus.settings))
    if edited is None:
        return
    classes = focus.text.explained or (focus.text.reference.predicted, focus.text.reference.predicted)
    original = focus.reasons(classes)
    if not original and bench.knows_reasons(focus.words.pair):
        original = live_reasons(bench.explained(focus.words.pair, focus.settings), classes)
    panels = [
        _panel(focus, focus.words, original),
        _panel(focus, edited.text, live_reasons(edited, classes)),
    ]
    explained = [[row.reasons.explainer for row in rows] for _, rows in panels]
    limits = shared_limits(panels[0][1], panels[1][1]) if explained[0] == explained[1] else None
    drawing = Drawing(focus.models, classes, difference=False)
    for place, title, (units, rows) in zip(places, ("Original", "Edited"), panels, strict=True):
        with place:
            if rows:
                token_heatmap(
                    heatmap_data(rows, units, drawing, of=f"{title}/{focus.text.id}", limits=limits),
                    key=f"inspector_{title}_heatmap",
                )
            else:
                st.caption("There are no word weights of this text.")
    st.caption(
        f"The edit was explained with {bench.samples(focus.settings):,} samples."
        + (" The same colour is the same weight on both sides." if limits else "")
    )


def _panel(focus: Focus, words: SegmentedText, reasons: list[Reasons]) -> tuple[Units, list[HeatRow]]:
    units = units_of(words, "word", focus.settings.labels)
    explainers = list(focus.settings.explainers)
    ordered = sorted(reasons, key=lambda one: explainers.index(one.explainer))
    rows = heat_rows(ordered, units, text_id=focus.text.id, settings=focus.settings) if len(words) else []
    return units, rows


def _bars(focus: Focus, found: tuple[FloatArray, FloatArray] | None, *, key: str) -> None:
    """Bars of an answer with marks where the original's were; without an answer, those of the original."""
    stored = focus.text.reference.probabilities, focus.text.candidate.probabilities
    probability_bars(
        bars_data(
            focus.text.reference.classes,
            focus.models,
            stored if found is None else (found[0].tolist(), found[1].tolist()),
            # The label belongs to the text as it was.
            tags=gold_tag(focus.text) if found is None else None,
            before=None if found is None else stored,
            before_label="original",
        ),
        key=key,
    )
