"""Parts of the texts: by label, answer, length, overlap, negation, numbers, column or words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from trust_core.behaviour.slice_numbers import FEW_NUMBERS, as_numbers, number_groups
from trust_core.domain.arrays import BoolArray, locked_bools
from trust_core.domain.slicing import ANSWER, AUTO, COLUMN, NONE, SEARCH, SLICES
from trust_core.errors import SpecError, nearest
from trust_core.perturb.words import segment

MOST_COLUMNS: Final = 50
"""Further columns that `auto` cuts by; each takes about a second for 10,000 texts and a candidate."""

MOST_VALUES: Final = 40
"""A column with more values than that says something else about each text; numbers are then grouped."""

NEGATIONS: Final = frozenset(
    {
        *("no", "not", "none", "never", "nobody", "nothing", "nowhere", "neither", "nor"),
        *("cannot", "without", "hardly", "barely", "nope"),
    }
)
"""English words that negate, besides all that end in n't."""

NUMBER_WORDS: Final = frozenset(
    {
        *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
        *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
        *("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
        *("hundred", "thousand", "million", "billion", "dozen"),
    }
)
"""English words for numbers; "one" is left out, since it mostly means somebody."""

_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class CutTexts:
    """What n texts can be cut by.

    Attributes:
        n: texts.
        words: (n,) lower-case words of both segments; None where texts were left out.
        strings: (n,) both segments in lower case with single spaces, for searches; None likewise.
        gold: (n,) names of the gold classes; None where a text has none.
        answers: (n,) names of the classes that the reference predicts.
        columns: further columns of the data by name.
    """

    n: int
    words: tuple[tuple[tuple[str, ...], tuple[str, ...] | None], ...] | None
    strings: tuple[str, ...] | None
    gold: tuple[str, ...] | None
    answers: tuple[str, ...]
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """Some of n texts.

    Attributes:
        by: what the texts are cut by, as a spec names it.
        name: what these have in common.
        rows: (n,) whether a text belongs to it.
    """

    by: str
    name: str
    rows: BoolArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", locked_bools(self.rows))

    @property
    def n(self) -> int:
        """Its texts."""
        return int(self.rows.sum())


def cut_texts(
    pairs: Sequence[tuple[str, str | None]] | None,
    *,
    gold: Sequence[str] | None,
    answers: Sequence[str],
    columns: Mapping[str, Sequence[str]],
) -> CutTexts:
    """The texts with their words; empty texts (of saved predictions without data) are no texts."""
    words = strings = None
    if pairs is not None and any(first for first, _ in pairs):
        split = []
        for first, second in pairs:
            lower = _composed(first).lower(), None if second is None else _composed(second).lower()
            found = segment("", lower).words
            split.append(
                (
                    tuple(word.text for word in found if word.segment == 0),
                    None if second is None else tuple(word.text for word in found if word.segment == 1),
                )
            )
        words = tuple(split)
        strings = tuple(
            "\n".join(_caseless(" ".join(part.split())) for part in pair if part) for pair in pairs
        )
    return CutTexts(
        n=len(answers),
        words=words,
        strings=strings,
        gold=None if gold is None else tuple(gold),
        answers=tuple(answers),
        columns=columns,
    )


def _composed(text: str) -> str:
    """Text in which an accent is no character of its own, so that equal letters compare as equal."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _caseless(text: str) -> str:
    """Text for comparisons in which small and capital letters are alike."""
    return _composed(_composed(text).casefold())


def possible_cuts(texts: CutTexts) -> tuple[str, ...]:
    """What `auto` stands for: all that cuts these texts into two parts or more, but for the answers."""
    names = [*(name for name in SLICES if name != ANSWER), *(f"{COLUMN}{name}" for name in texts.columns)]
    return tuple(name for name in names if len(parts_of(name, texts)) > 1)


@dataclass(frozen=True, slots=True)
class ChosenParts:
    """The parts that a spec asks for.

    Attributes:
        parts: each once.
        without: cuts that were asked for by name and make no parts.
        untried: columns that `auto` did not come to.
    """

    parts: tuple[Part, ...]
    without: tuple[str, ...] = ()
    untried: int = 0


def chosen_parts(names: Sequence[str], texts: CutTexts) -> ChosenParts:
    """The parts that a spec asks for; `auto` stands for all that are possible, by the first 50 columns.

    Raises:
        SpecError: a column that the data does not have.
    """
    found: dict[str, tuple[Part, ...]] = {}
    without = []
    untried = 0
    for name in names:
        if name == AUTO:
            automatic, untried = _automatic(texts)
            found = {**found, **automatic}
        elif name != NONE and name not in found:
            parts = parts_of(name, texts)
            if parts:
                found[name] = parts
            else:
                without.append(name)
    return ChosenParts(tuple(part for parts in found.values() for part in parts), tuple(without), untried)


def _automatic(texts: CutTexts) -> tuple[dict[str, tuple[Part, ...]], int]:
    """The parts of each cut that `auto` stands for, and how many columns it did not come to."""
    found = {name: parts for name in SLICES if name != ANSWER and (parts := parts_of(name, texts))}
    known = len(found)
    for tried, column in enumerate(texts.columns):
        if len(found) - known == MOST_COLUMNS:
            return found, len(texts.columns) - tried
        by = f"{COLUMN}{column}"
        if parts := parts_of(by, texts):
            found[by] = parts
    return found, 0


def parts_of(by: str, texts: CutTexts) -> tuple[Part, ...]:
    """The parts of one cut; none where the data has nothing to cut by, or everything is in one part.

    Raises:
        SpecError: a column that the data does not have.
    """
    if by.startswith(SEARCH):
        return _searched(by, texts)
    if by.startswith(COLUMN):
        return _by_column(by, texts)
    if by == "label":
        return () if texts.gold is None else _by_value(by, texts.gold)
    if by == ANSWER:
        return _by_value(by, texts.answers)
    if texts.words is None:
        return ()
    if by == "length":
        lengths = np.array([len(a) + len(b or ()) for a, b in texts.words], dtype=np.float64)
        return _grouped(by, number_groups(lengths, unit="words", whole=True))
    if by == "overlap":
        return _by_overlap(by, texts.words)
    found = np.array([_SIGNS[by](word) for word in texts.words], dtype=np.bool_)
    return _two(by, found, _SIGN_NAMES[by])


def _grouped(by: str, groups: Sequence[tuple[str, BoolArray]]) -> tuple[Part, ...]:
    return tuple(Part(by, name, rows) for name, rows in groups)


def _negated(words: tuple[tuple[str, ...], tuple[str, ...] | None]) -> bool:
    return any(
        word in NEGATIONS or word.replace("’", "'").endswith("n't") for part in words for word in part or ()
    )


def _numbered(words: tuple[tuple[str, ...], tuple[str, ...] | None]) -> bool:
    return any(
        _DIGIT.search(word) is not None or not NUMBER_WORDS.isdisjoint(word.split("-"))
        for part in words
        for word in part or ()
    )


_SIGNS: Final = {"negation": _negated, "numbers": _numbered}

_SIGN_NAMES: Final = {"negation": ("with negation", "without"), "numbers": ("with numbers", "without")}


def _two(by: str, found: BoolArray, names: tuple[str, str]) -> tuple[Part, ...]:
    """The texts where something was found, and the others; nothing where either is empty."""
    if not found.any() or found.all():
        return ()
    return Part(by, names[0], found), Part(by, names[1], ~found)


def _searched(by: str, texts: CutTexts) -> tuple[Part, ...]:
    wanted = _caseless(re.sub(r"\s+", " ", by.removeprefix(SEARCH)))
    strings = texts.strings or ("",) * texts.n
    found = np.array([wanted in string for string in strings], dtype=np.bool_)
    return _two(by, found, ("found", "not found"))


def _by_value(by: str, values: Sequence[str]) -> tuple[Part, ...]:
    """One part for every value, the largest first, equal ones by name."""
    counted = Counter(values)
    if len(counted) < 2:
        return ()
    names = sorted(counted, key=lambda name: (-counted[name], name))
    place = {name: at for at, name in enumerate(names)}
    places = np.array([place[value] for value in values])
    return tuple(Part(by, name or "(empty)", places == at) for at, name in enumerate(names))


def no_such_column(name: str, columns: Collection[str]) -> SpecError:
    """What is said of a column that the data does not have."""
    return SpecError(
        f"slices: the data has no column {name!r} to cut by.",
        allowed=nearest(name, columns) if columns else "The data has no further columns.",
    )


def _by_column(by: str, texts: CutTexts) -> tuple[Part, ...]:
    name = by.removeprefix(COLUMN)
    if name not in texts.columns:
        raise no_such_column(name, texts.columns)
    values = [_composed(value).strip() for value in texts.columns[name]]
    different = set(values)
    if len(different) > FEW_NUMBERS:
        numbers = as_numbers(values)
        if numbers is not None:
            return _grouped(by, number_groups(numbers))
    return _by_value(by, values) if len(different) <= MOST_VALUES else ()


def _by_overlap(by: str, words: Sequence[tuple[tuple[str, ...], tuple[str, ...] | None]]) -> tuple[Part, ...]:
    if any(second is None for _, second in words):
        return ()
    shares = np.array(
        [len(set(second or ()) & set(first)) / len(set(second)) if second else 0.0 for first, second in words]
    )
    return _grouped(by, number_groups(100 * shares, unit="% shared"))
