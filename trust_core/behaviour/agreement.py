"""Functions of shares of texts: whether two models err alike beyond chance, and macro-F1."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from trust_core.domain.arrays import FloatArray


def error_consistency(
    accuracy_a: Float[np.ndarray, "*r"],
    accuracy_b: Float[np.ndarray, "*r"],
    observed: Float[np.ndarray, "*r"],
) -> tuple[Float[np.ndarray, "*r"], Float[np.ndarray, "*r"]]:
    """Kappa of right and wrong answers: 1 both err on the same texts, 0 as by chance, below 0 on others.

    (c_obs - c_exp) / (1 - c_exp) with c_exp = aA aB + (1 - aA)(1 - aB): Geirhos, Meding, Wichmann 2020
    (arXiv 2006.16736). Agrees with scikit-learn's `cohen_kappa_score` of right and wrong.

    Args:
        accuracy_a: share of texts that the reference has right; one value, or one a resample.
        accuracy_b: the same of the candidate.
        observed: share of texts that both have right or both have wrong.

    Returns:
        Numerator and 1 - c_exp. The quotient has no meaning where the latter is 0: both models are
        right, or both wrong, on all texts.
    """
    expected = accuracy_a * accuracy_b + (1 - accuracy_a) * (1 - accuracy_b)
    return observed - expected, 1 - expected


def macro_f1(
    right: Float[np.ndarray, "*r k"], predicted: Float[np.ndarray, "*r k"], gold: Float[np.ndarray, "*r k"]
) -> Float[np.ndarray, "*r"]:
    """Mean over classes of F1 = 2 right / (predicted + gold), in [0, 1]; 1 is best.

    Classes that neither occur nor are predicted have no F1 and are left out of the mean. Agrees with
    scikit-learn's `f1_score(average="macro")`.

    Args:
        right: (..., k) share of texts of each class that are predicted as it.
        predicted: (..., k) share of texts predicted as each class.
        gold: (..., k) share of texts of each class.
    """
    mass = predicted + gold
    present = mass > 0
    scores = np.divide(2 * right, mass, out=np.zeros_like(mass), where=present)
    means: FloatArray = np.asarray(scores.sum(axis=-1) / present.sum(axis=-1))
    return means
