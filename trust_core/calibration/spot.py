"""Calibration errors of a pair at any choice of bins and class, computed while somebody waits."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import csr_array, hstack

from trust_core.calibration.calibration_error import (
    expected_calibration_error,
    maximum_calibration_error,
)
from trust_core.calibration.diagram import Claims
from trust_core.calibration.level import simulate_levels
from trust_core.calibration.smooth import cell_membership, smooth_ece
from trust_core.calibration.views import CalibrationError, Dealt, View, debiased
from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import Figure, Measure, Of
from trust_core.domain.predictions import Predictions
from trust_core.stats.bootstrap import Resamples, Span, evidence_from_draws
from trust_core.stats.evidence import measured, too_few
from trust_core.stats.seeds import derived_rng

_MODELS: tuple[Of, Of] = ("reference", "candidate")

Edges = Float[np.ndarray, " e"]


def spot_errors(
    gold: Int[np.ndarray, " n"],
    predictions: tuple[Predictions, Predictions],
    claims: tuple[Claims, Claims],
    *,
    edges: tuple[Edges, Edges] | None,
    resamples: Resamples,
    simulations: int,
) -> list[Measure]:
    """ECE, MCE and debiased error, or SmoothECE, of both models with the levels beside them.

    Intervals are basic bootstrap intervals with the bins held fixed: they inform and are no test.

    Args:
        gold: (n,) gold classes.
        predictions: reference and candidate.
        claims: what they claim: of the top label, or of one class.
        edges: ends of each model's bins; None for SmoothECE. Where both are the same there is a difference.
        resamples: of these texts.
        simulations: simulated gold sets behind a level.
    """
    refused = too_few(len(gold))
    views = [_view(claim, None if edges is None else edges[side]) for side, claim in enumerate(claims)]
    keys = [error.key for error in views[0].errors]
    if refused is not None:
        return [Measure(key, of, refused) for key in keys for of in _MODELS]
    columns = [view.columns(gold) for view in views]
    drawn = np.split(resamples.means(csr_array(hstack(columns, format="csr"))), [columns[0].shape[1]], axis=1)
    means = [part.sum(axis=0) / len(gold) for part in columns]
    values = [view.values(own) for view, own in zip(views, means, strict=True)]
    draws = [view.draws(part, own) for view, part, own in zip(views, drawn, means, strict=True)]
    levels = [
        simulate_levels(
            model.probabilities,
            [view],
            rng=derived_rng(resamples.seed, "calibration", "spot", of),
            simulations=simulations,
        )[0]
        for model, view, of in zip(predictions, views, _MODELS, strict=True)
    ]
    shared = edges is None or np.array_equal(*edges)
    found: list[Measure] = []
    for error in views[0].errors:
        key = error.key
        sides = [(values[side][key], draws[side][key]) for side in (0, 1)]
        found += [
            Measure(key, of, _basic(drawn, float(value), len(gold), error.span))
            for of, (value, drawn) in zip(_MODELS, sides, strict=True)
        ]
        if shared:
            width = error.span[1] - error.span[0]
            change = float(sides[1][0] - sides[0][0])
            drawn_change = sides[1][1] - sides[0][1]
            found.append(Measure(key, "difference", _basic(drawn_change, change, len(gold), (-width, width))))
        found += [Measure(f"{key}_level", of, level[key]) for of, level in zip(_MODELS, levels, strict=True)]
    return found


def _basic(draws: FloatArray, estimate: float, n: int, span: Span) -> Figure:
    return measured(evidence_from_draws(draws, estimate, n=n, span=span, kind="basic"))


def _view(claims: Claims, edges: Edges | None) -> View:
    """The claims in bins with their errors, or in cells with SmoothECE."""
    if edges is not None:
        n = len(claims.probability)
        return View(
            (claims.dealt(edges),),
            (
                CalibrationError("ece", expected_calibration_error),
                CalibrationError("mce", maximum_calibration_error),
                debiased(n),
            ),
            {},
        )

    def formula(sums: FloatArray) -> FloatArray:
        return smooth_ece(sums[..., 1, :] - sums[..., 2, :])

    cells = Dealt(cell_membership(claims.probability), claims.probability, claims.target)
    return View((cells,), (CalibrationError("smooth_ece", formula),), {})
