"""Two alignments with one reference, text by text: is the candidate's lower than the twin's?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from trust_core.alignment.split_half import CrossedHalves, ratio_of_means
from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import ALPHAS, MIN_TEXTS, Evidence, NotMeasured
from trust_core.stats.bootstrap import Resamples, Span, evidence_from_draws

MOST_LOST = 0.01
"""Resamples in which an alignment has no meaning: more of them, and its draws say too little."""


def alignment_beside_twin(
    candidate: CrossedHalves,
    candidate_ids: Sequence[str],
    twin: CrossedHalves,
    twin_ids: Sequence[str],
    *,
    resamples: int,
    seed: int,
) -> Evidence | NotMeasured:
    """S of the candidate less S of the twin, both against the same reference and on the same texts.

    The same resamples serve both, so what makes a text hard for either of them weighs on both alike. Limits
    are percentiles; where candidate and twin say the same of every text they are exactly 0.

    Args:
        candidate: what the crossed design saw of the reference and the candidate.
        candidate_ids: its texts, in order.
        twin: what it saw of the reference and the twin.
        twin_ids: its texts, in order.
        resamples: bootstrap resamples of texts.
        seed: the spec's seed.

    Returns:
        NotMeasured with fewer than 20 texts in common, or where a model hardly agrees with itself.
    """
    place = {text_id: at for at, text_id in enumerate(twin_ids)}
    shared = [at for at, text_id in enumerate(candidate_ids) if text_id in place]
    m = len(shared)
    if m < MIN_TEXTS:
        return NotMeasured(
            f"candidate and twin have {m} explained texts in common that can be compared",
            f"at least {MIN_TEXTS}: more control_texts",
        )
    ours = candidate.contrasts[shared]
    theirs = twin.contrasts[[place[candidate_ids[at]] for at in shared]]
    means = np.concatenate([ours.mean(axis=0), theirs.mean(axis=0)])
    draws = Resamples(n=m, count=resamples, seed=seed).means(np.concatenate([ours, theirs], axis=1))
    meaningful = _meaningful(draws[:, :3]) & _meaningful(draws[:, 3:])
    if (
        not _meaningful(means[None, :3])
        or not _meaningful(means[None, 3:])
        or (1 - meaningful.mean() > MOST_LOST)
    ):
        return NotMeasured(
            "a model's explanations hardly agree with themselves beyond chance on these texts",
            "more samples a text, or more control_texts",
        )
    estimate = float(ratio_of_means(means[None, :3])[0] - ratio_of_means(means[None, 3:])[0])
    if np.array_equal(ours, theirs):
        return Evidence(estimate=0.0, n=m, low=np.zeros(ALPHAS.shape), high=np.zeros(ALPHAS.shape))
    kept = draws[meaningful]
    chance = float(candidate.chance[shared].mean())
    first, second = _span(means[:3], chance), _span(means[3:], chance)
    return evidence_from_draws(
        ratio_of_means(kept[:, :3]) - ratio_of_means(kept[:, 3:]),
        estimate,
        n=m,
        span=(first[0] - second[1], first[1] - second[0]),
    )


def _meaningful(means: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Rows in which both self-agreements are above chance."""
    above = means[:, 0]
    both: np.ndarray[tuple[int], np.dtype[np.bool_]] = (above > means[:, 1]) & (above > means[:, 2])
    return both


def _span(mean: FloatArray, chance: float) -> Span:
    """The lowest and highest S, with the self-agreements held."""
    root = math.sqrt((mean[0] - mean[1]) * (mean[0] - mean[2]))
    return -chance / root, (1 - chance) / root
