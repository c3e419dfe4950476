"""Calibration errors of a pair: estimates with basic intervals, differences, and the levels beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int
from scipy.sparse import csr_array, hstack

from trust_core.calibration.level import SIMULATIONS, simulate_levels
from trust_core.calibration.reliability import BINNINGS
from trust_core.calibration.views import CalibrationError, View, binned_view, classwise_view, smooth_view
from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import Figure, Measure, NotMeasured, Of, Setting
from trust_core.domain.predictions import Predictions
from trust_core.stats.bootstrap import Resamples, Span, evidence_from_draws
from trust_core.stats.evidence import measured
from trust_core.stats.seeds import derived_rng

_MODELS: tuple[Of, Of] = ("reference", "candidate")


@dataclass(frozen=True, slots=True)
class ViewPair:
    """The same view of both models; `compared` where the edges are the same, as differences need."""

    reference: View
    candidate: View
    compared: bool


def view_pairs(reference: Predictions, candidate: Predictions, bins: int) -> tuple[ViewPair, ...]:
    """Every view of a pair, in the order in which it is shown."""
    both = np.concatenate([reference.confidence, candidate.confidence])
    own = [
        ViewPair(binned_view(reference, name, bins), binned_view(candidate, name, bins), compared=False)
        for name in BINNINGS
    ]
    pooled = [
        ViewPair(
            binned_view(reference, name, bins, pooled=both),
            binned_view(candidate, name, bins, pooled=both),
            compared=True,
        )
        for name in BINNINGS
    ]
    classwise = ViewPair(classwise_view(reference, bins), classwise_view(candidate, bins), compared=True)
    smooth = ViewPair(smooth_view(reference), smooth_view(candidate), compared=True)
    return (*own, *pooled, classwise, smooth)


def error_measures(
    gold: Int[np.ndarray, " n"],
    reference: Predictions,
    candidate: Predictions,
    *,
    bins: int,
    resamples: Resamples | NotMeasured,
) -> list[Measure]:
    """ECE, MCE and debiased error in both binnings, class-wise ECE and SmoothECE, each with its level.

    Intervals are basic bootstrap intervals with the edges held fixed. They are no test: noise lifts these
    errors, the better calibrated model's most, so their coverage is below what it says (docs give it as
    simulated).

    Args:
        gold: (n,) gold classes.
        reference: the reference's predictions.
        candidate: the candidate's, on the same texts.
        bins: how many bins.
        resamples: the resampling shared by the measures of these texts, or why nothing can be measured.
    """
    return view_measures(
        view_pairs(reference, candidate, bins), gold, (reference, candidate), resamples=resamples
    )


def view_measures(
    pairs: Sequence[ViewPair],
    gold: Int[np.ndarray, " n"],
    models: tuple[Predictions, Predictions],
    *,
    resamples: Resamples | NotMeasured,
    stream: str = "level",
) -> list[Measure]:
    """The errors of these views with basic intervals, their differences, and their levels.

    Args:
        pairs: views of both models.
        gold: (n,) gold classes.
        models: reference and candidate, from whose probabilities the levels are simulated.
        resamples: the resampling of these texts, or why nothing can be measured.
        stream: names the simulation of the levels.
    """
    if isinstance(resamples, NotMeasured):
        blocked: dict[tuple[str, Of], Figure] = {}
        return [m for pair in pairs for m in _listed(pair, blocked, otherwise=resamples)]
    views = [view for pair in pairs for view in (pair.reference, pair.candidate)]
    columns = [view.columns(gold) for view in views]
    joined = csr_array(hstack(columns, format="csr"))
    ends = np.cumsum([part.shape[1] for part in columns])[:-1]
    estimates = np.split(joined.sum(axis=0) / len(gold), ends)
    draws = np.split(resamples.means(joined), ends, axis=1)
    levels = {
        of: simulate_levels(
            model.probabilities,
            views[side::2],
            rng=derived_rng(resamples.seed, "calibration", stream, of),
        )
        for side, (of, model) in enumerate(zip(_MODELS, models, strict=True))
    }
    measures: list[Measure] = []
    for index, pair in enumerate(pairs):
        values = [views[i].values(estimates[i]) for i in (2 * index, 2 * index + 1)]
        drawn = [views[i].draws(draws[i], estimates[i]) for i in (2 * index, 2 * index + 1)]
        figures = _figures(pair, values, drawn, n=len(gold))
        for of in _MODELS:
            figures |= {(f"{key}_level", of): level for key, level in levels[of][index].items()}
        measures += _listed(pair, figures)
    return measures


def _figures(
    pair: ViewPair,
    values: Sequence[dict[str, FloatArray]],
    draws: Sequence[dict[str, FloatArray]],
    *,
    n: int,
) -> dict[tuple[str, Of], Figure]:
    """Estimates of one view with basic intervals: both models and, where compared, their difference."""
    figures: dict[tuple[str, Of], Figure] = {}
    for error in pair.reference.errors:
        key = error.key
        for side, of in enumerate(_MODELS):
            figures[key, of] = _basic(draws[side][key], float(values[side][key]), n=n, span=error.span)
        if pair.compared:
            width = error.span[1] - error.span[0]
            figures[key, "difference"] = _basic(
                draws[1][key] - draws[0][key],
                float(values[1][key] - values[0][key]),
                n=n,
                span=(-width, width),
            )
    return figures


def _basic(draws: FloatArray, estimate: float, *, n: int, span: Span) -> Figure:
    """A figure with its basic interval."""
    return measured(evidence_from_draws(draws, estimate, n=n, span=span, kind="basic"))


def _listed(
    pair: ViewPair, figures: dict[tuple[str, Of], Figure], *, otherwise: NotMeasured | None = None
) -> list[Measure]:
    """The measures of one view in their order, the same whether they could be measured or not."""
    settings = dict(pair.reference.settings)
    sides: tuple[Of, ...] = (*_MODELS, "difference") if pair.compared else _MODELS
    return [
        Measure(key, of, otherwise or figures[key, of], settings=extended)
        for error in pair.reference.errors
        for key, of, extended in _rows(error, sides, settings)
    ]


def _rows(
    error: CalibrationError, sides: tuple[Of, ...], settings: dict[str, Setting]
) -> list[tuple[str, Of, dict[str, Setting]]]:
    """Key, whom it describes and settings of an error's own figures, then of its levels."""
    own = [(error.key, of, settings) for of in sides]
    levels = [(f"{error.key}_level", of, {**settings, "simulations": SIMULATIONS}) for of in _MODELS]
    return own + levels
