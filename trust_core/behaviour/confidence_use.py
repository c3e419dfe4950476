"""Every figure of the dimension `confidence_use` for a reference and one candidate."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Int

from trust_core.behaviour.risk_coverage import area_under_risk_coverage, risk_coverage_curve
from trust_core.behaviour.threshold import FEWEST_ACCEPTED, SPLITS, Judged, Transfer, transferred
from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import (
    LEVEL,
    MIN_TEXTS,
    Evidence,
    Figure,
    Findings,
    Measure,
    Measured,
    NotMeasured,
    Of,
    Setting,
    Vote,
)
from trust_core.domain.predictions import Predictions
from trust_core.domain.report import RiskCoverage
from trust_core.domain.texts import NO_LABEL
from trust_core.stats.bootstrap import Resamples, Span, evidence_from_draws
from trust_core.stats.evidence import measured, too_few
from trust_core.stats.seeds import derived_rng

_SIDES: tuple[Of, ...] = ("reference", "candidate", "difference")
_UNIT: Span = (0.0, 1.0)
_CHANGE: Span = (-1.0, 1.0)

_REACHED = 0.9
"""Share of the tuning halves in which the risk must be reached: below it, another sample might not."""

_LOST = 0.05
"""Share of resamples in which nothing could be tested, at the most."""

UNLABELLED = NotMeasured(reason="not every text has a gold label", needs="a gold label for every text")


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What thresholds let through of the texts themselves, and of their resamples."""

    estimate: Transfer
    draws: Transfer


def judged(predictions: Predictions, gold: Int[np.ndarray, " n"]) -> Judged:
    """How sure a model was of each answer, and whether it was wrong."""
    return Judged(predictions.confidence, predictions.predicted != gold)


def confidence_use_findings(
    gold: Int[np.ndarray, " n"],
    reference: Predictions,
    candidate: Predictions,
    *,
    accepted_risk: float | None,
    resamples: int,
    seed: int,
) -> Findings:
    """Risk and coverage at the reference's threshold, and the area under the risk-coverage curve.

    The threshold is tuned on one half of the texts and tried on the other, both ways, in 20 random halvings;
    every figure is the mean over them. Intervals are percentile bootstraps over texts, with the threshold
    tuned again in every resample. To the differences each resample adds one text lost and one gained (Poisson
    of mean 1 each), as Bonett and Price do, so that few changed texts cannot pass for none.

    Args:
        gold: (n,) gold classes; where any is missing nothing is measured.
        reference: the reference's predictions.
        candidate: the candidate's, on the same texts in the same order.
        accepted_risk: error rate that is accepted among accepted answers; None for half of the reference's
            error.
        resamples: bootstrap resamples.
        seed: the spec's seed.

    Returns:
        Figures, and the vote "risk".
    """
    n = len(gold)
    labelled = too_few(n) or (None if (gold != NO_LABEL).all() else UNLABELLED)
    if labelled is not None:
        return _blocked(labelled)
    models = judged(reference, gold), judged(candidate, gold)
    sampling = Resamples(n=n, count=resamples, seed=seed)
    asked = float(models[0].wrong.mean()) / 2 if accepted_risk is None else accepted_risk
    settings: dict[str, Setting] = {"accepted_risk": asked, "splits": SPLITS}
    areas = _areas(models, sampling)
    if n < 2 * FEWEST_ACCEPTED:
        few = NotMeasured(
            f"{n} texts are too few: half of them tune the threshold, which must accept at least "
            f"{FEWEST_ACCEPTED}",
            f"at least {4 * FEWEST_ACCEPTED} texts",
        )
        return _findings(dict.fromkeys(_KEYS, few), few, settings, areas)
    drawn = _Drawn(
        transferred(*models, [np.ones((1, n))], risk=accepted_risk, seed=seed),
        transferred(*models, sampling.counts(), risk=accepted_risk, seed=seed),
    )
    figures, vote = _transfer_figures(drawn, asked, n, seed)
    return _findings(figures, vote, settings, areas)


_KEYS: tuple[tuple[str, Of], ...] = (
    *(("risk", of) for of in _SIDES),
    *(("coverage", of) for of in _SIDES),
    ("threshold", "reference"),
)


def _transfer_figures(
    drawn: _Drawn, asked: float, n: int, seed: int
) -> tuple[dict[tuple[str, Of], Figure], Evidence | NotMeasured]:
    """The figures of the threshold, and the vote."""
    refused = _out_of_reach(drawn, asked)
    if refused is not None:
        return dict.fromkeys(_KEYS, refused), refused
    figures: dict[tuple[str, Of], Figure] = {("threshold", "reference"): _range(drawn, n)}
    accepted = np.nanmean(np.where(drawn.estimate.texts > 0, drawn.estimate.accepted[:, :, 1], np.nan))
    for key, evidence in _evidences("coverage", drawn, float(n), n, seed).items():
        figures["coverage", key] = measured(evidence)
    risks: dict[Of, Evidence | NotMeasured]
    if accepted < MIN_TEXTS or _untested(drawn) > _LOST:
        none = NotMeasured(
            f"at the reference's threshold the candidate accepts {accepted:.0f} of {n:,} texts, too few to "
            "tell how often it errs",
            f"a candidate that accepts at least {MIN_TEXTS} of them, or more texts",
        )
        risks = dict.fromkeys(_SIDES, none)
    else:
        risks = _evidences("risk", drawn, float(accepted), n, seed)
    for of, one in risks.items():
        figures["risk", of] = measured(one)
    return figures, risks["difference"]


