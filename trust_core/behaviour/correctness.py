"""Figures of right and wrong answers: what needs labels."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from trust_core.behaviour.agreement import error_consistency, macro_f1
from trust_core.behaviour.flips import count_flips
from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import Exact, Figure, Measure, NotMeasured, Of, Vote
from trust_core.stats.bootstrap import Resamples, evidence_from_draws
from trust_core.stats.evidence import measured
from trust_core.stats.intervals import paired_difference_evidence, rate_evidence
from trust_core.stats.paired_tests import mcnemar

KEYS: tuple[tuple[str, Of], ...] = (
    ("accuracy", "reference"),
    ("accuracy", "candidate"),
    ("accuracy", "difference"),
    ("negative_flip_rate", "pair"),
    ("positive_flip_rate", "pair"),
    ("flip_rate", "pair"),
    ("macro_f1", "reference"),
    ("macro_f1", "candidate"),
    ("macro_f1", "difference"),
    ("error_consistency", "pair"),
    ("mcnemar_p", "pair"),
)
"""What cannot be measured without labels, in the order in which it is shown."""

VOTES = ("accuracy", "negative_flip_rate")
"""Measures that vote."""


def labelled_findings(
    gold: Int[np.ndarray, "n"],
    reference: Int[np.ndarray, "n"],
    candidate: Int[np.ndarray, "n"],
    k: int,
    sampling: Resamples,
) -> tuple[tuple[Measure, ...], tuple[Vote, ...]]:
    """Figures and votes of n >= 20 labelled texts.

    Args:
        gold: (n,) true classes.
        reference: (n,) predicted classes of the reference.
        candidate: (n,) predicted classes of the candidate.
        k: classes.
        sampling: the resampling of these texts.
    """
    flips = count_flips(gold, reference, candidate)
    n = flips.n
    difference = paired_difference_evidence(flips.negative, flips.positive, n)
    negative = rate_evidence(flips.negative, n)
    figures: dict[tuple[str, Of], Figure] = {
        ("accuracy", "reference"): measured(rate_evidence(flips.reference_right, n)),
        ("accuracy", "candidate"): measured(rate_evidence(flips.candidate_right, n)),
        ("accuracy", "difference"): measured(difference),
        ("negative_flip_rate", "pair"): measured(negative),
        ("positive_flip_rate", "pair"): measured(rate_evidence(flips.positive, n)),
        ("flip_rate", "pair"): measured(rate_evidence(flips.negative + flips.positive, n)),
        ("mcnemar_p", "pair"): Exact(mcnemar(flips.negative, flips.positive).p),
        **_resampled(gold, reference, candidate, k, sampling),
    }
    votes = (Vote("accuracy", difference), Vote("negative_flip_rate", negative))
    return tuple(Measure(key, of, figures[key, of]) for key, of in KEYS), votes


def unmeasured_findings(why: NotMeasured) -> tuple[tuple[Measure, ...], tuple[Vote, ...]]:
    """The same figures and votes where there are no labels, or too few texts."""
    return tuple(Measure(key, of, why) for key, of in KEYS), tuple(Vote(key, why) for key in VOTES)


def _resampled(
    gold: Int[np.ndarray, "n"],
    reference: Int[np.ndarray, "n"],
    candidate: Int[np.ndarray, "n"],
    k: int,
    sampling: Resamples,
) -> dict[tuple[str, Of], Figure]:
    """Macro-F1 and error consistency, whose intervals come from resampled counts."""
    columns = _indicators(gold, reference, candidate, k)
    # The texts themselves are the first row, so that estimate and draws take the same path.
    means = np.vstack([columns.mean(axis=0, keepdims=True), sampling.means(columns)])
    right_a, right_b, alike = means[:, 0], means[:, 1], means[:, 2]
    classes = means[:, 3:].reshape(len(means), 5, k)
    f1_a = macro_f1(classes[:, 3], classes[:, 1], classes[:, 0])
    f1_b = macro_f1(classes[:, 4], classes[:, 2], classes[:, 0])
    return {
        ("macro_f1", "reference"): _percentile(f1_a, len(gold), low=0.0),
        ("macro_f1", "candidate"): _percentile(f1_b, len(gold), low=0.0),
        ("macro_f1", "difference"): _percentile(f1_b - f1_a, len(gold), low=-1.0),
        ("error_consistency", "pair"): _kappa(right_a, right_b, alike, len(gold)),
    }


def _indicators(
    gold: Int[np.ndarray, "n"], reference: Int[np.ndarray, "n"], candidate: Int[np.ndarray, "n"], k: int
) -> Float[np.ndarray, "n columns"]:
    """Zeros and ones whose means give both figures.

    Reference right, candidate right, both alike; then for every class: gold, predicted by each model,
    right by each model.
    """
    right_a, right_b = reference == gold, candidate == gold
    identity = np.eye(k)
    one_hot = identity[gold], identity[reference], identity[candidate]
    right = one_hot[0] * right_a[:, None], one_hot[0] * right_b[:, None]
    alike = np.stack([right_a, right_b, right_a == right_b], axis=1).astype(np.float64)
    columns: FloatArray = np.hstack([alike, *one_hot, *right])
    return columns


def _kappa(
    right_a: Float[np.ndarray, "r"], right_b: Float[np.ndarray, "r"], alike: Float[np.ndarray, "r"], n: int
) -> Figure:
    """Error consistency; resamples in which it has no meaning are left out."""
    above, room = error_consistency(right_a, right_b, alike)
    if room[0] <= 0:
        return NotMeasured(
            "both models are right on every text, or both wrong", "texts on which one of the models errs"
        )
    defined = room > 0
    return _percentile(above[defined] / room[defined], n, low=-1.0)


def _percentile(values: Float[np.ndarray, "r"], n: int, *, low: float) -> Figure:
    """The first value with the percentile interval of the others."""
    return measured(evidence_from_draws(values[1:], float(values[0]), n=n, span=(low, 1.0)))
