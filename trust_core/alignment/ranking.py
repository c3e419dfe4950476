"""Words in the order of their weight, with ties broken by a hash instead of by position."""

from __future__ import annotations

import hashlib
import math

import numpy as np
from jaxtyping import Float, Int

TieKey = tuple[str, str, str]
"""What ties are broken by: (text id, model role, half)."""

RELATIVE_ZERO = 1e-6
"""A word whose |weight| is below this share of the largest never counts as a top word."""

ABSOLUTE_ZERO = 1e-12
"""Weights that are all smaller than this are rounding, not an explanation."""

TIE_DIGITS = 9
"""Weights that agree to so many digits of the largest are tied: they differ by rounding alone."""


def is_all_zero(weights: Float[np.ndarray, "w"]) -> bool:
    """Whether an explanation names no word at all (also where it has no words)."""
    return weights.size == 0 or float(np.abs(weights).max()) < ABSOLUTE_ZERO


def rank_words(weights: Float[np.ndarray, "w"], *, tie_key: TieKey) -> Int[np.ndarray, "e"]:
    """The words that have weight, by falling |weight|.

    Ties are broken by a hash of text, model role and half: by position, two models without any
    preference would seem to agree.

    Args:
        weights: (w,) signed word weights.
        tie_key: what the order of tied words is drawn from.

    Returns:
        (e,) word indices, e <= w; words below RELATIVE_ZERO of the largest |weight| are left out.
        Empty where `is_all_zero`.
    """
    if is_all_zero(weights):
        return np.empty(0, dtype=np.int64)
    magnitude = np.abs(weights) / np.abs(weights).max()
    order = np.lexsort((tie_ranks(len(weights), tie_key), -np.round(magnitude, TIE_DIGITS)))
    ranked: Int[np.ndarray, "e"] = order[magnitude[order] >= RELATIVE_ZERO].astype(np.int64)
    return ranked


def choose_k(w: int, *, fraction: float, fixed: int | None = None) -> int:
    """How many top words are compared in a text of w words: `fixed`, or else ceil(fraction * w)."""
    if fixed is not None:
        return fixed
    # .7 * 10 is 7.000000000000001 in binary: without the allowance its ceiling would be 8.
    return max(1, math.ceil(fraction * w - 1e-9))


def tie_ranks(w: int, tie_key: TieKey) -> Int[np.ndarray, "w"]:
    """A number for each word that depends on the key and the word's index alone."""
    name = "\0".join(tie_key).encode("utf-8", "surrogatepass")
    prefix = hashlib.blake2b(name, digest_size=16).digest()
    digests = (
        hashlib.blake2b(prefix + index.to_bytes(4, "big"), digest_size=7).digest() for index in range(w)
    )
    return np.fromiter((int.from_bytes(digest, "big") for digest in digests), dtype=np.int64, count=w)
