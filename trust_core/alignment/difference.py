"""Which words two models weigh differently beyond what the explainer's own sampling would do."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy.special import stdtrit


def difference_noise(
    first: Float[np.ndarray, "w"], second: Float[np.ndarray, "w"], *, level: float = 0.95
) -> float:
    """How far from 0 sampling alone puts a difference of two models' weights, at this level for each word.

    Both models see the same masks, so the noise that they share cancels: what is judged are the differences
    themselves. The difference shown is about the mean of those of the two halves, so half their
    difference is one draw of its error; the mean square over the text's words estimates the error's variance
    with w degrees of freedom.

    Args:
        first: (w,) candidate's minus reference's weights, of the first halves.
        second: likewise, of the second, independent halves.
        level: two-sided level for a single word; no correction for the number of words.

    Returns:
        The half-width; 0 where both halves agree in every word, as for an explainer without sampling noise.

    Raises:
        ValueError: there is no word.
    """
    if first.size == 0:
        raise ValueError("a text without words has no differences")
    spread = float(np.sqrt(np.mean(((first - second) / 2) ** 2)))
    return float(stdtrit(first.size, (1 + level) / 2)) * spread
