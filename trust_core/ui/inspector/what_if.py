"""What if: words left out or the text edited, with both models answering at once, beside the original."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import streamlit as st

from trust_core.domain.arrays import FloatArray
from trust_core.domain.texts import SegmentedText, TextPair
from trust_core.errors import TrustError
from trust_core.ui import messages
from trust_core.ui.inspector.focus import Focus, heat_rows
from trust_core.ui.inspector.head import pair_text
from trust_core.ui.inspector.heat import Drawing, heatmap_data, shared_limits
from trust_core.ui.inspector.live import LiveExplanation, Models, live_reasons, top_words, without
from trust_core.ui.inspector.units import units_of
from trust_core.ui.probability_bars import bars_data, probability_bars
from trust_core.ui.token_heatmap import token_heatmap

Found = TypeVar("Found")

LONGEST_EDIT: Final = 20_000
"""Characters that an edited text may have."""

_OFF: Final = "inspector_off"
_EDITED: Final = "inspector_edited"
_EXPLAINED: Final = "inspector_explained"
_ANSWERS: Final = "inspector_answers"

_KEPT: Final = 200
"""Answers that a session keeps, so that a word put back costs nothing."""


@dataclass(frozen=True, slots=True)
class Workbench:
    """Where a text is tried out.

    Attributes:
        models: the warm process that keeps the run's models loaded.
        folder: of the run.
        run: names run and candidate in the keys of the session.
    """

    models: Models
    folder: Path
    run: str


def what_if(focus: Focus, bench: Workbench) -> None:
    """Draw both ways to try the text out.

    Args:
        focus: the text.
        bench: who answers.
    """
    words, pair = focus.words, focus.text.pair
    if words is None or pair is None:
        return
    st.subheader("What if")
    leave_out, edit = st.tabs(["Leave words out", "Edit the text"])
    with leave_out:
        _words_off(focus, words, bench)
    with edit:
        _edit(focus, pair, bench)


@st.fragment
def _words_off(focus: Focus, words: SegmentedText, bench: Workbench) -> None:
    of = f"{bench.run}/{focus.text.id}"
    kept = st.session_state.get(_OFF)
    off: list[int] = list(kept[1]) if kept and kept[0] == of else []

    def set_off(units: Sequence[int]) -> None:
        st.session_state[_OFF] = (of, sorted(set(units)))

    def switch(unit: int) -> None:
        set_off([other for other in off if other != unit] if unit in off else [*off, unit])

    st.caption(
        "Press words to leave them out, as explanations do: they are deleted and spacing is put right. "
        "Press again to put them back."
    )
    units = units_of(words, "word", focus.settings.labels)
    token_heatmap(
        {**units.shown(), "mode": "toggle", "off": off, "of": of}, key="inspector_words_off", on_click=switch
    )
    _quick_choices(focus, words, off, set_off)
    if not off:
        st.caption("All words are in: both models answer as above.")
        return
    shorter = without(words, off)
    st.caption(f"The text without {len(off)} of its {len(words)} words, as both models now read it:")
    pair_text(shorter, focus.settings.labels)
    found = _asked(lambda: _answers(bench, focus, shorter))
    if found is not None:
        _bars(focus, found, key="inspector_off_bars")


def _quick_choices(
    focus: Focus, words: SegmentedText, off: list[int], set_off: Callable[[Sequence[int]], None]
) -> None:
    with st.container(horizontal=True, gap="small"):
        explained = focus.text.explained
        reasons = focus.reasons(explained) if explained and len(words) else []
        if reasons:
            units = units_of(words, "word", focus.settings.labels)
            row = heat_rows(reasons[:1], units, text_id=focus.text.id, settings=focus.settings)[0]
            for model, role in enumerate(("reference", "candidate")):
                st.button(
                    f"Leave out the {role}'s top {row.k}",
                    key=f"inspector_off_top_{role}",
                    help=f"The heaviest words of the {role} by {row.title}",
                    disabled=row.k == 0,
                    on_click=set_off,
                    args=(top_words(row, model),),
                )
        st.button("Put all back", key="inspector_off_reset", disabled=not off, on_click=set_off, args=([],))


@st.fragment
def _edit(focus: Focus, pair: TextPair, bench: Workbench) -> None:
    of = f"{bench.run}/{focus.text.id}"
    with st.form(f"inspector_edit/{of}", border=False):
        columns = st.columns(2 if pair[1] is not None else 1)
        typed: list[str] = []
        for column, content, label, part in zip(columns, pair, focus.settings.labels, "ab", strict=False):
            with column:
                typed.append(
                    st.text_area(
                        messages.escape_markdown(label if pair[1] is not None else "Text"),
                        value=content or "",
                        key=f"inspector_edit_{part}/{of}",
                        height=120,
                        max_chars=LONGEST_EDIT,
                    )
                    or ""
                )
        asked = st.form_submit_button("Rescore and explain", type="primary", key="inspector_edit_submit")
    edited: TextPair = (typed[0][:LONGEST_EDIT], typed[1][:LONGEST_EDIT] if len(typed) > 1 else None)
    if asked:
        st.session_state.pop(_EDITED, None)
        with st.spinner("Both models answer and are explained"):
            found = _asked(lambda: _explained(bench, focus, edited))
        if found is not None:
            st.session_state[_EDITED] = (of, found)
    kept = st.session_state.get(_EDITED)
    if not kept or kept[0] != of:
        st.caption("The original stays pinned beside the edit.")
        return
    st.button("Remove the edit", key="inspector_edit_reset", on_click=_forget_edit, args=(of,))
    _side_by_side(focus, kept[1], bench)


def _forget_edit(of: str) -> None:
    st.session_state.pop(_EDITED, None)
    for part in "ab":
        st.session_state.pop(f"inspector_edit_{part}/{of}", None)


def _side_by_side(focus: Focus, edited: LiveExplanation, bench: Workbench) -> None:
    classes = focus.text.explained or (focus.text.reference.predicted,) * 2
    original, changed = st.columns(2, gap="medium")
    pinned = focus.reasons(classes)
    if not pinned:
        known = explained_now(focus, bench)
        pinned = live_reasons(known, classes) if known is not None else []
    now = live_reasons(edited, classes)
    kinds = [reasons.explainer for reasons in pinned]
    now.sort(key=lambda reasons: kinds.index(reasons.explainer) if reasons.explainer in kinds else len(kinds))
    panels = []
    for words, reasons in ((focus.words, pinned), (edited.text, now)):
        assert words is not None
        units = units_of(words, "word", focus.settings.labels)
        rows = heat_rows(reasons, units, text_id=focus.text.id, settings=focus.settings) if len(words) else []
        panels.append((units, rows))
    same = [row.reasons.explainer for row in panels[0][1]] == [row.reasons.explainer for row in panels[1][1]]
    limits = shared_limits(panels[0][1], panels[1][1]) if same else None
    drawing = Drawing(focus.models, classes, difference=False)
    for column, title, (units, rows), key in zip(
        (original, changed), ("Original, pinned", "Edited"), panels, ("pinned", "edited"), strict=True
    ):
        with column:
            st.markdown(f"**{title}**")
            if key == "pinned":
                stored = (focus.text.reference.probabilities, focus.text.candidate.probabilities)
                probability_bars(
                    bars_data(focus.text.reference.classes, focus.models, stored), key="inspector_pinned_bars"
                )
            else:
                order = [edited.classes.index(name) for name in focus.text.reference.classes]
                answers = edited.probabilities[0][order], edited.probabilities[1][order]
                _bars(focus, answers, key="inspector_edited_bars")
            if rows:
                token_heatmap(
                    heatmap_data(rows, units, drawing, of=key, limits=limits),
                    key=f"inspector_{key}_heatmap",
                )
            else:
                st.caption("No word weights to show here.")


def explain_now(focus: Focus, bench: Workbench) -> LiveExplanation | None:
    """Offer to explain a text that the run only predicted; what was found for it before, or now."""
    known = explained_now(focus, bench)
    if known is not None:
        return known
    if st.button("Explain this text now", type="primary", key="inspector_explain_now"):
        assert focus.text.pair is not None
        pair = focus.text.pair
        with st.spinner("Both models are explained"):
            found = _asked(lambda: _explained(bench, focus, pair))
        if found is not None:
            st.session_state[_EXPLAINED] = (f"{bench.run}/{focus.text.id}", found)
        return found
    return None


def explained_now(focus: Focus, bench: Workbench) -> LiveExplanation | None:
    """The explanation that this session has asked for, of a text that the run only predicted."""
    kept = st.session_state.get(_EXPLAINED)
    return kept[1] if kept and kept[0] == f"{bench.run}/{focus.text.id}" else None


def _explained(bench: Workbench, focus: Focus, pair: TextPair) -> LiveExplanation:
    return bench.models.explain(
        pair, folder=bench.folder, candidate=focus.text.candidate.model, explainers=focus.settings.explainers
    )


def _answers(bench: Workbench, focus: Focus, pair: TextPair) -> tuple[FloatArray, FloatArray]:
    known: dict[tuple[str, TextPair], tuple[FloatArray, FloatArray]] = st.session_state.setdefault(
        _ANSWERS, {}
    )
    key = (bench.run, pair)
    if key not in known:
        answers = bench.models.predict([pair], folder=bench.folder, candidate=focus.text.candidate.model)
        if len(known) >= _KEPT:
            known.clear()
        order = [answers.classes.index(name) for name in focus.text.reference.classes]
        known[key] = (answers.probabilities[0][0][order], answers.probabilities[1][0][order])
    return known[key]


def _asked(ask: Callable[[], Found]) -> Found | None:
    """An answer of the warm process; None after a message where there is none."""
    try:
        return ask()
    except TrustError as error:
        st.warning("Both models cannot be asked now.")
        messages.user_text(str(error))
        return None


def _bars(focus: Focus, found: tuple[FloatArray, FloatArray], *, key: str) -> None:
    stored = (focus.text.reference.probabilities, focus.text.candidate.probabilities)
    probability_bars(
        bars_data(
            focus.text.reference.classes,
            focus.models,
            (found[0].tolist(), found[1].tolist()),
            before=stored,
            before_label="original",
        ),
        key=key,
    )
