"""What one given threshold lets through of both models."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trust_core.behaviour.threshold import Judged
from trust_core.domain.measures import MIN_TEXTS, Evidence, Measure, NotMeasured, Of, Setting
from trust_core.stats.bootstrap import Resamples, evidence_from_draws
from trust_core.stats.evidence import measured, too_few
from trust_core.stats.intervals import paired_difference_evidence, rate_evidence

_MODELS: tuple[Of, Of] = ("reference", "candidate")


def at_threshold(
    reference: Judged, candidate: Judged, threshold: float, *, resamples: Resamples
) -> list[Measure]:
    """Coverage and selective risk of both models at a threshold that was not tuned on these texts.

    Rates have Wilson intervals, the risk one of the accepted texts; the difference of the coverages has
    Bonett and Price's, that of the risks a percentile bootstrap over texts. Where the threshold was chosen by
    looking at these texts, its risk looks lower than it is.

    Args:
        reference: the reference's answers.
        candidate: the candidate's, on the same texts.
        threshold: answers of at least this confidence are accepted.
        resamples: of the texts.
    """
    n = len(reference.wrong)
    models = (reference, candidate)
    kept = [model.confidence >= threshold for model in models]
    errs = [inside & model.wrong for inside, model in zip(kept, models, strict=True)]
    accepted = [int(inside.sum()) for inside in kept]
    settings: dict[str, Setting] = {"threshold": threshold}
    lost, gained = int((kept[0] & ~kept[1]).sum()), int((kept[1] & ~kept[0]).sum())
    coverages = [
        *(rate_evidence(count, n) for count in accepted),
        paired_difference_evidence(lost, gained, n),
    ]
    few = [_few(count, n) for count in accepted]
    risks: list[Evidence | NotMeasured] = [
        refused or rate_evidence(int(wrong.sum()), count)
        for refused, wrong, count in zip(few, errs, accepted, strict=True)
    ]
    refused = too_few(n) or few[0] or few[1]
    if refused is not None:
        risks.append(refused)
    else:
        drawn = resamples.means(np.column_stack([*kept, *errs]).astype(np.float64))
        # A resample in which a model accepts nothing says nothing of its risk.
        used = drawn[(drawn[:, :2] > 0).all(axis=1)]
        change = used[:, 3] / used[:, 1] - used[:, 2] / used[:, 0]
        estimate = errs[1].sum() / accepted[1] - errs[0].sum() / accepted[0]
        # Where no draw differs, what was not seen may be among the accepted texts, however many were asked.
        told = evidence_from_draws(change, float(estimate), n=min(accepted), span=(-1.0, 1.0))
        risks.append(told if isinstance(told, NotMeasured) else replace(told, n=n))
    return [
        Measure(key, of, measured(evidence), settings=settings)
        for key, found in (("coverage", coverages), ("risk", risks))
        for of, evidence in zip((*_MODELS, "difference"), found, strict=True)
    ]


def _few(accepted: int, n: int) -> NotMeasured | None:
    """Why the risk among so few accepted texts is not told."""
    if accepted >= MIN_TEXTS:
        return None
    return NotMeasured(
        f"{accepted:,} of {n:,} texts are accepted, too few for an interval",
        f"at least {MIN_TEXTS} accepted texts",
    )
