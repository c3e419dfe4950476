"""What the measures of the dimension `answers` find for one candidate."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from trust_core.behaviour import divergence
from trust_core.behaviour.correctness import labelled_findings, unmeasured_findings
from trust_core.behaviour.quantiles import quantile_figure
from trust_core.domain.measures import Exact, Figure, Findings, Measure, NotMeasured, Setting
from trust_core.domain.predictions import Predictions, demand_comparable
from trust_core.domain.texts import NO_LABEL
from trust_core.stats.bootstrap import Resamples, Span, mean_evidence
from trust_core.stats.class_shares import independence
from trust_core.stats.evidence import measured, too_few
from trust_core.stats.intervals import rate_evidence
from trust_core.stats.paired_tests import bowker, cross_table, stuart_maxwell

PERCENTILES = {"p95": 0.95, "p99": 0.99}
"""Percentiles of the divergences that are shown beside their mean."""

SPREAD_KEYS = ("kl_forward", "kl_backward", "js_divergence")
"""Measures whose far percentiles are shown: a mean hides a few texts that changed completely."""


def answers_findings(
    gold: Int[np.ndarray, "n"],
    reference: Predictions,
    candidate: Predictions,
    *,
    resamples: int,
    seed: int,
) -> Findings:
    """Compare the answers of two models to n texts.

    Args:
        gold: (n,) true classes, or NO_LABEL. Where any text has no label, measures that need labels are
            NotMeasured, and so are both votes.
        reference: predictions of the reference.
        candidate: predictions of the candidate, for the same texts and classes.
        resamples: bootstrap resamples of texts.
        seed: the spec's seed.

    Returns:
        Figures, and the votes "accuracy" (difference, Bonett-Price) and "negative_flip_rate" (Wilson).

    Raises:
        ValueError: the predictions are of other texts or classes.
    """
    n = len(reference)
    demand_comparable(gold, reference, candidate)
    # Resamples draw rows of the order given: the same texts as for every other measure.
    sampling = Resamples(n=max(1, n), count=resamples, seed=seed)
    refused = too_few(n)
    without_gold = refused or _missing_labels(gold)
    if without_gold is None:
        labelled, votes = labelled_findings(
            gold, reference.predicted, candidate.predicted, len(reference.classes), sampling
        )
    else:
        labelled, votes = unmeasured_findings(without_gold)
    rows = (
        *_predicted_classes(reference, candidate, refused),
        *_probabilities(reference, candidate, sampling),
    )
    measures = (
        *labelled,
        *(Measure(key, "pair", figure, settings=settings) for key, figure, settings in rows),
    )
    return Findings(measures=measures, votes=votes, notes=_notes(reference, candidate))


def _missing_labels(gold: Int[np.ndarray, "n"]) -> NotMeasured | None:
    """Why there is no figure that needs labels, where a label is missing."""
    missing = int(np.sum(gold == NO_LABEL))
    if missing == 0:
        return None
    return NotMeasured(f"{missing} of {len(gold)} texts have no label", "a label for every text")


Row = tuple[str, Figure, dict[str, Setting]]
"""(key, figure, settings) of a figure of the pair."""


def _predicted_classes(
    reference: Predictions, candidate: Predictions, refused: NotMeasured | None
) -> list[Row]:
    """Figures of the predicted classes alone."""
    a, b = reference.predicted, candidate.predicted
    n, same = len(a), int(np.sum(a == b))
    table = cross_table(a, b, len(reference.classes))
    return [
        ("agreement", measured(rate_evidence(same, n)), {}),
        ("churn", measured(rate_evidence(n - same, n)), {}),
        ("stuart_maxwell_p", refused or Exact(stuart_maxwell(table).p), {}),
        ("bowker_p", refused or Exact(bowker(table).p), {}),
        ("chi_squared_p", refused or Exact(independence(a, b, len(reference.classes)).p), {}),
    ]


def _probabilities(reference: Predictions, candidate: Predictions, sampling: Resamples) -> list[Row]:
    """Figures of the probabilities: means over texts, and far percentiles of the divergences."""
    p, q = reference.probabilities, candidate.probabilities
    kl: Span = (0.0, divergence.largest_kl(len(reference.classes)))
    unit: Span = (0.0, 1.0)
    columns: tuple[tuple[str, Float[np.ndarray, "n"], Span], ...] = (
        ("probability_loyalty", divergence.probability_loyalty(p, q), unit),
        ("confidence_shift", np.abs(candidate.confidence - reference.confidence), unit),
        ("kl_forward", divergence.kl_nats(p, q), kl),
        ("kl_backward", divergence.kl_nats(q, p), kl),
        ("js_divergence", divergence.js_bits(p, q), unit),
    )
    rows: list[Row] = []
    for key, values, span in columns:
        mean = measured(mean_evidence(values, sampling, span=span))
        if key in SPREAD_KEYS:
            rows.append((key, mean, {"statistic": "mean"}))
            rows += [
                (key, quantile_figure(values, share, highest=span[1]), {"statistic": name})
                for name, share in PERCENTILES.items()
            ]
        else:
            rows.append((key, mean, {}))
    return rows


def _notes(reference: Predictions, candidate: Predictions) -> tuple[str, ...]:
    """How many texts the floor under the logarithms touches."""
    clipped = [divergence.count_clipped(model.probabilities) for model in (reference, candidate)]
    sentence = (
        "A probability below 1e-7 counts as 1e-7 in the Kullback-Leibler divergence: "
        f"{clipped[0]} texts of the reference and {clipped[1]} of the candidate have one."
    )
    return (sentence,) if any(clipped) else ()
