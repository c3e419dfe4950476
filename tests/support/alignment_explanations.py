"""Explanations made by hand, and simulated models whose true reasons are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trust_core.domain.attributions import Attribution, Explanation, Half


def attribution(
    text_id: str, weights: ArrayLike, half: Half = "all", *, fidelity: float = 0.9
) -> Attribution:
    """An attribution of (w, k) weights, or of (w,) weights for class 0 and their opposite for class 1."""
    array = np.asarray(weights, dtype=np.float64)
    if array.ndim == 1:
        array = np.stack([array, -array], axis=1)
    k = array.shape[1]
    noise_free = half == "all"
    return Attribution(
        text_id=text_id,
        explainer="lime",
        half=half,
        weights=array,
        base=np.zeros(k),
        full=np.ones(k),
        fidelity=np.full(k, fidelity),
        fidelity_kind="local_r2",
        passes=1000 if noise_free else 500,
    )


def explanation(
    text_id: str,
    whole: ArrayLike,
    halves: tuple[ArrayLike, ArrayLike] | None = None,
    *,
    fidelity: float = 0.9,
) -> Explanation:
    """An explanation; without halves it is noise-free."""
    parts = None
    if halves is not None:
        parts = (attribution(text_id, halves[0], "h1"), attribution(text_id, halves[1], "h2"))
    return Explanation(attribution(text_id, whole, fidelity=fidelity), parts)


def explain_noisily(
    truths: Sequence[NDArray[np.float64]], *, noise: float, rng: np.random.Generator
) -> list[Explanation]:
    """What an explainer sees of true weights: halves with independent errors, and their mean as the whole."""
    explanations = []
    for index, truth in enumerate(truths):
        first, second = (truth + noise * rng.standard_normal(truth.shape) for _ in range(2))
        explanations.append(explanation(f"t{index:04d}", (first + second) / 2, (first, second)))
    return explanations


def draw_truths(
    n: int, rng: np.random.Generator, *, lengths: tuple[int, int] = (8, 25)
) -> list[NDArray[np.float64]]:
    """True weights of n texts; few words matter much, as in real explanations."""
    return [rng.standard_t(3, size=int(w)) for w in rng.integers(*lengths, size=n)]
