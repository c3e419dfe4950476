"""What an explainer is told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from trust_core.domain.arrays import FloatArray
from trust_core.domain.spec import MaskRule, Sampling, Scale

GRADIENT_STEPS = 64
"""Points of integrated gradients on the path from the baseline to a text."""

LOG_ODDS_CLIP = 1e-7
"""Probabilities are held this far from 0 and 1 before their log-odds are taken."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of an explainer, as the report records them.

    Attributes:
        seed: the spec's seed; every draw has a seed of its own, derived from it.
        samples: perturbed texts a text (LIME), in two independent halves; even.
        sampling: how they are drawn: as lime does, or spread to the same target with less noise.
        permutations: orders of the words (sampled SHAP), each run forwards and backwards; even.
        budget: the most texts that an Owen tree may ask for; None asks for the complete tree.
        scale: what is explained: probabilities or their log-odds.
        rule: how a word is taken out; the pool acts on it.
    """

    seed: int
    samples: int = 1000
    sampling: Sampling = "stratified"
    permutations: int = 20
    budget: int | None = None
    scale: Scale = "probability"
    rule: MaskRule = "delete"

    def __post_init__(self) -> None:
        if self.samples < 4 or self.samples % 2:
            raise ValueError(f"LIME needs an even number of at least 4 samples, not {self.samples}")
        if self.permutations < 2 or self.permutations % 2:
            raise ValueError(f"sampled SHAP needs an even number of permutations, not {self.permutations}")
        if self.budget is not None and self.budget < 2:
            raise ValueError(f"an Owen tree needs a budget of at least 2 texts, not {self.budget}")


def on_scale(probabilities: Float[np.ndarray, "s k"], scale: Scale) -> Float[np.ndarray, "s k"]:
    """Probabilities, or their log-odds log(p / (1 - p)) with p clipped to [1e-7, 1 - 1e-7]."""
    if scale == "probability":
        return probabilities
    clipped = np.clip(probabilities, LOG_ODDS_CLIP, 1 - LOG_ODDS_CLIP)
    log_odds: FloatArray = np.log(clipped) - np.log1p(-clipped)
    return log_odds
