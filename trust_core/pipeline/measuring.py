"""From what the models said to figures: every dimension of one candidate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from trust_core.alignment.causal import Tried, causal_findings
from trust_core.alignment.summary import ReasonsFindings, reasons_findings
from trust_core.behaviour.confidence_use import confidence_use_findings, risk_coverage_curves
from trust_core.behaviour.disagreement import disagreement
from trust_core.behaviour.summary import answers_findings
from trust_core.calibration.depth import depth_findings
from trust_core.calibration.reliability import reliability_curves
from trust_core.calibration.summary import reliability_findings
from trust_core.domain.attributions import Explanation, PublishedFeatures
from trust_core.domain.catalogue.entry import Dimension
from trust_core.domain.measures import Findings, Measure, NotMeasured, Setting, Vote
from trust_core.domain.predictions import Predictions
from trust_core.domain.report import KSweep, MeasureRow, ReliabilityCurve, RiskCoverage, SliceReport
from trust_core.domain.spec import Spec
from trust_core.domain.texts import TextSet
from trust_core.explain.methods import GRADIENTS, canonical_name
from trust_core.explain.published import PublishedExplainer
from trust_core.explain.settings import GRADIENT_STEPS
from trust_core.pipeline.plan import explained_classes
from trust_core.pipeline.published import published_reasons, published_reliability

NO_MODELS = NotMeasured(
    "saved predictions hold no explanations", "the models themselves, as --reference and --candidate"
)

NO_GRADIENTS = NotMeasured(
    "the candidate has no gradients: int8 layers and ONNX graphs have none, and controls do without",
    "a candidate that computes in floating point in torch",
)


@dataclass(frozen=True, slots=True)
class ModelResults:
    """What one model said.

    Attributes:
        predictions: of all texts.
        explanations: by explainer, of the explained rows in their order.
        published: by explainer, where a published protocol was asked for.
        cost: figures of its size and speed.
        tried: by explainer, what it said of texts with words kept or deleted.
    """

    predictions: Predictions
    explanations: Mapping[str, tuple[Explanation, ...]] = field(default_factory=dict)
    published: Mapping[PublishedExplainer, tuple[PublishedFeatures, ...]] = field(default_factory=dict)
    cost: Findings | None = None
    tried: Mapping[str, Tried] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CandidateResults:
    """Figures of one candidate.

    Attributes:
        by_dimension: figures and votes.
        reasons: by explainer, with what single texts show.
        reliability: reliability diagrams of the pair.
        sweeps: top-K overlap at every K.
        risk_coverage: risk over coverage of the pair.
        slices: figures of parts of the texts, where they were asked for.
        splits: figures of reasons where the models agree or not, and the reference is right or not.
    """

    by_dimension: Mapping[Dimension, Findings]
    reasons: Mapping[str, ReasonsFindings] = field(default_factory=dict)
    reliability: tuple[ReliabilityCurve, ...] = ()
    sweeps: tuple[KSweep, ...] = ()
    risk_coverage: tuple[RiskCoverage, ...] = ()
    slices: SliceReport | None = None
    splits: tuple[MeasureRow, ...] = ()


@dataclass(frozen=True, slots=True)
class PredictionResults:
    """Figures of one candidate that need no explanation.

    Attributes:
        answers, reliability, confidence_use: figures and votes.
        curves: reliability diagrams of the pair.
        risk_coverage: risk over coverage of the pair.
    """

    answers: Findings
    reliability: Findings
    confidence_use: Findings
    curves: tuple[ReliabilityCurve, ...]
    risk_coverage: tuple[RiskCoverage, ...]


def measured_predictions(
    spec: Spec, texts: TextSet, ours: Predictions, theirs: Predictions
) -> PredictionResults:
    """What the predictions of the reference and of a candidate say by themselves."""
    sampled = {"resamples": spec.resamples, "seed": spec.seed}
    return PredictionResults(
        answers=joined_findings(
            [answers_findings(texts.gold, ours, theirs, **sampled), disagreement(texts, ours, theirs)]
        ),
        reliability=joined_findings(
            [
                reliability_findings(texts.gold, ours, theirs, bins=spec.bins, **sampled),
                depth_findings(texts.gold, ours, theirs, bins=spec.bins, **sampled),
                *published_reliability(spec, texts, ours, theirs),
            ]
        ),
        confidence_use=confidence_use_findings(
            texts.gold, ours, theirs, accepted_risk=spec.accepted_risk, **sampled
        ),
        curves=reliability_curves(texts.gold, ours, theirs, bins=spec.bins),
        risk_coverage=risk_coverage_curves(texts.gold, ours, theirs),
    )


def measured_candidate(
    spec: Spec,
    texts: TextSet,
    rows: Sequence[int],
    reference: ModelResults,
    candidate: ModelResults,
    *,
    predicted: PredictionResults | None = None,
    missing: NotMeasured | None = None,
) -> CandidateResults:
    """Every figure of a candidate.

    Args:
        spec: says how.
        texts: the texts that were predicted.
        rows: those of them whose explanations the two models' results hold.
        reference: what the reference said.
        candidate: what the candidate said.
        predicted: what their predictions say by themselves, where that has been measured before.
        missing: why there are no explanations; None: as the spec has it.
    """
    ours, theirs = reference.predictions, candidate.predictions
    known = predicted or measured_predictions(spec, texts, ours, theirs)
    reasons = {
        name: _reasons(spec, texts, rows, reference, candidate, name)
        for name in reference.explanations
        if name in candidate.explanations or name not in GRADIENTS
    }
    by_dimension: dict[Dimension, Findings] = {
        "answers": known.answers,
        "reasons": joined_findings(
            [
                *(found.findings for found in reasons.values()),
                *(_causes(spec, reference, candidate, name, found) for name, found in reasons.items()),
                *(_without_gradients(name) for name in reference.explanations if name not in reasons),
                *published_reasons(spec, texts, reference.published, candidate.published),
                *([] if reasons else [_no_reasons(spec, missing)]),
            ]
        ),
        "reliability": known.reliability,
        "confidence_use": known.confidence_use,
    }
    if candidate.cost is not None and reference.cost is not None:
        by_dimension["cost"] = joined_findings([reference.cost, candidate.cost])
    return CandidateResults(
        by_dimension=by_dimension,
        reasons=reasons,
        reliability=known.curves,
        sweeps=tuple(_sweep(theirs.model, name, found) for name, found in reasons.items()),
        risk_coverage=known.risk_coverage,
    )


def joined_findings(parts: Sequence[Findings]) -> Findings:
    """Findings one after the other."""
    return Findings(
        measures=tuple(measure for part in parts for measure in part.measures),
        votes=tuple(vote for part in parts for vote in part.votes),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def _reasons(
    spec: Spec,
    texts: TextSet,
    rows: Sequence[int],
    reference: ModelResults,
    candidate: ModelResults,
    explainer: str,
) -> ReasonsFindings:
    predicted = reference.predictions.predicted
    theirs = candidate.explanations[explainer]
    # A candidate that is settled has fewer explanations than the reference: the first ones.
    ours, explained = reference.explanations[explainer][: len(theirs)], rows[: len(theirs)]
    found = reasons_findings(
        ours,
        theirs,
        explained_classes(spec, texts, explained, reference=predicted, own=predicted),
        explainer=explainer,
        k_fraction=spec.k.fraction,
        k_fixed=spec.k.fixed,
        resamples=spec.resamples,
        seed=spec.seed,
        settings=_settings(spec, explainer),
        candidate_class=explained_classes(
            spec, texts, explained, reference=predicted, own=candidate.predictions.predicted
        ),
        places=np.arange(len(theirs)) if spec.stop_when_settled else None,
    )
    # A third opinion informs: the verdict rests on explainers that need nothing but answers.
    return found if explainer not in GRADIENTS else replace(found, findings=replace(found.findings, votes=()))


def _without_gradients(explainer: str) -> Findings:
    """What stands for an explainer that could not explain the candidate."""
    return Findings((Measure("alignment", "pair", NO_GRADIENTS, explainer),))


def _causes(
    spec: Spec, reference: ModelResults, candidate: ModelResults, explainer: str, found: ReasonsFindings
) -> Findings:
    """What the words of an explainer do to the answers; nothing where they were not tried."""
    if explainer not in reference.tried or explainer not in candidate.tried:
        return Findings(())
    return causal_findings(
        reference.tried[explainer],
        candidate.tried[explainer],
        found.text_ids,
        explainer=explainer,
        settings=figure_settings(spec, explainer),
        resamples=spec.resamples,
        seed=spec.seed,
    )


def figure_settings(spec: Spec, explainer: str) -> dict[str, Setting]:
    """What the figures of an explainer were made with, the number of words among it."""
    k: Setting = f"{spec.k.fraction:g}w" if spec.k.fixed is None else spec.k.fixed
    return {**_settings(spec, explainer), "k": k}


def _settings(spec: Spec, explainer: str) -> dict[str, Setting]:
    """What the figures of an explainer were made with."""
    drawn: dict[str, dict[str, Setting]] = {
        "lime": {"samples": spec.lime.samples, "sampling": spec.lime.sampling},
        "shap-permutation": {"permutations": spec.shap.permutations},
        "integrated-gradients": {
            "steps": GRADIENT_STEPS,
            "baseline": "mask token for each piece of a word",
        },
        "shap-partition": {"budget": "complete" if spec.shap.budget is None else spec.shap.budget},
    }
    return {
        "class": spec.explained_class,
        "scale": spec.scale,
        "mask": spec.mask,
        "protocol": "corrected",
        **drawn.get(explainer, {}),
    }


def _no_reasons(spec: Spec, missing: NotMeasured | None) -> Findings:
    if missing is not None:
        pass
    elif spec.from_predictions:
        missing = NO_MODELS
    elif spec.protocol != "corrected":
        missing = NotMeasured(
            "the published protocol has no noise-corrected alignment", "--protocol corrected"
        )
    else:
        missing = NotMeasured(
            "no text was explained", "explain_limit of 20 or more, and reasons among dimensions"
        )
    names = [name for name in map(canonical_name, spec.explainers) if name not in GRADIENTS]
    return Findings(
        measures=tuple(Measure("alignment", "pair", missing, name) for name in names),
        votes=tuple(Vote("alignment", missing, name) for name in names),
    )


def _sweep(candidate: str, explainer: str, found: ReasonsFindings) -> KSweep:
    curve = found.curve
    return KSweep(
        candidate=candidate,
        explainer=explainer,
        k=tuple(curve.k.tolist()),
        n=tuple(curve.n.tolist()),
        jaccard=tuple(curve.jaccard.tolist()),
        chance=tuple(curve.chance.tolist()),
        low=tuple(curve.low.tolist()),
        high=tuple(curve.high.tolist()),
    )


def shuffled_rows(predictions: Predictions, rng: np.random.Generator) -> Predictions:
    """The predictions with the texts exchanged: a model that is broken on purpose (control C5)."""
    order = rng.permutation(len(predictions))
    return Predictions(
        model=predictions.model,
        ids=predictions.ids,
        classes=predictions.classes,
        probabilities=predictions.probabilities[order],
        logits=None if predictions.logits is None else predictions.logits[order],
        truncated=predictions.truncated,
    )
