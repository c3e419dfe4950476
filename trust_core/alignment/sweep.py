"""Top-K overlap over all K: does the agreement hang on where the list is cut?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trust_core.alignment.comparison import TextComparison
from trust_core.domain.arrays import FloatArray, IntArray, locked_floats, locked_ints
from trust_core.domain.measures import LEVEL, MIN_TEXTS, Evidence
from trust_core.stats.bootstrap import Resamples, evidence_from_draws


@dataclass(frozen=True, slots=True)
class KCurve:
    """Mean Jaccard index at every K for which at least 20 texts have more than K words; v of them.

    Attributes:
        k: (v,) sizes of the top sets, from 1.
        n: (v,) texts with more than K words.
        jaccard: (v,) mean Jaccard index of the weights that are shown.
        chance: (v,) mean chance level.
        adjusted: (v,) mean of (J - E[J]) / (1 - E[J]).
        low, high: (v,) 95 % percentile limits of `jaccard`.
    """

    k: IntArray
    n: IntArray
    jaccard: FloatArray
    chance: FloatArray
    adjusted: FloatArray
    low: FloatArray
    high: FloatArray

    def __post_init__(self) -> None:
        for name in ("k", "n"):
            object.__setattr__(self, name, locked_ints(getattr(self, name)))
        for name in ("jaccard", "chance", "adjusted", "low", "high"):
            object.__setattr__(self, name, locked_floats(getattr(self, name)))


def sweep_k(comparisons: Sequence[TextComparison], *, resamples: int, seed: int) -> KCurve:
    """The curve of top-K overlap; empty with fewer than 20 texts.

    Args:
        comparisons: texts that are not left out.
        resamples: bootstrap resamples of texts.
        seed: the spec's seed.
    """
    w = np.array([row.w for row in comparisons], dtype=np.int64)
    rows: list[tuple[float, ...]] = []
    start = 1
    # Between two text lengths the same texts take part, so one resampling serves all K there.
    for shortest in np.unique(w):
        texts = [row for row in comparisons if row.w >= shortest]
        if len(texts) < MIN_TEXTS:
            break
        stop = int(shortest)
        if stop > start:
            observed = np.stack([row.sweep[0][start - 1 : stop - 1] for row in texts])
            chance = np.stack([row.sweep[1][start - 1 : stop - 1] for row in texts])
            draws = Resamples(n=len(texts), count=resamples, seed=seed).means(observed)
            for column in range(stop - start):
                mean = float(observed[:, column].mean())
                evidence = evidence_from_draws(draws[:, column], mean, n=len(texts), span=(0.0, 1.0))
                assert isinstance(evidence, Evidence)
                adjusted = (observed[:, column] - chance[:, column]) / (1 - chance[:, column])
                low, high = evidence.interval(LEVEL)
                level = float(chance[:, column].mean())
                rows.append((start + column, len(texts), mean, level, float(adjusted.mean()), low, high))
        start = max(start, stop)
    k, n, *shares = np.array(rows).reshape(-1, 7).T
    return KCurve(k.astype(np.int64), n.astype(np.int64), *shares)
