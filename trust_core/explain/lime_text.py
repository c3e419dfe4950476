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
from trust_core.explain.settings import Settings, on_scale
from trust_core.stats.seeds import derived_rng

KERNEL_WIDTH = 25.0
"""Width of the kernel on 100 times the cosine distance."""

RIDGE = 1.0
"""Penalty on the squared weights."""

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
        settings: samples, scale and seed.
        masks: where given, makes the masks of a text in place of `draw_masks`.
    """

    def explain(text: SegmentedText) -> Explaining:
        halves = masks(text) if masks is not None else draw_halves(text, settings)
        probabilities = yield MaskRequest(np.concatenate(halves))
        values = on_scale(probabilities, settings.scale)
        cut = len(halves[0])
        return Explanation(
            whole=_attribution(text, "all", np.concatenate(halves), values),
            halves=(
                _attribution(text, "h1", halves[0], values[:cut]),
                _attribution(text, "h2", halves[1], values[cut:]),
            ),
        )

    return explain


def draw_halves(text: SegmentedText, settings: Settings) -> Masks:
    """Two independent halves of the samples, from seeds of their own: the same for every model."""
    first, second = (
        draw_masks(len(text), settings.samples // 2, rng=derived_rng(settings.seed, "lime", text.id, half))
        for half in ("h1", "h2")
    )
    return first, second


def draw_masks(w: int, s: int, *, rng: np.random.Generator) -> Bool[np.ndarray, "s w"]:
    """LIME's masks: all words first, then a number of removed words uniform on 1..w, and words at random.

    Returns:
        (s, w) True where a word stays.
    """
    keep = np.ones((s, w), dtype=np.bool_)
    if w > 0:
        removed = rng.integers(1, w + 1, size=s - 1)
        place = rng.random((s - 1, w)).argsort(axis=1).argsort(axis=1)
        keep[1:] = place >= removed[:, None]
    return keep


def fit(keep: Bool[np.ndarray, "s w"], values: Float[np.ndarray, "s k"]) -> Fit:
    """LIME's regression: ridge with intercept, weighted by closeness to the full text.

    The distance to the full text is d = 100 (1 - cos) and the weight sqrt(exp(-d^2 / 25^2)); all k
    outputs share one solution. Agrees with lime where that uses all words (num_features = w).

    Args:
        keep: (s, w) True where a word stayed.
        values: (s, k) the model's outputs.
    """
    s, w = keep.shape
    design = keep.astype(np.float64)
    cosine = np.sqrt(design.mean(axis=1)) if w > 0 else np.ones(s)
    closeness = np.sqrt(np.exp(-((100 * (1 - cosine)) ** 2) / KERNEL_WIDTH**2))
    centre = closeness @ design / closeness.sum()
    middle = closeness @ values / closeness.sum()
    centred = design - centre
    pull = centred.T * closeness
    weights = np.linalg.solve(pull @ centred + RIDGE * np.eye(w), pull @ (values - middle))
    left = closeness @ (values - middle - centred @ weights) ** 2
    total = closeness @ (values - middle) ** 2
    # A spread at the level of rounding is no variance to explain.
    flat = total <= 1e-24 * closeness.sum() * np.maximum(1.0, middle**2)
    r2 = np.where(flat, (left <= total + 1e-24).astype(np.float64), 1 - left / np.where(flat, 1.0, total))
    return Fit(weights=weights, intercept=middle - centre @ weights, r2=r2)


def _attribution(text: SegmentedText, half: Half, keep: BoolArray, values: FloatArray) -> Attribution:
    fitted = fit(keep, values)
    return Attribution(
        text_id=text.id,
        explainer="lime",
        half=half,
        weights=fitted.weights,
        base=fitted.intercept,
        full=values[0],
        fidelity=fitted.r2,
        fidelity_kind="local_r2",
        passes=len(keep),
    )
