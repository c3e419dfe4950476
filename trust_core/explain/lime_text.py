"""LIME for text (Ribeiro, Singh, Guestrin 2016): a weighted ridge regression on which words are there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from trust_core.domain.arrays import BoolArray, FloatArray
from trust_core.domain.attributions import Attribution, Explanation, Half
from trust_core.domain.requests import Explaining, MaskRequest
from trust_core.domain.texts import SegmentedText
from trust_core.explain.lime_sampling import Sample, closeness, draw_independent, draw_stratified
from trust_core.explain.settings import Settings, on_scale
from trust_core.explain.word_pairs import PENALTY, pair_columns
from trust_core.stats.seeds import derived_rng

RIDGE = 1.0
"""Penalty on the squared weights of words."""

Masks = tuple[BoolArray, BoolArray]
"""The two halves of the samples, each (s / 2, w)."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A weighted ridge regression for k outputs at once.

    Attributes:
        weights: (w, k).
        intercept: (k,) not penalised.
        r2: (k,) share of the weighted variance that is explained; where there is none to explain,
            1 if the fit is exact, else 0.
    """

    weights: FloatArray
    intercept: FloatArray
    r2: FloatArray


def explainer(
    settings: Settings, *, masks: Callable[[SegmentedText], Masks] | None = None
) -> Callable[[SegmentedText], Explaining]:
    """LIME with these settings.

    Args:
        settings: samples, how they are drawn, scale and seed.
        masks: where given, makes the masks of a text in place of draws of our own; they are weighted and
            fitted as lime does.
    """
    paired = masks is None and settings.sampling == "stratified"

    def explain(text: SegmentedText) -> Explaining:
        if masks is None:
            first, second = draw_halves(text, settings)
        else:
            first, second = (_weighted(keep) for keep in masks(text))
        both = Sample(
            np.concatenate([first.keep, second.keep]), np.concatenate([first.weights, second.weights])
        )
        probabilities = yield MaskRequest(both.keep)
        values = on_scale(probabilities, settings.scale)
        cut = len(first.keep)

        def over(half: Half, sample: Sample, values: FloatArray, drawn: int) -> Attribution:
            fitted = fit(sample.keep, values, sample.weights, pairs_of=drawn if paired else None)
            return _attribution(text, half, fitted, full=values[0], passes=len(values))

        return Explanation(
            whole=over("all", both, values, settings.samples),
            halves=(
                over("h1", first, values[:cut], settings.samples // 2),
                over("h2", second, values[cut:], settings.samples // 2),
            ),
        )

    return explain


def draw_halves(text: SegmentedText, settings: Settings) -> tuple[Sample, Sample]:
    """Two independent halves of the samples, from seeds of their own: the same for every model."""
    draw = {"independent": draw_independent, "stratified": draw_stratified}[settings.sampling]
    first, second = (
        draw(len(text), settings.samples // 2, rng=derived_rng(settings.seed, "lime", text.id, half))
        for half in ("h1", "h2")
    )
    return first, second


def fit(
    keep: Bool[np.ndarray, "s w"],
    values: Float[np.ndarray, "s k"],
    weights: Float[np.ndarray, "s"] | None = None,
    *,
    pairs_of: int | None = None,
) -> Fit:
    """LIME's regression: ridge with intercept, weighted by closeness to the full text.

    All k outputs share one solution. Agrees with lime where that uses all words (num_features = w) and
    where neither weights nor pairs are given.

    Args:
        keep: (s, w) True where a word stayed.
        values: (s, k) the model's outputs.
        weights: (s,) of the masks; None takes LIME's kernel, which fits masks that were drawn as lime does.
        pairs_of: how many draws the masks stand for, where columns for pairs of words take noise from the
            weights of words (see `word_pairs`); None fits the words alone.
    """
    w = keep.shape[1]
    if weights is None:
        weights = _weighted(keep).weights
    design = keep.astype(np.float64)
    solution, intercept = _ridge(design, values, weights, np.full(w, RIDGE))
    if pairs_of is not None:
        columns = pair_columns(keep, solution, pairs_of)
        penalty = np.concatenate([np.full(w, RIDGE), np.full(columns.shape[1], PENALTY)])
        joint, intercept = _ridge(np.concatenate([design, columns], axis=1), values, weights, penalty)
        solution = joint[:w]
    left = weights @ (values - intercept - design @ solution) ** 2
    middle = weights @ values / weights.sum()
    total = weights @ (values - middle) ** 2
    # A spread at the level of rounding is no variance to explain.
    flat = total <= 1e-24 * weights.sum() * np.maximum(1.0, middle**2)
    exact = (left <= total + 1e-24).astype(np.float64)
    r2 = np.where(flat, exact, 1 - left / np.where(flat, 1.0, total))
    return Fit(weights=solution, intercept=intercept, r2=r2)


def _ridge(
    design: Float[np.ndarray, "s p"],
    values: Float[np.ndarray, "s k"],
    weights: Float[np.ndarray, "s"],
    penalty: Float[np.ndarray, "p"],
) -> tuple[FloatArray, FloatArray]:
    """(p, k) weights of a ridge regression, and its (k,) intercept, which is not penalised."""
    centre = weights @ design / weights.sum()
    middle = weights @ values / weights.sum()
    centred = design - centre
    pull = centred.T * weights
    solution: FloatArray = np.linalg.solve(pull @ centred + np.diag(penalty), pull @ (values - middle))
    intercept: FloatArray = middle - centre @ solution
    return solution, intercept


def _weighted(keep: BoolArray) -> Sample:
    """Masks with LIME's kernel."""
    return Sample(keep, closeness(keep.sum(axis=1).astype(np.float64), keep.shape[1]))


def _attribution(
    text: SegmentedText, half: Half, fitted: Fit, *, full: FloatArray, passes: int
) -> Attribution:
    return Attribution(
        text_id=text.id,
        explainer="lime",
        half=half,
        weights=fitted.weights,
        base=fitted.intercept,
        full=full,
        fidelity=fitted.r2,
        fidelity_kind="local_r2",
        passes=passes,
    )
