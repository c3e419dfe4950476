"""Control variates for LIME: columns that take up what words do in pairs, and leave the word weights alone.

The noise of a LIME weight is what the model does beyond a sum over words, seen through the luck of the draw.
Much of that is what two words do together. A column for a pair of words takes it up, and what it takes up is
no noise any more. Each column is made uncorrelated with every word over all masked texts, weighted as LIME
weights them: so with enough samples the word weights are the same with and without it.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from jaxtyping import Bool, Float

from trust_core.domain.arrays import FloatArray, locked_floats
from trust_core.explain.lime_sampling import stratum_weights

FEWEST_WORDS = 3

MOST_WORDS = 24
"""In longer texts only the words with the largest weights are paired: 276 pairs at the most."""

LARGEST_COUNTS = 1029
"""Words of the longest text whose numbers of masks all fit into a float."""

PENALTY = 20.0
"""Penalty on the squared weight of a column; of the tried ones the best at 500 and 1000 samples."""


def pair_columns(
    keep: Bool[np.ndarray, "s w"], weights: Float[np.ndarray, "w k"], samples: int
) -> Float[np.ndarray, "s p"]:
    """A column for each pair of words, larger for pairs of words that themselves have large weights.

    Words that do much do much together; so a column is scaled by the root of the product of both words'
    weights (over all outputs), to a mean square scale of 1.

    Args:
        keep: (s, w) True where a word stays.
        weights: (w, k) a first regression on the words alone.
        samples: draws that the masks stand for.

    Returns:
        (s, p) p = m (m - 1) / 2 for m = min(w, 24) words; none for fewer than three words, whose masks are
        all seen, and where no word has a weight.
    """
    w = keep.shape[1]
    if w < FEWEST_WORDS:
        return np.empty((len(keep), 0))
    size = np.sqrt(np.square(weights).sum(axis=1))
    words = np.sort(np.argsort(-size, kind="stable")[:MOST_WORDS])
    first, second = (words[place] for place in np.triu_indices(len(words), 1))
    scale = np.sqrt(size[first] * size[second])
    mean_square = float(np.mean(np.square(scale)))
    if mean_square == 0:
        return np.empty((len(keep), 0))
    constant, of_pair, of_all = _shadow(w, samples)
    stays = keep.astype(np.float64)
    one, other = stays[:, first], stays[:, second]
    columns: FloatArray = (
        one * other - constant - of_pair * (one + other) - of_all * stays.sum(axis=1, keepdims=True)
    )
    columns *= scale / math.sqrt(mean_square)
    return columns


@lru_cache(maxsize=1024)
def _shadow(w: int, samples: int) -> FloatArray:
    """What a regression on the words says of "both words stay": (constant, each of the two, every word).

    All words are alike to the masks, so three numbers say it; they follow from how often 1, 2 and 3 given
    words stay together.
    """
    total = stratum_weights(w, samples)
    share = total / total.sum()
    one, two, three = (
        sum(_staying(float(share[r]), w, words, r) for r in range(w - words + 1)) for words in (1, 2, 3)
    )
    normal = np.array(
        [
            [1, 2 * one, w * one],
            [one, one + two, one + (w - 1) * two],
            [one, 2 * two, one + (w - 1) * two],
        ]
    )
    return locked_floats(np.linalg.lstsq(normal, np.array([two, two, three]), rcond=None)[0])


def _staying(share: float, w: int, words: int, r: int) -> float:
    """The part of the share in which so many given words stay, where r of w words are removed."""
    if w <= LARGEST_COUNTS:
        return share * math.comb(w - words, r) / math.comb(w, r)
    return share * math.prod((w - r - word) / (w - word) for word in range(words))
