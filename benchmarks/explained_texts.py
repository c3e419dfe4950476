"""Large sets of explained texts: one reference, and candidates that keep more or less of its reasons."""

from __future__ import annotations

from functools import cache

import numpy as np

from benchmarks.coverage_alignment import COLUMNS, K_FRACTION, LENGTHS, overlap, top, true_alignment
from trust_core.alignment.overlap import expected_jaccard
from trust_core.alignment.ranking import choose_k
from trust_core.alignment.split_half import Budgets, CrossedHalves, assess_alignment
from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import Evidence, NotMeasured
from trust_core.stats.seeds import derived_rng


@cache
def explained(own: tuple[float, ...], noise: float = 0.35, size: int = 100_000) -> tuple[CrossedHalves, ...]:
    """Crossed halves of one reference with several candidates, by the spread of what each does not share."""
    rng = derived_rng(0, "error rates", "explained", str(own))
    parts: list[list[tuple[FloatArray, ...]]] = [[] for _ in own]
    lengths, counts = np.unique(rng.choice(LENGTHS, size=size), return_counts=True)
    for w, m in zip(lengths.tolist(), counts.tolist(), strict=True):
        k = choose_k(w, fraction=K_FRACTION)
        reference = rng.standard_t(4, size=(m, w))
        hard = np.exp(0.5 * rng.standard_normal((m, 1)))
        true = [reference, *(reference + spread * hard * rng.standard_t(4, size=(m, w)) for spread in own)]
        tops = [[top(one + noise * rng.standard_normal((m, w)), k) for _ in range(2)] for one in true]
        (a1, a2), chance = tops[0], np.full(m, expected_jaccard(w, k, k))
        for found, (b1, b2) in zip(parts, tops[1:], strict=True):
            cross = (overlap(a1, b2) + overlap(a2, b1)) / 2
            found.append((cross, overlap(a1, a2), overlap(b1, b2), chance))
    # Lengths were sorted: every population is shuffled alike, so that its texts still belong together.
    order = rng.permutation(size)
    return tuple(
        CrossedHalves(
            **{
                name: np.concatenate([part[at] for part in found])[order]
                for at, name in enumerate(("cross", "self_reference", "self_candidate", "chance"))
            }
        )
        for found in parts
    )


def alignment_of(halves: CrossedHalves) -> float:
    """S of a population."""
    return true_alignment({name: getattr(halves, name) for name in COLUMNS})


def taken(halves: CrossedHalves, rows: np.ndarray) -> CrossedHalves:
    """Some of its texts."""
    return CrossedHalves(**{name: getattr(halves, name)[rows] for name in COLUMNS})


def assess(halves: CrossedHalves, resamples: int, seed: int) -> Evidence | NotMeasured:
    """S of these texts."""
    return assess_alignment(halves, resamples=resamples, seed=seed, budgets=Budgets(1000, 1000))
