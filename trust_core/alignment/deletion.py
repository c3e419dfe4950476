"""What a model says of a text when only some words are kept, or when some are deleted.

Nothing here compares two explanations: the words that one model's explanation names are tried out on the
other model itself. A deletion curve takes the first words of an order away one after the other.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from trust_core.alignment.ranking import RELATIVE_ZERO, TieKey, tie_ranks
from trust_core.domain.arrays import BoolArray, FloatArray, locked_floats
from trust_core.domain.requests import MaskRequest
from trust_core.stats.seeds import derived_rng

TRIALS = 7
"""Texts of `trial_masks`: whole; own words kept, deleted; the reference's; random ones."""

BEAM_WIDTH = 2
"""Sets of words that the search for the limits of a deletion curve follows at a time."""


@dataclass(frozen=True, slots=True)
class WordSets:
    """The words of one text that are kept and deleted.

    Attributes:
        w: words of the text.
        own: the model's own top words.
        reference: the reference's top words; of the reference itself, its own.
        random: as many words, drawn.
        own_order, reference_order: the first words of each deletion curve; empty where none is asked for.
    """

    w: int
    own: Int[np.ndarray, " e"]
    reference: Int[np.ndarray, " f"]
    random: Int[np.ndarray, " r"]
    own_order: Int[np.ndarray, " c"]
    reference_order: Int[np.ndarray, " d"]


@dataclass(frozen=True, slots=True)
class Trials:
    """What one model says of one text under the masks of its `WordSets`; k classes.

    Attributes:
        text_id: the text's id.
        same_words: whether its own top words are the reference's, and its curve too.
        whole: (k,) probabilities of the text as it is.
        own_kept, own_deleted: (k,) with only its own top words, and without them.
        reference_kept, reference_deleted: (k,) likewise with the reference's top words.
        random_kept, random_deleted: (k,) likewise with random words.
        own_curve, reference_curve: (c, k) without the first 1..c words of each order; none where no curve was
            asked for.
    """

    text_id: str
    same_words: bool
    whole: FloatArray
    own_kept: FloatArray
    own_deleted: FloatArray
    reference_kept: FloatArray
    reference_deleted: FloatArray
    random_kept: FloatArray
    random_deleted: FloatArray
    own_curve: FloatArray
    reference_curve: FloatArray

    def __post_init__(self) -> None:
        for name in self.__slots__[2:]:
            object.__setattr__(self, name, locked_floats(getattr(self, name)))


@dataclass(frozen=True, slots=True)
class CurveLimits:
    """The ends of what any order of words can reach in a text.

    Attributes:
        text_id: the text's id.
        low, high: the smallest and the largest mean drop that the search has found.
    """

    text_id: str
    low: float
    high: float


def supporting_order(weights: Float[np.ndarray, " w"], *, tie_key: TieKey) -> Int[np.ndarray, " w"]:
    """All words, from the one that speaks most for the class to the one that speaks most against it.

    Ties are broken as in `ranking.rank_words`, and weights that are nothing beside the largest count as 0.
    """
    largest = float(np.abs(weights).max()) if weights.size else 0.0
    scaled = weights / largest if largest > 0 else np.zeros_like(weights)
    scaled = np.where(np.abs(scaled) < RELATIVE_ZERO, 0.0, np.round(scaled, 9))
    order: Int[np.ndarray, " w"] = np.lexsort((tie_ranks(len(weights), tie_key), -scaled)).astype(np.int64)
    return order


def random_words(w: int, k: int, *, seed: int, text_id: str) -> Int[np.ndarray, " k"]:
    """K of w words, the same for every model and explainer."""
    drawn: Int[np.ndarray, " k"] = derived_rng(seed, "random-words", text_id).permutation(w)[:k]
    return drawn


def trial_masks(sets: WordSets) -> BoolArray:
    """(TRIALS + curves, w) masks, True where a word stays; see `read_trials` for their order."""
    masks = [np.ones(sets.w, dtype=np.bool_)]
    for words in (sets.own, sets.reference, sets.random):
        kept = np.zeros(sets.w, dtype=np.bool_)
        kept[words] = True
        masks += [kept, ~kept]
    for order in (sets.own_order, sets.reference_order):
        left = np.ones(sets.w, dtype=np.bool_)
        for word in order.tolist():
            left = left.copy()
            left[word] = False
            masks.append(left)
    return np.stack(masks)


