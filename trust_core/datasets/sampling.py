"""Seeded samples: which texts are predicted, and which of them are explained."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from trust_core.domain.arrays import IntArray


def stratified_rows(
    gold: Sequence[int] | IntArray, limit: int | None, ids: Sequence[str], *, seed: int
) -> list[int]:
    """Rows of a sample that keeps the shares of the classes, in the order of the data.

    Every text has a place in a random order that depends on the seed and its id alone; each class
    gives its first ones. Shares are rounded by largest remainder. A larger limit keeps nearly all
    texts of a smaller one.

    Args:
        gold: (n,) classes; unlabelled texts form one stratum.
        limit: how many texts; None or n and more takes all.
        ids: (n,) unique ids.
        seed: the spec's seed.
    """
    n = len(ids)
    if limit is None or limit >= n:
        return list(range(n))
    gold = np.asarray(gold)
    strata = {int(label): np.flatnonzero(gold == label) for label in np.unique(gold)}
    exact = {label: limit * len(rows) / n for label, rows in strata.items()}
    counts = {label: int(share) for label, share in exact.items()}
    by_remainder = sorted(strata, key=lambda label: (counts[label] - exact[label], label))
    for label in by_remainder[: limit - sum(counts.values())]:
        counts[label] += 1
    rank = {row: place for place, row in enumerate(random_order(ids, seed=seed, stage="sample"))}
    chosen = [
        row
        for label, rows in strata.items()
        for row in sorted(rows.tolist(), key=rank.__getitem__)[: counts[label]]
    ]
    return sorted(chosen)


def random_order(ids: Sequence[str], *, seed: int, stage: str) -> list[int]:
    """All rows in an order that depends on the seed, the stage and the ids alone."""

    def place(row: int) -> bytes:
        return hashlib.blake2b(f"{seed}\x1f{stage}\x1f{ids[row]}".encode("utf-8", "surrogatepass")).digest()

    return sorted(range(len(ids)), key=place)