def _out_of_reach(drawn: _Drawn, asked: float) -> NotMeasured | None:
    """Why there is no threshold to try, or None."""
    reached = float(drawn.estimate.reached[0])
    if reached >= _REACHED and not np.isnan(drawn.estimate.threshold[0]):
        return None
    share = "none" if reached == 0 else f"only {reached * 100:.0f} %"
    return NotMeasured(
        f"{share} of the halves that tune have a threshold that accepts at least {FEWEST_ACCEPTED} texts of "
        f"which at most {asked * 100:.2g} % are wrong",
        "more texts, or a larger accepted risk (accepted_risk in the spec)",
    )


def _untested(drawn: _Drawn) -> float:
    return float(np.isnan(drawn.draws.risk).any(axis=1).mean())


def _evidences(
    name: str, drawn: _Drawn, accepted: float, n: int, seed: int
) -> dict[Of, Evidence | NotMeasured]:
    """Limits of risk or coverage of both models, and of the difference."""
    values, draws = (getattr(one, name) for one in (drawn.estimate, drawn.draws))
    draws = draws[~np.isnan(draws).any(axis=1)]
    found: dict[Of, Evidence | NotMeasured] = {
        of: _limits(draws[:, at], float(values[0, at]), accepted, n, _UNIT)
        for at, of in enumerate(_SIDES[:2])
    }
    rng = derived_rng(seed, "confidence_use", name, str(n))
    lost, gained = rng.poisson(1.0, size=(2, len(draws)))
    change = draws[:, 1] - draws[:, 0] + (gained - lost) / accepted
    found["difference"] = _limits(change, float(values[0, 1] - values[0, 0]), accepted, n, _CHANGE)
    return found


def _limits(
    draws: FloatArray, estimate: float, accepted: float, n: int, span: Span
) -> Evidence | NotMeasured:
    """Percentile limits; where no draw differs, unseen events are those of the accepted texts."""
    found = evidence_from_draws(draws, estimate, n=max(MIN_TEXTS, round(accepted)), span=span)
    return found if isinstance(found, NotMeasured) else replace(found, n=n)


def _range(drawn: _Drawn, n: int) -> Measured:
    """The threshold tuned on all texts with the range of those that resamples give."""
    value = float(drawn.estimate.threshold[0])
    draws = drawn.draws.threshold[~np.isnan(drawn.draws.threshold)]
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) if len(draws) else (value, value)
    return Measured(value=value, low=min(float(low), value), high=max(float(high), value), level=LEVEL, n=n)


def _areas(models: tuple[Judged, Judged], sampling: Resamples) -> dict[tuple[str, Of], Figure]:
    """AURC of both models and the paired difference."""
    values = [float(area_under_risk_coverage(one, [np.ones((1, sampling.n))])[0]) for one in models]
    draws = [area_under_risk_coverage(one, sampling.counts()) for one in models]
    sides = (
        (values[0], draws[0], _UNIT),
        (values[1], draws[1], _UNIT),
        (values[1] - values[0], draws[1] - draws[0], _CHANGE),
    )
    return {
        ("aurc", of): measured(evidence_from_draws(drawn, value, n=sampling.n, span=span))
        for of, (value, drawn, span) in zip(_SIDES, sides, strict=True)
    }


def _findings(
    figures: dict[tuple[str, Of], Figure],
    vote: Evidence | NotMeasured,
    settings: dict[str, Setting],
    areas: dict[tuple[str, Of], Figure],
) -> Findings:
    return Findings(
        measures=(
            *(Measure(key, of, figures[key, of], settings=settings) for key, of in _KEYS),
            *(Measure(key, of, figure) for (key, of), figure in areas.items()),
        ),
        votes=(Vote("risk", vote),),
    )


def _blocked(why: NotMeasured) -> Findings:
    """The same reason for every figure."""
    areas: dict[tuple[str, Of], Figure] = {("aurc", of): why for of in _SIDES}
    return _findings(dict.fromkeys(_KEYS, why), why, {}, areas)


def risk_coverage_curves(
    gold: Int[np.ndarray, " n"], reference: Predictions, candidate: Predictions
) -> tuple[RiskCoverage, ...]:
    """Risk-coverage curves of a pair; none for texts without gold classes, or too few of them."""
    if too_few(len(gold)) is not None or (gold == NO_LABEL).any():
        return ()
    return (
        risk_coverage_curve(judged(reference, gold), of="reference", candidate=candidate.model),
        risk_coverage_curve(judged(candidate, gold), of="candidate", candidate=candidate.model),
    )
