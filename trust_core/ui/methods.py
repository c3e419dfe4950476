"""The page Methods: what each figure means, how it is made, and what it cannot say."""

from __future__ import annotations

from typing import Final

import streamlit as st

from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.catalogue.entry import DIMENSIONS, Dimension, Direction, Entry
from trust_core.export.page import LIMITS, QUESTIONS
from trust_core.report.controls import CONTROLS
from trust_core.report.criteria import CRITERIA, METHOD
from trust_core.ui import state
from trust_core.ui.messages import escape_markdown

_TITLES: Final[dict[Dimension, str]] = {
    "answers": "Answers",
    "reasons": "Reasons",
    "reliability": "Reliability",
    "confidence_use": "Confidence in use",
    "cost": "Cost",
}

_BEST: Final[dict[Direction, str]] = {
    "higher": "higher is better",
    "lower": "lower is better",
    "zero": "0 is best",
    "none": "neither end is better",
}


def page() -> None:
    """Show the page."""
    state.page_title("Methods", "What each figure means, how it is made, and what it cannot say.")
    _judgement()
    _measures()
    _controls()
    st.subheader("What the figures cannot say", anchor=False)
    for limit in LIMITS:
        st.markdown(f"- {escape_markdown(limit)}")


def _judgement() -> None:
    st.subheader("How a verdict is reached", anchor=False)
    st.markdown(escape_markdown(METHOD))
    st.markdown(
        "- A dimension is **different** if one of its voting measures is, after Holm's correction for all "
        "tests of the candidate; **equivalent** if all of them are; else **not settled**.\n"
        "- The candidate is **different** if any dimension is, **equivalent** if all are, else **not "
        "settled**.\n"
        "- **Inconclusive** and **not settled** are one status: these texts do not decide it. It is no mild "
        "form of equivalent.\n"
        "- A figure is never shown without its interval and number of texts; where there is none, it says "
        "*exact*, or why it could not be measured."
    )


def _measures() -> None:
    st.subheader("Measures", anchor=False)
    wanted = st.text_input(
        "Find a measure", key="methods-search", placeholder="calibration, flip, Jaccard, ..."
    ).strip()
    found = [entry for entry in CATALOGUE.values() if _matches(entry, wanted.lower())]
    if not found:
        st.caption("No measure mentions that. Try a shorter word.")
        return
    for dimension in DIMENSIONS:
        entries = [entry for entry in found if entry.dimension == dimension]
        if not entries:
            continue
        with st.expander(
            f"{_TITLES[dimension]}: {QUESTIONS[dimension]} ({len(entries)})", expanded=bool(wanted)
        ):
            for entry in entries:
                _entry(entry)


def _matches(entry: Entry, wanted: str) -> bool:
    return all(
        word in f"{entry.key} {entry.title} {entry.meaning} {entry.source}".lower() for word in wanted.split()
    )


def _entry(entry: Entry) -> None:
    votes = "  :blue-badge[votes]" if entry.key in CRITERIA else ""
    st.markdown(f"**{escape_markdown(entry.title)}**{votes}  \n{escape_markdown(entry.meaning)}")
    facts = [_range(entry), _BEST[entry.direction], f"interval: {entry.interval}", f"source: {entry.source}"]
    st.caption(escape_markdown("; ".join(fact for fact in facts if fact)) + ".")


def _range(entry: Entry) -> str:
    unit = f" {entry.unit}" if entry.unit else ""
    if entry.low is None and entry.high is None:
        return f"any value{unit}"
    low = "−∞" if entry.low is None else f"{entry.low:g}"
    high = "∞" if entry.high is None else f"{entry.high:g}"
    return f"{low} to {high}{unit}"


def _controls() -> None:
    st.subheader("Controls", anchor=False)
    st.markdown(
        "Every run first tests itself: comparisons whose outcome is known must come out as they should, or "
        "the run's verdict does not count."
    )
    for name, title in CONTROLS.items():
        st.markdown(f"- **{name}**: {escape_markdown(title)}.")
