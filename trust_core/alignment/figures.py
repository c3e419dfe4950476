"""Figures of reasons from per-text comparisons; a row is (key, of, figure, further settings)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from jaxtyping import Float

from trust_core.alignment.comparison import LeftOut, TextComparison
from trust_core.alignment.rank import PERSISTENCE
from trust_core.alignment.stability import count_close_neighbours
from trust_core.domain.attributions import Fidelity
from trust_core.domain.measures import Exact, Figure, NotMeasured, Of, Setting
from trust_core.stats.bootstrap import Resamples, Span, mean_evidence
from trust_core.stats.evidence import measured
from trust_core.stats.intervals import rate_evidence
from trust_core.stats.sequential import mean_sequence

Row = tuple[str, Of, Figure, dict[str, Setting]]

SPANS: dict[str, Span] = {
    "jaccard": (0.0, 1.0),
    "jaccard_adjusted": (-1.0, 1.0),
    "feature_agreement": (0.0, 1.0),
    "rank_agreement": (0.0, 1.0),
    "sign_agreement": (0.0, 1.0),
    "signed_rank_agreement": (0.0, 1.0),
    "rbo": (0.0, 1.0),
    "spearman": (-1.0, 1.0),
    "kendall": (-1.0, 1.0),
    "cosine": (-1.0, 1.0),
    "ruzicka": (0.0, 1.0),
    "signed_mass_agreement": (0.0, 1.0),
}
"""Lowest and highest value of one text, for the means that are shown beside S."""

MODELS: tuple[Of, Of] = ("reference", "candidate")

ANY_TIME: dict[str, Setting] = {"interval": "confidence sequence"}
"""Marks figures whose interval holds whenever one stops."""

NO_TEXTS = NotMeasured("no text could be compared", "explained texts with more than K words")


def overlap_rows(comparisons: Sequence[TextComparison], *, resamples: int, seed: int) -> list[Row]:
    """Means of the per-text measures of the weights that are shown, and their chance level."""
    rows: list[Row] = []
    for key, span in SPANS.items():
        values = [row.overlaps[key] for row in comparisons if key in row.overlaps]
        extra: dict[str, Setting] = {"p": PERSISTENCE} if key == "rbo" else {}
        rows.append((key, "pair", mean_figure(values, span, resamples=resamples, seed=seed), extra))
    chance = [row.overlaps["chance_jaccard"] for row in comparisons]
    rows.insert(1, ("chance_jaccard", "pair", Exact(float(np.mean(chance))) if chance else NO_TEXTS, {}))
    return rows


def split_half_rows(
    comparisons: Sequence[TextComparison], *, resamples: int, seed: int, any_time: bool = False
) -> list[Row]:
    """The parts of S: agreement of the models across halves, and of each model with itself.

    Args:
        comparisons: the texts; with `any_time` in the random order in which they were explained.
        resamples: bootstrap resamples of texts.
        seed: the spec's seed.
        any_time: whether the intervals must hold whenever one stops.
    """

    def mean(values: list[float]) -> Figure:
        if not any_time or not values:
            return mean_figure(values, (0.0, 1.0), resamples=resamples, seed=seed)
        return measured(mean_sequence(np.array(values, dtype=np.float64), span=(0.0, 1.0)))

    both_free = all(row.reference.noise_free and row.candidate.noise_free for row in comparisons)
    extra: dict[str, Setting] = dict(ANY_TIME) if any_time else {}
    design: dict[str, Setting] = {"halves": "none" if both_free else "crossed", **extra}
    rows: list[Row] = [("cross_agreement", "pair", mean([row.cross for row in comparisons]), design)]
    for role in MODELS:
        noise_free = [getattr(row, role).noise_free for row in comparisons]
        values = [getattr(row, f"self_{role}") for row in comparisons]
        # Weights without noise repeat themselves: their self-agreement is 1 and nothing was sampled.
        repeats = bool(comparisons) and all(noise_free)
        rows.append(("self_agreement", role, *((Exact(1.0), {}) if repeats else (mean(values), dict(extra)))))
    return rows


def stability_rows(comparisons: Sequence[TextComparison]) -> list[Row]:
    """How many texts have a border at K that noise, or another machine's rounding, could move."""
    rows: list[Row] = []
    for role in MODELS:
        models = [getattr(row, role) for row in comparisons]
        if models and all(model.noise_free for model in models):
            share: Figure = Exact(0.0)
        else:
            share = measured(rate_evidence(sum(model.unstable for model in models), len(models)))
        rows.append(("unstable_texts", role, share, {}))
    for role in MODELS:
        close = count_close_neighbours(
            [getattr(row, role).whole for row in comparisons], [row.k for row in comparisons]
        )
        rows.append(("close_neighbours", role, Exact(float(close)), {}))
    return rows


def fidelity_rows(
    comparisons: Sequence[TextComparison], kind: Fidelity, *, resamples: int, seed: int
) -> list[Row]:
    """How well the weights describe each model: mean local R2, or the largest additivity gap."""
    rows: list[Row] = []
    for role in MODELS:
        values = [getattr(row, role).fidelity for row in comparisons]
        if kind == "local_r2":
            rows.append((kind, role, mean_figure(values, (0.0, 1.0), resamples=resamples, seed=seed), {}))
        else:
            figure = Exact(max(abs(value) for value in values)) if values else NO_TEXTS
            rows.append((kind, role, figure, {}))
    return rows


def left_out_rows(reasons: Iterable[LeftOut]) -> list[Row]:
    """How many texts were not compared, by reason."""
    listed = list(reasons)
    whys: tuple[LeftOut, ...] = ("short", "all-zero")
    return [("texts_left_out", "pair", Exact(float(listed.count(why))), {"why": why}) for why in whys]


def mean_figure(values: Sequence[float], span: Span, *, resamples: int, seed: int) -> Figure:
    """Mean of per-text values with a percentile interval over texts; NotMeasured with fewer than 20."""
    if not values:
        return NO_TEXTS
    column: Float[np.ndarray, "m"] = np.array(values, dtype=np.float64)
    return measured(mean_evidence(column, Resamples(n=len(column), count=resamples, seed=seed), span=span))
