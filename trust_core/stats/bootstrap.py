"""The bootstrap over texts: one resampling for both models and all measures of a set of texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float
from scipy.sparse import csr_array

from trust_core.domain.measures import ALPHAS, LEVEL, Evidence, NotMeasured
from trust_core.stats.evidence import too_few, unseen_share
from trust_core.stats.seeds import derived_rng

IntervalKind = Literal["percentile", "basic", "outer"]
"""percentile: quantiles of the draws; basic: the estimate minus the quantiles of (draw - estimate); outer:
basic below and percentile above, for statistics that noise lifts, widened to hold the estimate."""

Span = tuple[float, float]
"""The lowest and highest value that a statistic can take."""

_CELLS = 500_000
"""Counts held at a time: 4 MB, which stay in a processor's cache while columns are multiplied."""

_ROWS = 16
"""Resamples at a time, at the least: 13 MB for 100,000 texts."""

_FLAT = 1e-6
"""Draws that spread less than this part of the span show no event at all."""

FEWEST_EVENTS = 4
"""With three texts that show an event or fewer, one resample in twenty (e^-3) or more holds none of them."""


@dataclass(frozen=True, slots=True)
class Resamples:
    """`count` resamples of n texts, drawn with replacement: a description, from which draws are made again.

    Equal descriptions are equal draws, so statistics of both models and of all measures that take
    their draws from equal `Resamples` are paired.

    Attributes:
        n: texts.
        count: resamples.
        seed: the spec's seed.
    """

    n: int
    count: int
    seed: int

    def __post_init__(self) -> None:
        if self.n < 1 or self.count < 1:
            raise ValueError(f"a bootstrap needs at least one text and one resample: {self}")

    def counts(self) -> Iterator[Float[np.ndarray, "rows n"]]:
        """How often each text comes in each resample, in blocks of rows that fit into a bounded memory.

        The draws come from one stream, row after row, so they do not depend on the size of the blocks.
        """
        rng = derived_rng(self.seed, "bootstrap", str(self.n))
        rows = max(_ROWS, _CELLS // self.n)
        for start in range(0, self.count, rows):
            block = np.empty((min(rows, self.count - start), self.n))
            for row in block:
                row[:] = np.bincount(rng.integers(0, self.n, size=self.n), minlength=self.n)
            yield block

    def means(self, values: Float[np.ndarray, "n m"] | csr_array) -> Float[np.ndarray, "r m"]:
        """The mean of each column in each resample.

        Args:
            values: (n, m) one row a text; dense, or a scipy csr_array where most entries are 0.

        Returns:
            (count, m) resampled means; statistics that are not means are functions of these.
        """
        if values.shape[0] != self.n:
            raise ValueError(f"{values.shape[0]} rows of values for resamples of {self.n} texts")
        means = np.empty((self.count, values.shape[1]))
        # Sparse products run along the resamples, so they want the texts first.
        transposed = values.T.tocsr() if isinstance(values, csr_array) else None
        done = 0
        for block in self.counts():
            product = block @ values if transposed is None else (transposed @ block.T).T
            means[done : done + len(block)] = product / self.n
            done += len(block)
        return means


def evidence_from_draws(
    draws: Float[np.ndarray, " r"],
    estimate: float,
    *,
    n: int,
    span: Span,
    kind: IntervalKind = "percentile",
    events: int | None = None,
) -> Evidence | NotMeasured:
    """Limits at every error rate from resampled values of a statistic.

    Limits stay inside `span`. Where the draws do not spread (identical models, no text with an event, or so
    few events that the 95 % limits meet), or fewer than `FEWEST_EVENTS` texts show an event, a bootstrap
    would report hardly any width for lack of events. Then a share of texts as large as Wilson's upper limit
    for 0 of n, z^2 / (n + z^2), may be of a kind that was not seen, and each may lie at the far end of the
    span: the limits reach at least to estimate - share (estimate - lowest) and estimate + share (highest -
    estimate). For a mean of bounded values that is a confidence limit; for other statistics it is a
    convention of the same size.

    Args:
        draws: (r,) the statistic in each resample.
        estimate: the statistic of the texts themselves.
        n: texts.
        span: lowest and highest possible value.
        kind: percentile, basic or outer.
        events: how many texts show an event, where that can be said.

    Returns:
        NotMeasured with fewer than 20 texts.
    """
    refused = too_few(n)
    if refused is not None:
        return refused
    below = np.quantile(draws, ALPHAS)
    above = np.quantile(draws, 1 - ALPHAS)
    low = below if kind == "percentile" else 2 * estimate - above
    high = 2 * estimate - below if kind == "basic" else above
    if kind == "outer":
        low, high = np.minimum(low, estimate), np.maximum(high, estimate)
    low, high = np.clip(low, *span), np.clip(high, *span)
    shown = int(np.argmin(np.abs(ALPHAS - (1 - LEVEL) / 2)))
    flat = high[shown] - low[shown] <= _FLAT * (span[1] - span[0])
    if flat or (events is not None and events < FEWEST_EVENTS):
        share = unseen_share(n)
        low = np.minimum(low, estimate - share * (estimate - span[0]))
        high = np.maximum(high, estimate + share * (span[1] - estimate))
    return Evidence(estimate=estimate, n=n, low=low, high=high)


def mean_evidence(
    values: Float[np.ndarray, " n"], resamples: Resamples, *, span: Span
) -> Evidence | NotMeasured:
    """Percentile limits of the mean of bounded per-text values; all equal: see `evidence_from_draws`.

    Args:
        values: (n,) one value a text; for a paired difference, candidate - reference.
        resamples: the resampling shared by the measures of these texts.
        span: lowest and highest possible value of one text.
    """
    refused = too_few(len(values))
    if refused is not None:
        return refused
    draws = resamples.means(values[:, None])[:, 0]
    return evidence_from_draws(draws, float(values.mean()), n=len(values), span=span)
