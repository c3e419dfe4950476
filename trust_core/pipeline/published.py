"""The figures of the published protocols, beside ours and labelled as theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from trust_core.alignment.published import published_overlap
from trust_core.calibration.summary import reliability_findings
from trust_core.domain.attributions import PublishedFeatures
from trust_core.domain.measures import Exact, Findings, Measure, Measured, Setting
from trust_core.domain.predictions import Predictions
from trust_core.domain.spec import Spec
from trust_core.domain.texts import TextSet
from trust_core.explain.published import PublishedExplainer, PublishedProtocol
from trust_core.stats.bootstrap import Resamples, mean_evidence
from trust_core.stats.evidence import measured

TOP = 10
"""How many strings are compared, and into how many quantile bins a model's own confidences are cut."""

CLASSES: Mapping[PublishedProtocol, str] = {"published-nli": "gold", "published-pi": "paraphrase"}
"""The class whose weights are read."""

_BINS: Mapping[str, Setting] = {"binning": "equal-mass", "bins": TOP, "edges": "own"}

Features = Mapping[PublishedExplainer, Sequence[PublishedFeatures]]

NOTES: Mapping[PublishedProtocol, str] = {
    "published-nli": (
        "Figures labelled published-nli follow the published scripts, faults included: one string with a"
        " separator that can be removed, equal words of both texts as one feature, no sign, the gold class, a"
        " fixed K of 10 without chance correction, empty sets count 0, each model's own bins. The intervals"
        " are ours. Compare them with published tables only."
    ),
    "published-pi": (
        "Figures labelled published-pi follow the published scripts, faults included: a removed word can move"
        " the boundary of the pair, equal words of both texts are one feature, class 1 whatever the answer, a"
        " fixed K of 10 without chance correction, empty sets count 0, each model's own bins, the binary"
        " Brier score. The intervals are ours. Compare them with published tables only."
    ),
}


def published_reasons(spec: Spec, texts: TextSet, reference: Features, candidate: Features) -> list[Findings]:
    """The Jaccard index of each explainer: mean over texts and seeds, and its variance over seeds.

    Args:
        spec: says how.
        texts: the texts that were predicted.
        reference: the reference's explanations by explainer, one a text and seed.
        candidate: the candidate's, of the same texts and seeds.
    """
    if spec.protocol == "corrected":
        return []
    protocol: PublishedProtocol = spec.protocol
    gold = dict(zip(texts.ids, texts.gold.tolist(), strict=True))
    parts = []
    for explainer, ours in reference.items():
        overlap = published_overlap(ours, candidate[explainer], gold, protocol=protocol, k=TOP)
        resamples = Resamples(len(overlap.by_text), spec.resamples, spec.seed)
        mean = measured(mean_evidence(overlap.by_text, resamples, span=(0.0, 1.0)))
        settings: dict[str, Setting] = {"protocol": protocol, "k": TOP, "class": CLASSES[protocol]}
        rows = [Measure("jaccard", "pair", mean, explainer, {**settings, "statistic": "mean over seeds"})]
        if overlap.variance is not None:
            variance = Exact(overlap.variance)
            rows.append(Measure("jaccard_seed_variance", "pair", variance, explainer, settings))
        parts.append(Findings(tuple(rows), notes=(NOTES[protocol],)))
    return parts


def published_reliability(
    spec: Spec, texts: TextSet, reference: Predictions, candidate: Predictions
) -> list[Findings]:
    """ECE, MCE and Brier score of both models as the published scripts have them.

    Their bins, ten at each model's own quantiles, right-closed, equal edges merged, are our equal-mass bins
    with own edges. Their Brier score is the sum over classes for NLI and half of it, the binary form, for PI.

    Args:
        spec: says how.
        texts: the texts that were predicted.
        reference: the reference's predictions.
        candidate: the candidate's.
    """
    if spec.protocol == "corrected":
        return []
    found = reliability_findings(
        texts.gold, reference, candidate, bins=TOP, resamples=spec.resamples, seed=spec.seed
    )
    rows = []
    for measure in found.measures:
        binned = measure.key in {"ece", "mce"} and _BINS.items() <= measure.settings.items()
        if measure.of != "difference" and (binned or measure.key == "brier"):
            halved = measure.key == "brier" and spec.protocol == "published-pi"
            settings = {**measure.settings, "protocol": spec.protocol}
            if measure.key == "brier":
                settings["form"] = "binary" if halved else "sum over classes"
            rows.append(replace(_half(measure) if halved else measure, settings=settings))
    return [Findings(tuple(rows), notes=(NOTES[spec.protocol],))]


def _half(measure: Measure) -> Measure:
    """The measure with its figure halved."""
    figure = measure.figure
    if not isinstance(figure, Measured):
        return measure
    half = replace(figure, value=figure.value / 2, low=figure.low / 2, high=figure.high / 2)
    return replace(measure, figure=half)
