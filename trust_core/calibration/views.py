"""Views of a model's reliability: its texts dealt into bins or cells, and the errors read off them.

An error is a function of per-bin means, so that its estimate, its resampled values and the values that
a calibrated model would show all come from one formula.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import csr_array, hstack

from trust_core.calibration.binning import (
    BinningName,
    assign_bins,
    bin_edges,
    equal_width_edges,
    membership,
)
from trust_core.calibration.calibration_error import (
    debiased_squared_error,
    expected_calibration_error,
    maximum_calibration_error,
    squared_error,
)
from trust_core.calibration.smooth import cell_membership, smooth_ece
from trust_core.domain.arrays import FloatArray, IntArray
from trust_core.domain.measures import Setting
from trust_core.domain.predictions import Predictions
from trust_core.stats.bootstrap import Span

UNIT: Span = (0.0, 1.0)

DEBIASED_SPAN: Span = (-0.25, 1.0)
"""The lowest value is that of bins of two texts, one right and one wrong, without a gap."""


@dataclass(frozen=True, slots=True)
class Dealt:
    """Texts dealt into bins by one probability, with the class whose arrival that probability announces.

    Attributes:
        weights: (n, b) how much of a text lies in a bin.
        probability: (n,) the probability.
        target: (n,) the announced class.
    """

    weights: csr_array
    probability: FloatArray
    target: IntArray

    def columns(self, gold: Int[np.ndarray, " n"]) -> csr_array:
        """(n, 3 b) per text: weight, weight times probability, weight where the announced class is gold."""
        hit = (gold == self.target).astype(np.float64)
        parts = [self.weights, self.weights * self.probability[:, None], self.weights * hit[:, None]]
        return csr_array(hstack(parts, format="csr"))


@dataclass(frozen=True, slots=True)
class CalibrationError:
    """One figure of a view.

    Attributes:
        key: its key in the catalogue.
        formula: over (..., 3, b) sums.
        span: its range.
        with_noise: of a formula that takes the noise of sampling off, the error with the noise left in: what
            the texts themselves are to their resamples, whose values scatter about it.
    """

    key: str
    formula: Callable[[FloatArray], FloatArray]
    span: Span = UNIT
    with_noise: Callable[[FloatArray], FloatArray] | None = None


@dataclass(frozen=True, slots=True)
class View:
    """One way of looking at a model's reliability.

    Attributes:
        dealt: the texts in bins: once for the predicted class, or once a class, over which errors are
            averaged.
        errors: what is read off.
        settings: how the bins were made.
    """

    dealt: tuple[Dealt, ...]
    errors: tuple[CalibrationError, ...]
    settings: Mapping[str, Setting]

    def columns(self, gold: Int[np.ndarray, " n"]) -> csr_array:
        """(n, m) the columns whose means `values` reads."""
        return csr_array(hstack([dealt.columns(gold) for dealt in self.dealt], format="csr"))

    def values(self, means: Float[np.ndarray, "*draws m"]) -> dict[str, FloatArray]:
        """Each error (...) by its key, from means (..., m) of the columns."""
        return {error.key: self._value(error.formula, means) for error in self.errors}

    def draws(
        self, drawn: Float[np.ndarray, "draws m"], means: Float[np.ndarray, " m"]
    ) -> dict[str, FloatArray]:
        """Each error (draws,) in resamples by its key, placed so that a basic interval may be read off.

        A formula that takes the noise of sampling off takes off, in a resample, what resampling has added,
        and leaves what the texts have: its values scatter about the error with the noise left in, and are
        moved by that much.

        Args:
            drawn: means of the columns in resamples.
            means: those of the texts themselves.
        """
        found = self.values(drawn)
        for error in self.errors:
            if error.with_noise is not None:
                noise = self._value(error.with_noise, means) - self._value(error.formula, means)
                found[error.key] = found[error.key] - noise
        return found

    def _value(
        self, formula: Callable[[FloatArray], FloatArray], means: Float[np.ndarray, "*draws m"]
    ) -> FloatArray:
        sums = means.reshape(*means.shape[:-1], len(self.dealt), 3, -1)
        return np.asarray(np.mean([formula(sums[..., i, :, :]) for i in range(len(self.dealt))], axis=0))


def debiased(n: int) -> CalibrationError:
    """The debiased squared error of n texts."""
    return CalibrationError(
        "ece_debiased", partial(debiased_squared_error, n=n), DEBIASED_SPAN, partial(squared_error, n=n)
    )


def top_label(predictions: Predictions, weights: csr_array) -> Dealt:
    """Texts dealt by the confidence of the predicted class."""
    return Dealt(weights, predictions.confidence, predictions.predicted)


def binned_view(
    predictions: Predictions,
    binning: BinningName,
    bins: int,
    *,
    pooled: Float[np.ndarray, " pooled"] | None = None,
) -> View:
    """ECE, MCE and the debiased squared error of the predicted class.

    Args:
        predictions: the model's.
        binning: equal-width or equal-mass.
        bins: how many.
        pooled: confidences of both models, whose quantiles cut the bins; None for the model's own.
    """
    confidence = predictions.confidence
    edges = bin_edges(binning, confidence if pooled is None else pooled, bins)
    return View(
        dealt=(top_label(predictions, membership(confidence, edges)),),
        errors=(
            CalibrationError("ece", expected_calibration_error),
            CalibrationError("mce", maximum_calibration_error),
            debiased(len(predictions)),
        ),
        settings={"binning": binning, "bins": bins, "edges": "own" if pooled is None else "pooled"},
    )


def classwise_view(predictions: Predictions, bins: int) -> View:
    """Class-wise ECE: equal-width ECE of each class's probability, mean over classes (Kull et al. 2019)."""
    edges = equal_width_edges(bins)
    dealt = tuple(
        Dealt(membership(probability, edges), probability, np.full(len(predictions), index))
        for index, probability in enumerate(np.ascontiguousarray(predictions.probabilities.T))
    )
    errors = (CalibrationError("classwise_ece", expected_calibration_error),)
    return View(dealt, errors, {"binning": "equal-width", "bins": bins})


def smooth_view(predictions: Predictions) -> View:
    """SmoothECE of the predicted class."""

    def formula(sums: FloatArray) -> FloatArray:
        return smooth_ece(sums[..., 1, :] - sums[..., 2, :])

    dealt = (top_label(predictions, cell_membership(predictions.confidence)),)
    return View(dealt, (CalibrationError("smooth_ece", formula),), {})


def conditional_view(predictions: Predictions, bins: int) -> View:
    """ECE within the texts of each predicted class: the gaps of two classes cannot cancel in a bin."""
    place = predictions.predicted * bins + assign_bins(predictions.confidence, equal_width_edges(bins))
    n = len(predictions)
    weights = csr_array((np.ones(n), place, np.arange(n + 1)), shape=(n, bins * len(predictions.classes)))
    errors = (CalibrationError("top_label_ece", expected_calibration_error),)
    return View((top_label(predictions, weights),), errors, {"binning": "equal-width", "bins": bins})


def class_view(predictions: Predictions, at: int, bins: int) -> View:
    """ECE of the probability of one class."""
    probability = np.ascontiguousarray(predictions.probabilities[:, at])
    dealt = Dealt(
        membership(probability, equal_width_edges(bins)), probability, np.full(len(predictions), at)
    )
    errors = (CalibrationError("class_ece", expected_calibration_error),)
    return View((dealt,), errors, {"class": predictions.classes[at], "binning": "equal-width", "bins": bins})
