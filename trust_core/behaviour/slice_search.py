"""The parts of the texts whose answers changed most, and whether chance explains it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float
from scipy.special import xlogy

from trust_core.behaviour.slice_parts import CutTexts, Part
from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import MIN_TEXTS
from trust_core.domain.slicing import ANSWER, BOTH, WORD, part_title

PERMUTATIONS: Final = 999

ALARM: Final = 0.01
"""Corrected p-value up to which a part stands out: five candidates together err in at most 5 of 100 runs."""

MOST_WORDS: Final = 200
"""Words that make parts of their own: the most frequent ones."""

MOST_MEETING: Final = 1_000
"""Meetings of two parts that are searched: those of the most texts, in which a change is seen best."""

MOST_FOUND: Final = 5

_ALIKE: Final = 0.8
"""Parts that share this much of their texts are one finding."""

_BLOCK: Final = 2_000_000
"""Cells of shuffled outcomes held at a time."""


@dataclass(frozen=True, slots=True)
class Found:
    """A part in which more answers changed than elsewhere.

    Attributes:
        part: which texts.
        statistic: signed root of twice the log likelihood ratio against one rate for all texts.
        p: the chance of so large a statistic anywhere in the search if the changes fell on any texts alike.
    """

    part: Part
    statistic: float
    p: float


@dataclass(frozen=True, slots=True)
class Search:
    """What a search through many parts found: `found` is sorted, the most striking first."""

    searched: int
    found: tuple[Found, ...]

    @property
    def standing_out(self) -> tuple[Found, ...]:
        """The parts that chance does not explain."""
        return tuple(one for one in self.found if one.p <= ALARM)


def search_parts(
    parts: Sequence[Part],
    outcomes: Bool[np.ndarray, "o n"],
    *,
    rng: np.random.Generator,
    permutations: int = PERMUTATIONS,
) -> Search:
    """Find the parts in which an outcome is most frequent, corrected for the search by permutation.

    Both models' answers to a text stay together as its outcome; what is permuted is to which texts the
    outcomes belong. Under "the candidate changes as much everywhere", every order is equally likely, so the
    largest statistic over all parts and outcomes has the same law in the data as in the permutations: the
    corrected p-values (Westfall and Young's single step) err anywhere with at most that chance.

    Args:
        parts: parts of n texts, of 20 to n - 20 texts.
        outcomes: (o, n) kinds of change that are looked for, such as "another answer".
        rng: draws the permutations.
        permutations: how many.
    """
    if not parts:
        return Search(0, ())
    members = np.stack([part.rows for part in parts]).astype(np.float32)
    sizes = members.sum(axis=1).astype(np.float64)
    totals = outcomes.sum(axis=1).astype(np.float64)
    n = outcomes.shape[1]
    seen = _statistics(members @ outcomes.T.astype(np.float32), sizes, totals, n).max(axis=1)
    highest = _highest_of_permutations(members, outcomes, sizes, totals, rng=rng, permutations=permutations)
    order = np.argsort(-seen, kind="stable")
    found: list[Found] = []
    for at in order.tolist():
        if len(found) == MOST_FOUND or seen[at] <= 0:
            break
        rows = parts[at].rows
        if any((rows & one.part.rows).sum() >= _ALIKE * (rows | one.part.rows).sum() for one in found):
            continue
        p = (1 + int((highest >= seen[at] - 1e-9).sum())) / (permutations + 1)
        found.append(Found(parts[at], float(seen[at]), p))
    return Search(len(parts), tuple(found))


def _highest_of_permutations(
    members: Float[np.ndarray, "m n"],
    outcomes: Bool[np.ndarray, "o n"],
    sizes: Float[np.ndarray, " m"],
    totals: Float[np.ndarray, " o"],
    *,
    rng: np.random.Generator,
    permutations: int,
) -> FloatArray:
    """(permutations,) the largest statistic over all parts and outcomes in each order of the texts."""
    kinds, n = outcomes.shape
    # Texts of the same outcomes are alike, so one code a text is shuffled instead of all outcomes.
    codes = np.asarray((outcomes * (1 << np.arange(kinds))[:, None]).sum(axis=0), dtype=np.int8)
    rows = max(1, _BLOCK // (n * kinds))
    highest = np.empty(permutations)
    for start in range(0, permutations, rows):
        count = min(rows, permutations - start)
        shuffled = rng.permuted(np.tile(codes, (count, 1)), axis=1)
        block = np.zeros((count, len(sizes)))
        for kind in range(kinds):
            events = members @ ((shuffled >> kind) & 1).astype(np.float32).T
            found = _statistics(events, sizes, np.full(count, totals[kind]), n)
            np.maximum(block, found.T, out=block)
        highest[start : start + count] = block.max(axis=1)
    return highest


def _statistics(
    events: Float[np.ndarray, "m c"],
    sizes: Float[np.ndarray, " m"],
    totals: Float[np.ndarray, " c"],
    n: int,
) -> FloatArray:
    """(m, c) signed roots of the log likelihood ratio: 0 where the part has no more events than its share.

    Unlike a difference over its standard error it does not make a handful of rare events in a small part
    look enormous.
    """
    inside = np.asarray(events, dtype=np.float64)
    size = sizes[:, None]
    outside, rest = totals[None, :] - inside, n - size
    overall = totals[None, :] / n
    ratio = (
        _log_likelihood(inside, size, inside / size)
        + _log_likelihood(outside, rest, outside / rest)
        - _log_likelihood(totals[None, :], np.full((1, 1), float(n)), overall)
    )
    more = inside / size > overall
    roots: FloatArray = np.where(more, np.sqrt(np.maximum(2 * ratio, 0.0)), 0.0)
    return roots


def _log_likelihood(events: FloatArray, n: FloatArray, rate: FloatArray) -> FloatArray:
    return np.asarray(xlogy(events, rate) + xlogy(n - events, 1 - rate), dtype=np.float64)


def searched_parts(parts: Sequence[Part], texts: CutTexts) -> tuple[Part, ...]:
    """The parts that a search goes through: those given, any two that meet, and the texts with a word.

    Parts of fewer than 20 texts, or of nearly all, are left out; and so are parts by the reference's answer,
    which is one side of every change.
    """
    single = [part for part in parts if _fits(part) and part.by != ANSWER]
    return (*single, *_meeting(single), *_with_words(texts))


def _meeting(single: Sequence[Part]) -> list[Part]:
    """The texts that belong to two parts of different cuts; of many such meetings the largest."""
    if not single:
        return []
    members = np.stack([part.rows for part in single]).astype(np.float32)
    n = members.shape[1]
    # Which are kept depends on how many texts they hold and on no answer: else the search would be biased.
    first, second = np.triu_indices(len(single), 1)
    shared = (members @ members.T)[first, second]
    cut = {by: at for at, by in enumerate(dict.fromkeys(part.by for part in single))}
    cuts = np.array([cut[part.by] for part in single])
    fits = np.flatnonzero((cuts[first] != cuts[second]) & (shared >= MIN_TEXTS) & (shared <= n - MIN_TEXTS))
    largest = fits[np.argsort(-shared[fits], kind="stable")[:MOST_MEETING]]
    return [_both(single[first[at]], single[second[at]]) for at in np.sort(largest).tolist()]


def _both(one: Part, other: Part) -> Part:
    name = f"{part_title(one.by, one.name)}, and {part_title(other.by, other.name)}"
    return Part(BOTH, name, one.rows & other.rows)


def _fits(part: Part) -> bool:
    return MIN_TEXTS <= part.n <= len(part.rows) - MIN_TEXTS


def _with_words(texts: CutTexts) -> list[Part]:
    """One part for each frequent word: the texts that hold it."""
    if texts.words is None:
        return []
    sets = [set(first) | set(second or ()) for first, second in texts.words]
    counted = Counter(word for words in sets for word in words)
    frequent = sorted(
        (word for word, count in counted.items() if MIN_TEXTS <= count <= texts.n - MIN_TEXTS),
        key=lambda word: (-counted[word], word),
    )[:MOST_WORDS]
    return [Part(WORD, word, np.array([word in words for words in sets])) for word in frequent]
