"""How a spec names what the texts are cut by into parts (slices)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trust_core.errors import nearest

AUTO: Final = "auto"
"""Everything of `SLICES` that the data allows, but the answers, and further columns that cut it."""

NONE: Final = "none"

ANSWER: Final = "answer"

SLICES: Final = {
    "label": "Label",
    ANSWER: "Answer of the reference",
    "length": "Length",
    "overlap": "Lexical overlap",
    "negation": "Negation",
    "numbers": "Numbers",
}
"""What every data set can be cut by, with its title for people."""

COLUMN: Final = "column:"
SEARCH: Final = "text:"

MOST_CUTS: Final = 200
"""Cuts that a spec may name."""

WORD: Final = "word"
"""What the search calls the texts with one word."""

BOTH: Final = "both"
"""What the search calls the texts that belong to two parts."""


_LONGEST_TITLE: Final = 80


def shortened(name: str) -> str:
    """A name that is fit to be shown: cells of a column may be whole texts."""
    return name if len(name) <= _LONGEST_TITLE else f"{name[: _LONGEST_TITLE - 1]}…"


def slice_title(by: str) -> str:
    """What a cut is called for people: Label, a column's name, or the words that were searched for."""
    if by.startswith(SEARCH):
        return f"Text search: {shortened(by.removeprefix(SEARCH))}"
    return SLICES.get(by, shortened(by.removeprefix(COLUMN)))


def part_title(by: str, name: str) -> str:
    """What one part is called for people."""
    if by == BOTH:
        return name
    if by == WORD:
        return f'Texts with the word "{shortened(name)}"'
    return f"{slice_title(by)}: {shortened(name)}"


def slice_problems(names: Sequence[str]) -> list[str]:
    """What is wrong with the names of cuts; nothing where all can be used."""
    problems = []
    for name in names:
        if name in SLICES or name in (AUTO, NONE):
            continue
        for prefix in (COLUMN, SEARCH):
            if name.startswith(prefix):
                if not name.removeprefix(prefix).strip():
                    problems.append(f"slices: {name!r} names nothing after the colon")
                break
        else:
            known = [AUTO, NONE, *SLICES, f"{COLUMN}NAME", f"{SEARCH}WORDS"]
            problems.append(f"slices: there is no {name!r}. {nearest(name, known)}")
    if len(names) > MOST_CUTS:
        problems.append(f"slices names {len(names):,} cuts: at most {MOST_CUTS} can be made")
    if not names:
        problems.append(f"slices is empty: write {NONE} to leave them out")
    if len(names) > 1 and NONE in names:
        problems.append(f"slices: {NONE} stands alone")
    return problems
