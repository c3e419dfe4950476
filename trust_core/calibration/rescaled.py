"""Temperatures with intervals, and the scores that remain once both models are scaled by theirs.

Scores after scaling depend on temperatures that other texts would have put elsewhere. Every resample
therefore moves them by one Newton step in log T from the fit, which is what a refit would do up to terms of
order 1 / n.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.special import softmax

from trust_core.calibration.scoring_rules import WORST_NLL
from trust_core.calibration.temperature import COLDEST, HOTTEST, fit_temperature, halves, scores_of
from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import Evidence, NotMeasured, Of
from trust_core.domain.predictions import Predictions
from trust_core.stats.bootstrap import Resamples, Span, evidence_from_draws

SCALED = ("brier_scaled", "nll_scaled", "signed_gap_scaled")
"""Keys of the scores after scaling, in the order of `_Model.values`."""

_SIDES: tuple[Of, ...] = ("reference", "candidate", "difference")

_WIDEST = float(np.log(HOTTEST / COLDEST))

_FLAT = 1e-12


@dataclass(frozen=True, slots=True)
class _Model:
    """One model, scaled half by half.

    Attributes:
        log_temperatures: (3,) fitted on all texts, on the first half and on the second.
        slopes: (n, 6) per text, for each of these fits: slope and curvature of the NLL in 1 / T.
        values: (n, 3) scores of each text at the temperature of the other half.
        turns: (n, 6) how they change with that log temperature: in the first half, then in the second.
    """

    log_temperatures: FloatArray
    slopes: FloatArray
    values: FloatArray
    turns: FloatArray


def rescaled_evidence(
    gold: Int[np.ndarray, " n"], reference: Predictions, candidate: Predictions, *, resamples: Resamples
) -> dict[tuple[str, Of], Evidence | NotMeasured]:
    """Log temperatures, and Brier, NLL and signed gap after cross-fitted scaling, of both models and apart.

    Args:
        gold: (n,) gold classes, at least 20.
        reference: the reference's predictions.
        candidate: the candidate's, on the same texts.
        resamples: the resampling shared by the measures of these texts.

    Returns:
        Evidence by key (`log_temperature`, then `SCALED`) and whom it describes. Log temperatures are
        NotMeasured where a fit ends at the coldest or hottest temperature that is tried.
    """
    n = len(gold)
    first = halves(n, seed=resamples.seed)
    models = [_scaled(model, gold, first) for model in (reference, candidate)]
    columns = np.concatenate([np.hstack([m.slopes, m.values, m.turns]) for m in models], axis=1)
    drawn = np.split(resamples.means(columns), 2, axis=1)
    pairs = [_moved(model, draws) for model, draws in zip(models, drawn, strict=True)]
    worst = max(WORST_NLL, *(float(model.values[:, 1].max()) for model in models))
    ended = [_at_an_end(model) for model in models]
    unfitted: dict[Of, NotMeasured | None] = dict(zip(_SIDES, (*ended, ended[0] or ended[1]), strict=True))
    spans: tuple[Span, ...] = ((-_WIDEST, _WIDEST), (0.0, 2.0), (0.0, worst), (-1.0, 1.0))
    found: dict[tuple[str, Of], Evidence | NotMeasured] = {}
    for at, (key, span) in enumerate(zip(("log_temperature", *SCALED), spans, strict=True)):
        (value_a, draws_a), (value_b, draws_b) = ((pair[0][at], pair[1][:, at]) for pair in pairs)
        width = span[1] - span[0]
        sides = (
            (value_a, draws_a, span),
            (value_b, draws_b, span),
            (value_b - value_a, draws_b - draws_a, (-width, width)),
        )
        for of, (value, draws, limits) in zip(_SIDES, sides, strict=True):
            refused = unfitted[of] if key == "log_temperature" else None
            found[key, of] = refused or evidence_from_draws(draws, float(value), n=n, span=limits)
    return found


def _at_an_end(model: _Model) -> NotMeasured | None:
    """Why the temperature of all texts is none: the fit has run to an end of what is tried."""
    fitted = float(np.exp(model.log_temperatures[0]))
    for end, way, needs in (
        (COLDEST, "colder", "texts on which the model errs"),
        (HOTTEST, "hotter", "texts on which the model is right more often where it is surer"),
    ):
        if np.isclose(fitted, end):
            return NotMeasured(
                f"no temperature is the best: the {way}, the better, as far as was tried ({end:g})", needs
            )
    return None


def _scaled(predictions: Predictions, gold: Int[np.ndarray, " n"], first: Bool[np.ndarray, " n"]) -> _Model:
    """The model at its temperatures."""
    scores = scores_of(predictions)
    parts = (np.ones(len(gold), dtype=np.bool_), first, ~first)
    fitted = np.array([fit_temperature(scores[part], gold[part]) for part in parts])
    slopes = [
        column * part
        for part, temperature in zip(parts, fitted, strict=True)
        for column in _slope_and_curvature(scores, gold, float(temperature))
    ]
    inverse = 1 / np.where(first, fitted[2], fitted[1])
    values, turns = _scores(scores, gold, predictions.predicted, inverse)
    return _Model(
        np.log(fitted),
        np.column_stack(slopes),
        values,
        np.hstack([turns * first[:, None], turns * ~first[:, None]]),
    )


def _slope_and_curvature(
    scores: Float[np.ndarray, "n k"], gold: Int[np.ndarray, " n"], temperature: float
) -> tuple[FloatArray, FloatArray]:
    """(n,) first and second derivative of each text's NLL in 1 / T."""
    probabilities = softmax(scores / temperature, axis=1)
    mean = (probabilities * scores).sum(axis=1)
    spread = (probabilities * np.square(scores - mean[:, None])).sum(axis=1)
    return mean - scores[np.arange(len(gold)), gold], spread


