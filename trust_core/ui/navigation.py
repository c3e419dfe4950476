"""The pages: their files, their names, and the groups in which the sidebar lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

from trust_core.ui.places import PAGES


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page.

    Attributes:
        file: name of the script in pages/, without its ending; the page's path in the address as well.
        title: in the sidebar and in the browser's tab.
        icon: one of the Material symbols, whose font Streamlit serves itself.
        help: what it shows, for the tooltip.
    """

    file: str
    title: str
    icon: str
    help: str


START: Final = "verdict"
"""The page at the root of the address."""

GROUPS: Final[dict[str, tuple[PageEntry, ...]]] = {
    "Result": (
        PageEntry("verdict", "Verdict", "balance", "May the candidate replace the reference?"),
        PageEntry("answers", "Answers", "rule", "Where the models answer alike, and where they part."),
        PageEntry("reliability", "Reliability", "speed", "What the confidence of both models is worth."),
        PageEntry("reasons", "Reasons", "hub", "Whether both models answer for the same reasons."),
        PageEntry("inspector", "Text inspector", "search", "One text, word by word, under both models."),
    ),
    "Work": (
        PageEntry("setup", "New comparison", "add_circle", "Choose models and texts, and start a run."),
        PageEntry("runs", "Runs", "list", "Open, resume, compare, export and import runs."),
        PageEntry("methods", "Methods", "menu_book", "What each figure means, and what it cannot say."),
    ),
}


def pages() -> dict[str, list[st.Page]]:
    """The pages for `st.navigation`, by absolute path: the app may be started from any folder."""
    return {group: [_page(entry) for entry in entries] for group, entries in GROUPS.items()}


def _page(entry: PageEntry) -> st.Page:
    return st.Page(
        PAGES / f"{entry.file}.py",
        title=entry.title,
        icon=f":material/{entry.icon}:",
        help=entry.help,
        default=entry.file == START,
    )
