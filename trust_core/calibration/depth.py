"""Reliability in depth: what recalibration changes, laws of confidence, errors by class and by sweep."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Int

from trust_core.calibration.binning import equal_mass_edges, equal_width_edges, membership
from trust_core.calibration.calibration_error import expected_calibration_error
from trust_core.calibration.classes import class_measures
from trust_core.calibration.corp import PARTS, BrierSplit, brier_split
from trust_core.calibration.curve_distance import SWAPS, curve_distance
from trust_core.calibration.errors import ViewPair, view_measures
from trust_core.calibration.level import SIMULATIONS, simulate_gold, simulated_range
from trust_core.calibration.rescaled import SCALED, rescaled_evidence
from trust_core.calibration.smooth import cell_membership, smooth_ece
from trust_core.calibration.summary import UNLABELLED
from trust_core.calibration.sweep import sweep
from trust_core.calibration.temperature import cross_fitted
from trust_core.calibration.views import UNIT, CalibrationError, View, conditional_view, top_label
from trust_core.calibration.wasserstein import SWAPS as LAW_SWAPS
from trust_core.calibration.wasserstein import LawDistance, law_distance
from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import Evidence, Figure, Findings, Measure, NotMeasured, Of, Setting
from trust_core.domain.predictions import Predictions, demand_comparable
from trust_core.domain.texts import NO_LABEL
from trust_core.stats.bootstrap import Resamples, evidence_from_draws
from trust_core.stats.evidence import measured, too_few
from trust_core.stats.seeds import derived_rng

SPLIT_RESAMPLES = 400
"""Resamples behind the parts of the Brier score, each of which fits every class anew."""

_SIDES: tuple[Of, ...] = ("reference", "candidate", "difference")
_MODELS: tuple[Of, Of] = ("reference", "candidate")


def depth_findings(
    gold: Int[np.ndarray, " n"],
    reference: Predictions,
    candidate: Predictions,
    *,
    bins: int,
    resamples: int,
    seed: int,
) -> Findings:
    """Every figure about reliability beyond those of `reliability_findings`; none of them votes.

    Args:
        gold: (n,) gold classes; where any is missing, only what needs no gold is measured.
        reference: the reference's predictions.
        candidate: the candidate's, on the same texts in the same order.
        bins: bins of the binned errors.
        resamples: bootstrap resamples.
        seed: the spec's seed.

    Raises:
        ValueError: the predictions are not of the same texts and classes, or not of as many as `gold`.
    """
    demand_comparable(gold, reference, candidate)
    n = len(gold)
    few = too_few(n)
    drawn: Resamples | NotMeasured = few or Resamples(n=n, count=resamples, seed=seed)
    labelled = drawn if few is not None or (gold != NO_LABEL).all() else UNLABELLED
    models = (reference, candidate)
    return Findings(
        measures=(
            *_recalibrated(gold, models, bins, labelled),
            *_split(gold, models, labelled),
            *_swept(gold, models, labelled),
            *view_measures(
                [
                    ViewPair(
                        conditional_view(reference, bins), conditional_view(candidate, bins), compared=True
                    )
                ],
                gold,
                models,
                resamples=labelled,
                stream="top label",
            ),
            *_laws(models, drawn),
            *class_measures(gold, reference, candidate, bins=bins, resamples=labelled),
        )
    )


def _recalibrated(
    gold: Int[np.ndarray, " n"],
    models: tuple[Predictions, Predictions],
    bins: int,
    resamples: Resamples | NotMeasured,
) -> list[Measure]:
    """Temperatures, and every gap after both models are scaled by theirs."""
    keys = ("log_temperature", *SCALED)
    found: Mapping[tuple[str, Of], Figure]
    distance: Figure
    level: Figure
    after = models
    if isinstance(resamples, NotMeasured):
        found = {(key, of): resamples for key in keys for of in _SIDES}
        distance = level = resamples
    else:
        evidences = rescaled_evidence(gold, *models, resamples=resamples)
        found = {name: measured(evidence) for name, evidence in evidences.items()}
        scaled = [cross_fitted(model, gold, seed=resamples.seed).predictions for model in models]
        after = (scaled[0], scaled[1])
        apart = curve_distance(gold, *after, resamples=resamples)
        distance, level = (
            (apart, apart) if isinstance(apart, NotMeasured) else (measured(apart.evidence), apart.level)
        )
    return [
        *(Measure(key, of, found[key, of]) for key in keys for of in _SIDES),
        Measure("curve_distance_scaled", "pair", distance),
        Measure("curve_distance_scaled_level", "pair", level, settings={"simulations": SWAPS}),
        *view_measures(
            [
                ViewPair(view(after[0], bins), view(after[1], bins), compared=True)
                for view in (_scaled_bins, _scaled_smooth)
            ],
            gold,
            after,
            resamples=resamples,
            stream="scaled",
        ),
    ]


def _scaled_bins(scaled: Predictions, bins: int) -> View:
    """ECE of a model that has been scaled."""
    edges = equal_width_edges(bins)
    dealt = top_label(scaled, membership(scaled.confidence, edges))
    errors = (CalibrationError("ece_scaled", expected_calibration_error),)
    return View((dealt,), errors, {"binning": "equal-width", "bins": bins})


def _scaled_smooth(scaled: Predictions, bins: int) -> View:
    """SmoothECE of a model that has been scaled; it needs no bins."""
    del bins

    def formula(sums: FloatArray) -> FloatArray:
        return smooth_ece(sums[..., 1, :] - sums[..., 2, :])

    dealt = top_label(scaled, cell_membership(scaled.confidence))
    return View((dealt,), (CalibrationError("smooth_ece_scaled", formula),), {})


def _split(
    gold: Int[np.ndarray, " n"],
    models: tuple[Predictions, Predictions],
    resamples: Resamples | NotMeasured,
) -> list[Measure]:
    """The parts of the Brier score."""
    split: BrierSplit | NotMeasured
    if isinstance(resamples, NotMeasured):
        split = resamples
    else:
        first, second = (model.probabilities for model in models)
        split = brier_split(gold, first, second, resamples=SPLIT_RESAMPLES, seed=resamples.seed)
    return [
        Measure(
            f"brier_{part}",
            of,
            split if isinstance(split, NotMeasured) else getattr(split, of)[part],
            settings={"resamples": SPLIT_RESAMPLES},
        )
        for part in PARTS
        for of in (_MODELS if part == "uncertainty" else _SIDES)
    ]


def _swept(
    gold: Int[np.ndarray, " n"],
    models: tuple[Predictions, Predictions],
    resamples: Resamples | NotMeasured,
) -> list[Measure]:
    """ECE at the number of bins that the sweep stops at, beside what the whole sweep gives by chance."""
    measures: list[Measure] = []
    for of, model in zip(_MODELS, models, strict=True):
        simulated: dict[str, Setting] = {"simulations": SIMULATIONS}
        if isinstance(resamples, NotMeasured):
            measures += [
                Measure("ece_sweep", of, resamples),
                Measure("ece_sweep_level", of, resamples, settings=simulated),
            ]
            continue
        bins, evidence = swept(gold, model, resamples)
        rng = derived_rng(resamples.seed, "calibration", "sweep", of)
        drawn = simulate_gold(model.probabilities, SIMULATIONS, rng=rng)
        level = simulated_range(sweep(model.confidence, drawn == model.predicted)[1], len(gold))
        measures += [
            Measure("ece_sweep", of, measured(evidence), settings={"binning": "equal-mass", "bins": bins}),
            Measure("ece_sweep_level", of, level, settings=simulated),
        ]
    return measures


def swept(
    gold: Int[np.ndarray, " n"], model: Predictions, resamples: Resamples
) -> tuple[int, Evidence | NotMeasured]:
    """The number of bins that the sweep stops at, and ECE there with a basic interval at those bins."""
    stopped, error = sweep(model.confidence, (model.predicted == gold)[None])
    bins = int(stopped[0])
    dealt = top_label(model, membership(model.confidence, equal_mass_edges(model.confidence, bins)))
    columns = dealt.columns(gold)
    draws = expected_calibration_error(resamples.means(columns).reshape(-1, 3, columns.shape[1] // 3))
    return bins, evidence_from_draws(draws, float(error[0]), n=len(gold), span=UNIT, kind="basic")


def _laws(models: tuple[Predictions, Predictions], resamples: Resamples | NotMeasured) -> list[Measure]:
    """How far apart the laws of confidence lie, which needs no gold."""
    found: LawDistance | NotMeasured = (
        resamples
        if isinstance(resamples, NotMeasured)
        else law_distance(models[0].confidence, models[1].confidence, resamples=resamples)
    )
    figures: tuple[Figure, Figure] = (
        (found, found) if isinstance(found, NotMeasured) else (measured(found.evidence), found.level)
    )
    return [
        Measure("wasserstein", "pair", figures[0]),
        Measure("wasserstein_level", "pair", figures[1], settings={"simulations": LAW_SWAPS}),
    ]