def _scores(
    scores: Float[np.ndarray, "n k"],
    gold: Int[np.ndarray, " n"],
    predicted: Int[np.ndarray, " n"],
    inverse: Float[np.ndarray, " n"],
) -> tuple[FloatArray, FloatArray]:
    """(n, 3) Brier, NLL and signed gap of each text at its 1 / T, and their derivatives in log T."""
    rows = np.arange(len(gold))
    p = softmax(scores * inverse[:, None], axis=1)
    turn = -inverse[:, None] * p * (scores - (p * scores).sum(axis=1, keepdims=True))
    own = np.maximum(p[rows, gold], np.finfo(np.float64).tiny)
    values = (
        np.square(p).sum(axis=1) - 2 * p[rows, gold] + 1,
        -np.log(own),
        p[rows, predicted] - (predicted == gold),
    )
    turns = (
        2 * (p * turn).sum(axis=1) - 2 * turn[rows, gold],
        -turn[rows, gold] / own,
        turn[rows, predicted],
    )
    return np.column_stack(values), np.column_stack(turns)


def _moved(model: _Model, draws: Float[np.ndarray, "r 15"]) -> tuple[FloatArray, FloatArray]:
    """(4,) log temperature and scores, and (r, 4) the same in every resample."""
    slopes, values, turns = draws[:, :6].reshape(-1, 3, 2), draws[:, 6:9], draws[:, 9:].reshape(-1, 2, 3)
    slope, curvature = slopes[:, :, 0], slopes[:, :, 1] * np.exp(-model.log_temperatures) + slopes[:, :, 0]
    curved = curvature > _FLAT
    step = np.where(curved, slope / np.where(curved, curvature, 1.0), 0.0)
    moved = np.clip(model.log_temperatures + step, np.log(COLDEST), np.log(HOTTEST))
    change = moved - model.log_temperatures
    # The first half's texts are scaled by the temperature of the second, and the other way round.
    scaled = values + turns[:, 0] * change[:, 2:3] + turns[:, 1] * change[:, 1:2]
    estimate = np.concatenate([model.log_temperatures[:1], model.values.mean(axis=0)])
    return estimate, np.column_stack([moved[:, 0], scaled])
