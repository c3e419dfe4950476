"""One text, explained for both models: every per-text measure of agreement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

from trust_core.alignment.distance import cosine, ruzicka
from trust_core.alignment.overlap import (
    adjust_for_chance,
    expected_jaccard,
    feature_agreement,
    jaccard,
    sweep_jaccard,
)
from trust_core.alignment.rank import kendall, rank_agreement, rank_biased_overlap, spearman
from trust_core.alignment.ranking import choose_k, is_all_zero, rank_words
from trust_core.alignment.sign import sign_agreement, signed_mass_agreement, signed_rank_agreement
from trust_core.alignment.stability import is_unstable
from trust_core.domain.arrays import FloatArray, IntArray
from trust_core.domain.attributions import Attribution, Explanation

LeftOut = Literal["short", "all-zero"]
"""Why a text is left out: it has no more than K words, or an explanation gives no word any weight."""


@dataclass(frozen=True, slots=True)
class ModelReasons:
    """One model's weights for one class of one text.

    Attributes:
        whole: (w,) the weights that are shown.
        order: the order of their words, see `rank_words`.
        halves: orders of the two halves; of a noise-free explainer, the whole's twice.
        noise_free: whether another seed would give the same weights.
        unstable: whether the border at K cannot be seen through the noise.
        fidelity: local R2 or additivity gap for that class.
    """

    whole: FloatArray
    order: IntArray
    halves: tuple[IntArray, IntArray]
    noise_free: bool
    unstable: bool
    fidelity: float


@dataclass(frozen=True, slots=True)
class TextComparison:
    """What two explanations of one text have in common.

    Attributes:
        text_id: the text.
        w, k: its words, and the size of its top sets.
        reference, candidate: each model's weights.
        overlaps: per-text value by catalogue key; spearman and kendall are missing where undefined.
        cross, self_reference, self_candidate, cross_chance: parts of the crossed split-half design.
        sweep: Jaccard index and chance level at K = 1..w-1.
    """

    text_id: str
    w: int
    k: int
    reference: ModelReasons
    candidate: ModelReasons
    overlaps: dict[str, float]
    cross: float
    self_reference: float
    self_candidate: float
    cross_chance: float
    sweep: tuple[FloatArray, FloatArray]


def same_weights(reference: Explanation, candidate: Explanation) -> bool:
    """Whether two explanations are the same bit for bit, halves included."""
    ours, theirs = reference.attributions, candidate.attributions
    return len(ours) == len(theirs) and all(
        np.array_equal(one.weights, other.weights) for one, other in zip(ours, theirs, strict=True)
    )


def compare_text(
    reference: Explanation,
    candidate: Explanation,
    *,
    reference_class: int,
    candidate_class: int,
    k_fraction: float,
    k_fixed: int | None = None,
) -> TextComparison | LeftOut:
    """Compare two explanations of the same text.

    Args:
        reference: explanation of the reference.
        candidate: explanation of the candidate, with the same words.
        reference_class: class whose weights are read of the reference.
        candidate_class: class whose weights are read of the candidate.
        k_fraction: share of the words that the top sets hold, see `choose_k`.
        k_fixed: size of the top sets where it is fixed.

    Returns:
        The comparison, or why the text has to be left out.

    Raises:
        ValueError: the explanations are of different texts or have different words.
    """
    w = len(reference.whole.weights)
    if reference.text_id != candidate.text_id or len(candidate.whole.weights) != w:
        raise ValueError(
            f"explanations of {reference.text_id!r} ({w} words) and {candidate.text_id!r} "
            f"({len(candidate.whole.weights)} words) cannot be compared: they must be of the same text"
        )
    k = choose_k(w, fraction=k_fraction, fixed=k_fixed)
    if w <= k:
        return "short"
    # Equal weights take equal ties: a model agrees with itself even where its weights are tied.
    role = (
        "reference"
        if same_weights(reference, candidate) and reference_class == candidate_class
        else "candidate"
    )
    ours = _read(reference, reference_class, "reference", k)
    theirs = _read(candidate, candidate_class, role, k)
    if ours is None or theirs is None:
        return "all-zero"
    crossed = ((ours.halves[0], theirs.halves[1]), (ours.halves[1], theirs.halves[0]))
    chances = [expected_jaccard(w, min(k, len(x)), min(k, len(y))) for x, y in crossed]
    return TextComparison(
        text_id=reference.text_id,
        w=w,
        k=k,
        reference=ours,
        candidate=theirs,
        overlaps=_overlaps(ours, theirs, w, k),
        cross=sum(jaccard(x, y, k) for x, y in crossed) / 2,
        self_reference=jaccard(*ours.halves, k),
        self_candidate=jaccard(*theirs.halves, k),
        cross_chance=sum(chances) / 2,
        sweep=sweep_jaccard(ours.order, theirs.order, w),
    )


def _read(explanation: Explanation, of_class: int, role: str, k: int) -> ModelReasons | None:
    """One model's weights for one class; None where any half gives no word any weight."""
    weights = [_weights(part, of_class) for part in explanation.attributions]
    if any(is_all_zero(row) for row in weights):
        return None
    orders = [
        rank_words(row, tie_key=(explanation.text_id, role, part.half))
        for row, part in zip(weights, explanation.attributions, strict=True)
    ]
    noise_free = explanation.noise_free
    return ModelReasons(
        whole=weights[0],
        order=orders[0],
        halves=(orders[0], orders[0]) if noise_free else (orders[1], orders[2]),
        noise_free=noise_free,
        unstable=not noise_free and is_unstable(weights[0], weights[1], weights[2], k),
        fidelity=float(explanation.whole.fidelity[of_class]),
    )


def _weights(attribution: Attribution, of_class: int) -> Float[np.ndarray, "w"]:
    """(w,) weights for one class."""
    column: Float[np.ndarray, "w"] = np.ascontiguousarray(attribution.weights[:, of_class])
    return column


def _overlaps(ours: ModelReasons, theirs: ModelReasons, w: int, k: int) -> dict[str, float]:
    """Agreement of the weights that are shown, by catalogue key."""
    a, b, order_a, order_b = ours.whole, theirs.whole, ours.order, theirs.order
    observed = jaccard(order_a, order_b, k)
    chance = expected_jaccard(w, min(k, len(order_a)), min(k, len(order_b)))
    values: dict[str, float | None] = {
        "jaccard": observed,
        "chance_jaccard": chance,
        "jaccard_adjusted": adjust_for_chance(observed, chance),
        "feature_agreement": feature_agreement(order_a, order_b, k),
        "rank_agreement": rank_agreement(order_a, order_b, k),
        "sign_agreement": sign_agreement(a, b, order_a, order_b, k),
        "signed_rank_agreement": signed_rank_agreement(a, b, order_a, order_b, k),
        "rbo": rank_biased_overlap(order_a, order_b),
        "spearman": spearman(a, b),
        "kendall": kendall(a, b),
        "cosine": cosine(a, b),
        "ruzicka": ruzicka(a, b),
        "signed_mass_agreement": signed_mass_agreement(a, b),
    }
    return {key: value for key, value in values.items() if value is not None}
