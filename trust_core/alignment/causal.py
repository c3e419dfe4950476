"""Do the reference's top words decide the candidate's answer? Figures that compare no two explanations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trust_core.alignment.deletion import CurveLimits, Trials, mean_drop
from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import (
    LEVEL,
    MIN_TEXTS,
    Exact,
    Figure,
    Findings,
    Measure,
    Measured,
    NotMeasured,
    Of,
    Setting,
)
from trust_core.stats.bootstrap import Resamples, evidence_from_draws, mean_evidence
from trust_core.stats.evidence import measured
from trust_core.stats.intervals import paired_difference_evidence, rate_evidence

LEAST_DROP = 0.05
"""The lower limit that the candidate's own mean drop must reach before anything is divided by it."""

LEAST_RANGE = 0.01
"""A text whose limits are nearer to each other than this has no order of words that matters."""

_Row = tuple[str, Of, Figure, dict[str, Setting]]


@dataclass(frozen=True, slots=True)
class Tried:
    """What one model said of n texts with words kept or deleted.

    Attributes:
        trials: by text id.
        limits: by text id, of the texts whose deletion curves were asked for.
        classes: by text id, the class whose probability is looked at.
    """

    trials: Mapping[str, Trials]
    limits: Mapping[str, CurveLimits]
    classes: Mapping[str, int]

    def of(self, text_id: str, name: str) -> float:
        """The probability of the class that is looked at, in one of the trials of a text."""
        column: FloatArray = getattr(self.trials[text_id], name)
        return float(column[self.classes[text_id]])

    def drop(self, text_id: str, name: str) -> float:
        """How far that probability falls from the whole text; negative where it rises."""
        return self.of(text_id, "whole") - self.of(text_id, name)

    def keeps(self, text_id: str, name: str) -> bool:
        """Whether the model's prediction stays that of the whole text."""
        trial = self.trials[text_id]
        return int(np.argmax(trial.whole)) == int(np.argmax(getattr(trial, name)))

    def share_of_range(self, text_id: str, name: str) -> float | None:
        """Where the mean drop of a curve lies between the limits, in [0, 1]; None where that says nothing.

        (AOPC - low) / (high - low), cut to [0, 1]: the limits are the best that a search has found, which an
        order may pass by a little. None without a curve, or where the limits are nearer than LEAST_RANGE.
        """
        trial, limits = self.trials[text_id], self.limits.get(text_id)
        curve: FloatArray = getattr(trial, name)
        if limits is None or not len(curve) or limits.high - limits.low < LEAST_RANGE:
            return None
        of_class = self.classes[text_id]
        reached = mean_drop(float(trial.whole[of_class]), curve[:, of_class])
        return float(np.clip((reached - limits.low) / (limits.high - limits.low), 0.0, 1.0))


def causal_findings(
    reference: Tried,
    candidate: Tried,
    ids: Sequence[str],
    *,
    explainer: str,
    settings: Mapping[str, Setting],
    resamples: int,
    seed: int,
) -> Findings:
    """What the top words of both models do to the answers, on the texts whose reasons were compared.

    None of these figures votes. T_K are the top-K words by |weight|, the very sets that the overlaps compare.

    - keep rate: share of texts where a model that sees only the words keeps the prediction that it gives to
      the whole text: the reference its own (Keep_AA), the candidate its own (Keep_BB) and the reference's
      (Keep_AB, the pair), and K random words, which is what any K words do. Its change is
      Keep_AB - Keep_BB, paired.
    - drop: fall of the probability of the explained class when the words go, signed, averaged over all texts:
      a text whose probability rises counts against the others, and none is left out.
    - cross-deletion: mean drop of the candidate when the reference's words go, over its mean drop when its
      own go. A ratio of means, since single texts have drops near 0 or below; not measured unless the 95 %
      lower limit of the lower mean is LEAST_DROP or more.
    - normalised AOPC: see `Tried.share_of_range`; of each model along its own order, and of the
      candidate along the reference's.

    Args:
        reference: what the reference said.
        candidate: what the candidate said; its `reference_*` trials are of the reference's words.
        ids: the texts, in the order in which they are resampled.
        explainer: whose words they are.
        settings: what the figures were made with.
        resamples: bootstrap resamples of texts.
        seed: the spec's seed.
    """
    shared = tuple(name for name in ids if name in reference.trials and name in candidate.trials)
    # Equal words of both models: nothing that is drawn could make the ratio another.
    same = all(candidate.trials[name].same_words for name in shared)
    rows = [
        *_keep_rows(reference, candidate, shared),
        *_drop_rows(reference, candidate, shared, same=same, resamples=resamples, seed=seed),
        *_range_rows(reference, candidate, shared, resamples=resamples, seed=seed),
    ]
    return Findings(
        tuple(
            Measure(key, of, figure, explainer, {**settings, "scale": "probability", **extra})
            for key, of, figure, extra in rows
        )
    )


