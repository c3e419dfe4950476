"""The head of the page: the text, its label, both answers, and how far they differ."""

from __future__ import annotations

from typing import Final, Literal

import streamlit as st

from trust_core.domain.texts import TextPair
from trust_core.report.criteria import explainer_title
from trust_core.ui import messages
from trust_core.ui.inspector.focus import Focus
from trust_core.ui.inspector.stored import StoredText
from trust_core.ui.probability_bars import bars_data, probability_bars

LONG_TEXT: Final = 1200
"""Characters from which a text gets a box of its own that scrolls."""

_ALIGNMENT_HELP: Final = (
    "Overlap of both models' heaviest words in this text, adjusted for chance: 1 is the same words, 0 "
    "is what chance gives. One text says little: the report's figure is over all texts."
)

_FLIP_BADGES: Final[dict[str, tuple[str, Literal["orange", "blue", "violet", "gray"], str]]] = {
    "negative": ("Flip: right became wrong", "orange", "▼"),
    "positive": ("Flip: wrong became right", "blue", "▲"),
    "changed": ("Flip: another answer", "violet", "◆"),
    "none": ("Same answer", "gray", "="),
}


def head(focus: Focus) -> None:
    """Draw the head of the page."""
    text = focus.text
    left, right = st.columns(2, gap="medium")
    with left:
        if text.pair is None:
            st.info("This run keeps no texts. Labels, answers and figures are shown; words are not.")
        else:
            pair_text(text.pair, focus.settings.labels)
    with right:
        probability_bars(
            bars_data(
                text.reference.classes,
                focus.models,
                (text.reference.probabilities, text.candidate.probabilities),
                tags=gold_tag(text),
            ),
            key="inspector_bars",
        )
    _figures(text)


def gold_tag(text: StoredText) -> dict[str, list[str]]:
    """What the bars say of the class that is the gold label."""
    return {text.gold: ["gold label"]} if text.gold is not None else {}


def pair_text(pair: TextPair, labels: tuple[str, str]) -> None:
    """Both texts, as they are: never read as Markdown."""
    for content, label in zip(pair, labels, strict=True):
        if content is None:
            continue
        with st.container(gap=None):
            if pair[1] is not None:
                st.caption(messages.escape_markdown(label))
            with st.container(height=220, border=True) if len(content) > LONG_TEXT else st.container():
                messages.user_text(content or " ")


def _figures(text: StoredText) -> None:
    label, colour, sign = _FLIP_BADGES.get(text.flip, (text.flip, "gray", ""))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(f"{sign} {label}", color=colour)
        if text.gold is None:
            st.badge("No gold label", color="gray")
        st.text(
            f"Confidence shift {text.shift:+.3f}".replace("-", "−"),
            help="The candidate's confidence in its answer minus the reference's in its own.",
        )
        for explainer, value in text.alignments.items():
            st.text(
                f"Alignment, {explainer_title(explainer)} {value:.2f}".replace("-", "−"),
                help=_ALIGNMENT_HELP,
            )
