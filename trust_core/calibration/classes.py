"""Reliability class by class: is each class announced as often as it comes?"""

from __future__ import annotations

import numpy as np
from jaxtyping import Int

from trust_core.calibration.errors import ViewPair, view_measures
from trust_core.calibration.scores import Score, score_evidence
from trust_core.calibration.views import class_view
from trust_core.domain.measures import Measure, NotMeasured, Of, Setting
from trust_core.domain.predictions import Predictions
from trust_core.stats.bootstrap import Resamples
from trust_core.stats.evidence import measured

MOST_CLASSES = 10
"""So many classes have figures of their own, the most frequent ones."""

_SIDES: tuple[Of, ...] = ("reference", "candidate", "difference")


def class_measures(
    gold: Int[np.ndarray, " n"],
    reference: Predictions,
    candidate: Predictions,
    *,
    bins: int,
    resamples: Resamples | NotMeasured,
) -> list[Measure]:
    """For each class: how much too often it is announced, and the calibration error of its probability.

    Args:
        gold: (n,) gold classes.
        reference: the reference's predictions.
        candidate: the candidate's, on the same texts.
        bins: equal-width bins of each class's probability.
        resamples: the resampling shared by the measures of these texts, or why nothing can be measured.
    """
    measures: list[Measure] = []
    for at in shown_classes(gold, len(reference.classes)):
        settings: dict[str, Setting] = {"class": reference.classes[at]}
        if isinstance(resamples, NotMeasured):
            measures += [Measure("class_gap", of, resamples, settings=settings) for of in _SIDES]
        else:
            came = (gold == at).astype(np.float64)
            gaps = [model.probabilities[:, at] - came for model in (reference, candidate)]
            found = score_evidence((Score("class_gap", gaps[0], gaps[1], (-1.0, 1.0)),), resamples)
            measures += [
                Measure("class_gap", of, measured(found["class_gap", of]), settings=settings) for of in _SIDES
            ]
        measures += view_measures(
            [ViewPair(class_view(reference, at, bins), class_view(candidate, at, bins), compared=True)],
            gold,
            (reference, candidate),
            resamples=resamples,
            stream=f"class {at}",
        )
    return measures


def shown_classes(gold: Int[np.ndarray, " n"], k: int) -> list[int]:
    """The classes with figures of their own in their order: of many, the `MOST_CLASSES` most frequent."""
    counts = np.bincount(gold[gold >= 0], minlength=k)[:k]
    return sorted(np.argsort(-counts, kind="stable")[:MOST_CLASSES].tolist())
