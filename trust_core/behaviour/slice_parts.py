"""Parts of the texts: by label, answer, length, overlap, negation, numbers, column or words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from trust_core.domain.arrays import BoolArray, FloatArray, locked_bools
from trust_core.domain.slicing import ANSWER, AUTO, COLUMN, NONE, SEARCH, SLICES
from trust_core.errors import SpecError, nearest
from trust_core.perturb.words import segment

MOST_VALUES: Final = 40
"""A column with more values than that says something else about each text; numbers are then grouped."""

GROUPS: Final = 4
"""Parts that numbers are cut into, of about equal size."""

_FEW_NUMBERS: Final = 8
"""A column of so many different numbers or fewer is taken as it is: star ratings, counts of annotators."""

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

_LONGEST_NUMBER: Final = 13

_MOST_DIGITS: Final = 17
"""So many tell any two different numbers apart."""

NO_NUMBER: Final = "(no number)"
"""The texts that a column of numbers says nothing about."""

_MISSING: Final = frozenset({"", "-", "?", "n/a", "na", "nan", "none", "null"})
"""What stands in a column of numbers, in small letters, where there is none."""

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


def chosen_parts(names: Sequence[str], texts: CutTexts) -> tuple[Part, ...]:
    """The parts that a spec asks for, each once; `auto` stands for all that are possible.

    Raises:
        SpecError: a column that the data does not have.
    """
    wanted: list[str] = []
    for name in names:
        if name == AUTO:
            wanted += possible_cuts(texts)
        elif name != NONE:
            wanted.append(name)
    return tuple(part for name in dict.fromkeys(wanted) for part in parts_of(name, texts))


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
        return _by_number(by, lengths, unit="words", whole=True)
    if by == "overlap":
        return _by_overlap(by, texts.words)
    found = np.array([_SIGNS[by](word) for word in texts.words], dtype=np.bool_)
    return _two(by, found, _SIGN_NAMES[by])


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
    if len(different) > _FEW_NUMBERS:
        numbers = _as_numbers(values)
        if numbers is not None:
            return _by_known_number(by, numbers)
    return _by_value(by, values) if len(different) <= MOST_VALUES else ()


def _as_numbers(values: Sequence[str]) -> FloatArray | None:
    """A column as numbers, NaN where a cell is empty; None where one is something else, or all are empty."""
    try:
        numbers = np.array(
            [np.nan if value.lower() in _MISSING else float(value) for value in values], dtype=np.float64
        )
    except ValueError:
        return None
    return None if np.isinf(numbers).any() or np.isnan(numbers).all() else numbers


def _by_known_number(by: str, numbers: FloatArray) -> tuple[Part, ...]:
    """Parts by number, and one of the texts without a number."""
    known = ~np.isnan(numbers)
    if known.all():
        return _by_number(by, numbers)
    parts = []
    for part in _by_number(by, numbers[known]) or (Part(by, "with a number", known[known]),):
        rows = np.zeros(len(numbers), dtype=np.bool_)
        rows[known] = part.rows
        parts.append(Part(by, part.name, rows))
    return (*parts, Part(by, NO_NUMBER, ~known))


def _by_overlap(by: str, words: Sequence[tuple[tuple[str, ...], tuple[str, ...] | None]]) -> tuple[Part, ...]:
    if any(second is None for _, second in words):
        return ()
    shares = np.array(
        [len(set(second or ()) & set(first)) / len(set(second)) if second else 0.0 for first, second in words]
    )
    return _by_number(by, 100 * shares, unit="% shared")


def _by_number(by: str, values: FloatArray, *, unit: str = "", whole: bool = False) -> tuple[Part, ...]:
    """Up to four parts of about equal size; equal values stay together."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, GROUPS + 1)))
    if whole:
        edges = np.unique(np.round(edges))
    if len(edges) < 3:
        return _by_number_of_two(by, values, edges, unit)
    at = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    last = len(edges) - 2
    digits = _digits_to_tell_apart(edges)
    parts = []
    for index, (low, high) in enumerate(pairwise(edges.tolist())):
        rows = at == index
        if not rows.any():
            continue
        if whole:
            end = high if index == last else high - 1
            name = f"{low:g}" if low == end else f"{low:g} to {end:g}"
        else:
            name = f"{low:.{digits}g} to {'' if index == last else 'below '}{high:.{digits}g}"
        parts.append(Part(by, _of_unit(name, unit), rows))
    return tuple(parts) if len(parts) > 1 else ()


def _by_number_of_two(by: str, values: FloatArray, edges: FloatArray, unit: str) -> tuple[Part, ...]:
    """Where quartiles fall together: the value that most texts have, and the others."""
    if len(edges) < 2:
        return ()
    # An observed value, also where the two middle ones differ.
    common = float(np.quantile(values, 0.5, method="lower"))
    digits = _digits_to_tell_apart(edges)
    return _two(by, values == common, (_of_unit(f"{common:.{digits}g}", unit), "other"))


def _of_unit(number: str, unit: str) -> str:
    return f"{number} {unit.removesuffix('s') if number == '1' else unit}".strip()


def _digits_to_tell_apart(edges: FloatArray) -> int:
    """Digits with which numbers are written in full up to a million million, and no two look the same."""
    longest = len(f"{np.abs(edges).max():.0f}")
    digits = max(3, longest) if longest <= _LONGEST_NUMBER else 3
    while digits < _MOST_DIGITS and len({f"{edge:.{digits}g}" for edge in edges.tolist()}) < len(edges):
        digits += 1
    return digits
