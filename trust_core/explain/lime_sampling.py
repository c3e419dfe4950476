"""Which masked texts LIME sees, and how much each counts: two ways to draw from one and the same target.

LIME asks for a weighted regression over masked texts: the number of removed words is uniform on 1..w, the
words are random, and a text counts the more the closer it is to the original. `independent` draws such texts
one by one, as lime does. `stratified` draws what counts more often, and gives it the weight that puts the
target back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from jaxtyping import Bool, Float, Int

from trust_core.domain.arrays import BoolArray, FloatArray, IntArray, locked_bools, locked_floats

KERNEL_WIDTH = 25.0
"""Width of the kernel on 100 times the cosine distance."""


MOST_THERE = 2**62
"""So many masks are as good as any more: the true counts of long texts are beyond every float."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Masked versions of one text.

    Attributes:
        keep: (s, w) True where a word stays; row 0 keeps every word.
        weights: (s,) what each counts in the regression.
    """

    keep: BoolArray
    weights: FloatArray


def closeness(kept: Float[np.ndarray, "*any"], w: int) -> Float[np.ndarray, "*any"]:
    """LIME's kernel for texts of which so many words stay: sqrt(exp(-d^2 / 25^2)), d = 100 (1 - cos)."""
    cosine = np.sqrt(kept / w) if w > 0 else np.ones_like(kept)
    weight: FloatArray = np.sqrt(np.exp(-((100 * (1 - cosine)) ** 2) / KERNEL_WIDTH**2))
    return weight


def draw_independent(w: int, s: int, *, rng: np.random.Generator) -> Sample:
    """LIME's own draws: all words first, then a number of removed words uniform on 1..w, and any words."""
    keep = np.ones((s, w), dtype=np.bool_)
    if w > 0:
        removed = rng.integers(1, w + 1, size=s - 1)
        keep[1:] = _without(removed, w, rng)
    return Sample(keep, closeness(keep.sum(axis=1).astype(np.float64), w))


def draw_stratified(w: int, s: int, *, rng: np.random.Generator) -> Sample:
    """At most s different texts, spread over the numbers of removed words by what they contribute.

    A number r of removed words gets texts in proportion to its kernel weight times sqrt(r / w): the further
    from the original, the more do texts of one r differ from what the regression says. Where there are no
    more texts than that, all are taken, and the others share what is left; a short text is so seen whole.
    Together the texts of one r weigh what they weigh on average among s independent draws.
    """
    counts, expected = _allocate(w, s - 1, rng)
    there = _there(w)
    many = 2 * counts > there
    keep = [np.ones((1, w), dtype=np.bool_)]
    keep += [
        _every(w, r)[np.sort(rng.permutation(int(there[r]))[: counts[r]])]
        for r in np.flatnonzero(many).tolist()
    ]
    keep.append(_different(np.repeat(np.arange(w + 1), np.where(many, 0, counts)), w, rng))
    masks = np.concatenate(keep)
    # Where not even one text was to be expected, one that came stands for those that did not.
    of_one = stratum_weights(w, s) / np.maximum(np.where(expected < 1, expected, counts), 1e-300)
    of_one[0] = 1.0
    return Sample(masks, of_one[w - masks.sum(axis=1)])


@lru_cache(maxsize=1024)
def stratum_weights(w: int, s: int) -> FloatArray:
    """(w + 1,) the weight that s independent draws have on average, by number of removed words."""
    removed = np.arange(1, w + 1)
    drawn = (s - 1) * closeness((w - removed).astype(np.float64), w) / max(1, w)
    return locked_floats(np.concatenate([[1.0], drawn]))


def _allocate(w: int, n: int, rng: np.random.Generator) -> tuple[IntArray, FloatArray]:
    """How many of n texts have each number of removed words, and how many were to be expected."""
    share = stratum_weights(w, 2) * np.sqrt(np.arange(w + 1) / max(1, w))
    there = _there(w)
    expected = np.zeros(w + 1)
    open_ = share > 0
    left = float(n)
    while open_.any():
        expected[open_] = left * share[open_] / share[open_].sum()
        full = open_ & (expected >= there)
        if not full.any():
            break
        expected[full] = there[full]
        left -= float(there[full].sum())
        open_ &= ~full
    counts = np.where(open_, 0, expected).astype(np.int64)
    if open_.any():
        # Systematic: each number is rounded up or down, at random, and the sum is exact.
        ends = np.concatenate([[0.0], np.cumsum(np.where(open_, expected, 0.0))])
        ends[-1] = left
        counts += np.diff(np.floor(ends + rng.random())).astype(np.int64)
    return counts, expected


def _different(removed: Int[np.ndarray, " s"], w: int, rng: np.random.Generator) -> Bool[np.ndarray, "s w"]:
    """Masks that remove so many words each, no two of them alike, any words with the same chance."""
    keep = _without(removed, w, rng)
    while True:
        packed = np.ascontiguousarray(np.packbits(keep, axis=1))
        keys = packed.view(np.dtype((np.void, max(1, packed.shape[1])))).ravel()
        _, first = np.unique(keys, return_index=True)
        if len(first) == len(keep):
            return keep
        again = np.setdiff1d(np.arange(len(keep)), first)
        keep[again] = _without(removed[again], w, rng)


@lru_cache(maxsize=1024)
def _there(w: int) -> FloatArray:
    """(w + 1,) how many masks remove each number of words, up to more than anybody draws."""
    return locked_floats([min(math.comb(w, r), MOST_THERE) for r in range(w + 1)])


@lru_cache(maxsize=32)
def _every(w: int, r: int) -> BoolArray:
    """(comb(w, r), w) every mask that removes r words."""
    gone = np.array(list(combinations(range(w), r)), dtype=np.int64).reshape(-1, r)
    keep = np.ones((len(gone), w), dtype=np.bool_)
    np.put_along_axis(keep, gone, values=False, axis=1)
    return locked_bools(keep)


def _without(removed: Int[np.ndarray, " s"], w: int, rng: np.random.Generator) -> Bool[np.ndarray, "s w"]:
    """Masks that remove so many words each, any words with the same chance."""
    place = rng.random((len(removed), w)).argsort(axis=1).argsort(axis=1)
    keep: BoolArray = place >= removed[:, None]
    return keep