def _keep_rows(reference: Tried, candidate: Tried, ids: Sequence[str]) -> list[_Row]:
    n = len(ids)

    def kept(model: Tried, name: str) -> list[bool]:
        return [model.keeps(text, name) for text in ids]

    def rate(events: Sequence[bool]) -> Figure:
        return measured(rate_evidence(sum(events), n))

    own, theirs = kept(candidate, "own_kept"), kept(candidate, "reference_kept")
    lost = sum(a and not b for a, b in zip(own, theirs, strict=True))
    gained = sum(b and not a for a, b in zip(own, theirs, strict=True))
    of_random: dict[str, Setting] = {"words": "random"}
    return [
        ("keep_rate", "reference", rate(kept(reference, "own_kept")), {"words": "its own"}),
        ("keep_rate", "candidate", rate(own), {"words": "its own"}),
        ("keep_rate", "pair", rate(theirs), {"words": "the reference's"}),
        ("keep_rate", "candidate", rate(kept(candidate, "random_kept")), of_random),
        ("keep_rate_change", "pair", measured(paired_difference_evidence(lost, gained, n)), {}),
    ]


def _drop_rows(
    reference: Tried, candidate: Tried, ids: Sequence[str], *, same: bool, resamples: int, seed: int
) -> list[_Row]:
    def drops(model: Tried, name: str) -> FloatArray:
        return np.array([model.drop(text, name) for text in ids], dtype=np.float64)

    def mean(values: FloatArray) -> Figure:
        return _mean(values, (-1.0, 1.0), resamples=resamples, seed=seed)

    ours = drops(reference, "own_deleted")
    own, theirs = drops(candidate, "own_deleted"), drops(candidate, "reference_deleted")
    drawn = drops(candidate, "random_deleted")
    base = mean(own)
    ratio = _ratio(base, resamples=resamples, seed=seed)
    return [
        ("deletion_drop", "reference", mean(ours), {"words": "its own"}),
        ("deletion_drop", "candidate", base, {"words": "its own"}),
        ("deletion_drop", "pair", mean(theirs), {"words": "the reference's"}),
        ("deletion_drop", "candidate", mean(drawn), {"words": "random"}),
        ("cross_deletion", "pair", ratio(theirs, own, same), {}),
        ("cross_deletion_chance", "pair", ratio(drawn, own, False), {}),
    ]


def _range_rows(
    reference: Tried, candidate: Tried, ids: Sequence[str], *, resamples: int, seed: int
) -> list[_Row]:
    """Normalised AOPC, on the texts where all three can be told, so that they are of the same texts."""
    values = [
        (
            reference.share_of_range(text, "own_curve"),
            candidate.share_of_range(text, "own_curve"),
            candidate.share_of_range(text, "reference_curve"),
        )
        for text in ids
        if text in reference.limits and text in candidate.limits
    ]
    told = np.array([row for row in values if None not in row], dtype=np.float64).reshape(-1, 3)
    flat: dict[str, Setting] = {"left_out": len(values) - len(told)} if len(values) > len(told) else {}

    def mean(column: FloatArray, low: float = 0.0) -> Figure:
        found = _mean(column, (low, 1.0), resamples=resamples, seed=seed)
        if isinstance(found, NotMeasured):
            return NotMeasured(found.reason, f"limits searched for in {MIN_TEXTS} texts or more (aopc_texts)")
        return found

    return [
        ("normalised_aopc", "reference", mean(told[:, 0]), {"order": "its own", **flat}),
        ("normalised_aopc", "candidate", mean(told[:, 1]), {"order": "its own", **flat}),
        ("normalised_aopc", "difference", mean(told[:, 1] - told[:, 0], -1.0), {"order": "its own", **flat}),
        ("normalised_aopc", "pair", mean(told[:, 2]), {"order": "the reference's", **flat}),
    ]


def _mean(values: FloatArray, span: tuple[float, float], *, resamples: int, seed: int) -> Figure:
    if len(values) < MIN_TEXTS:
        return NotMeasured(
            f"{len(values)} text{'' if len(values) == 1 else 's'} are too few for an interval",
            f"at least {MIN_TEXTS} texts",
        )
    sampling = Resamples(n=len(values), count=resamples, seed=seed)
    return measured(mean_evidence(values, sampling, span=span))


def _ratio(base: Figure, *, resamples: int, seed: int) -> Callable[[FloatArray, FloatArray, bool], Figure]:
    """The mean of one column over that of another, with percentile limits; `base` is the lower mean."""

    def ratio(upper: FloatArray, lower: FloatArray, same: bool) -> Figure:
        if isinstance(base, NotMeasured):
            return base
        if not isinstance(base, Measured) or base.low < LEAST_DROP:
            shown = (
                ""
                if not isinstance(base, Measured)
                else f": {base.value:.2f}, with a {LEVEL:.0%} lower limit of {base.low:.2f}"
            )
            return NotMeasured(
                "the candidate's answer hardly depends on its own top words" + shown,
                f"a mean drop whose lower limit is at least {LEAST_DROP}: a larger K, or more texts",
            )
        if same:
            return Exact(1.0)
        n = len(lower)
        draws = Resamples(n=n, count=resamples, seed=seed).means(np.stack([upper, lower], axis=1))
        defined = draws[:, 1] > 0
        span = (-1.0 / base.value, 1.0 / base.value)
        estimate = float(upper.mean() / lower.mean())
        values = draws[defined, 0] / draws[defined, 1]
        return measured(evidence_from_draws(values, estimate, n=n, span=span))

    return ratio