def read_trials(text_id: str, sets: WordSets, probabilities: Float[np.ndarray, "s k"]) -> Trials:
    """What a model said of `trial_masks`.

    Raises:
        ValueError: there are not as many rows as masks.
    """
    first, second = len(sets.own_order), len(sets.reference_order)
    if len(probabilities) != TRIALS + first + second:
        raise ValueError(f"{len(probabilities)} answers to {TRIALS + first + second} masks of {text_id!r}")
    same_set = np.array_equal(np.sort(sets.own), np.sort(sets.reference))
    whole, own_kept, own_deleted, kept, deleted, random_kept, random_deleted = probabilities[:TRIALS]
    return Trials(
        text_id=text_id,
        same_words=same_set and np.array_equal(sets.own_order, sets.reference_order),
        whole=whole,
        own_kept=own_kept,
        own_deleted=own_deleted,
        reference_kept=kept,
        reference_deleted=deleted,
        random_kept=random_kept,
        random_deleted=random_deleted,
        own_curve=probabilities[TRIALS : TRIALS + first],
        reference_curve=probabilities[TRIALS + first :],
    )


def mean_drop(whole: float, curve: Float[np.ndarray, " c"]) -> float:
    """AOPC of a deletion curve: how far the probability falls, averaged over the words taken away so far.

    (1/c) sum_i [f(x) - f(x without the first i words)]; negative where it rises.
    """
    return float(np.mean(whole - curve))


def curve_limits(
    text_id: str, w: int, steps: int, of_class: int, *, width: int = BEAM_WIDTH
) -> Generator[MaskRequest, FloatArray, CurveLimits]:
    """The smallest and the largest mean drop that any order of words gives, by beam search.

    Two searches run side by side, one towards each end. In each of `steps` steps every set that is followed
    loses each of its words in turn; of equal sets the better is kept, then the best `width`. With a
    width of as many sets as there are, the search is exhaustive (NAOPC-exact); below, the limits are
    what was found (NAOPC-beam of Edin et al., arXiv 2408.08137).

    Args:
        text_id: the text's id.
        w: its words.
        steps: words of the deletion curve, at most w.
        of_class: the class whose probability falls.
        width: sets that are followed at a time, for each end.
    """
    full = np.ones((1, w), dtype=np.bool_)
    answers = yield MaskRequest(full)
    whole = float(answers[0, of_class])
    # For each end: the sets that are followed, and the sum of the drops on the way to them.
    beams = [(full, np.zeros(1)), (full, np.zeros(1))]
    for _ in range(steps):
        grown = [_grown(masks, sums) for masks, sums in beams]
        answers = yield MaskRequest(np.concatenate([masks for masks, _ in grown]))
        drops = whole - answers[:, of_class]
        cut = len(grown[0][0])
        beams = [
            _best(masks, sums + part, sign, width)
            for (masks, sums), part, sign in zip(grown, (drops[:cut], drops[cut:]), (1, -1), strict=True)
        ]
    (_, low), (_, high) = beams
    return CurveLimits(text_id, float(low.min()) / steps, float(high.max()) / steps)


def _grown(masks: Bool[np.ndarray, "v w"], sums: Float[np.ndarray, " v"]) -> tuple[BoolArray, FloatArray]:
    """Every set with one more word taken away."""
    parent, word = np.nonzero(masks)
    children = masks[parent].copy()
    children[np.arange(len(word)), word] = False
    return children, sums[parent]


def _best(masks: BoolArray, sums: FloatArray, sign: int, width: int) -> tuple[BoolArray, FloatArray]:
    """The `width` sets of the smallest sums (sign 1) or the largest (-1), each set once."""
    # Rounded, so that another batch does not decide between equal sums; then by the words themselves.
    order = np.lexsort((*np.packbits(masks, axis=1).T, np.round(sign * sums, 9)))
    seen: set[bytes] = set()
    chosen: list[int] = []
    for at in order.tolist():
        name = masks[at].tobytes()
        if name not in seen:
            seen.add(name)
            chosen.append(at)
        if len(chosen) == width:
            break
    return masks[chosen], sums[chosen]
