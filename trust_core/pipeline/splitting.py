"""The figures of reasons of one candidate in parts of the texts: from its results to the report."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trust_core.alignment.causal import causal_findings
from trust_core.alignment.comparison import TextComparison, compare_text, same_weights
from trust_core.alignment.parts import answer_parts, part_rows
from trust_core.alignment.split_half import Budgets, CrossedHalves
from trust_core.domain.attributions import Explanation
from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.measures import Measure
from trust_core.domain.report import MeasureRow
from trust_core.domain.spec import Spec
from trust_core.domain.texts import TextSet
from trust_core.pipeline.measuring import CandidateResults, ModelResults, figure_settings
from trust_core.pipeline.plan import explained_classes

PART = "texts"
"""The setting that names the part."""


def split_reasons(
    spec: Spec,
    texts: TextSet,
    rows: Sequence[int],
    reference: ModelResults,
    candidate: ModelResults,
    found: CandidateResults,
) -> tuple[MeasureRow, ...]:
    """Every figure of agreement, and what the words do to the answers, in each part that holds a text.

    Args:
        spec: says how.
        texts: the texts that were predicted.
        rows: those of them that were explained.
        reference: what the reference said.
        candidate: what the candidate said.
        found: the candidate's figures on all texts: which texts could be compared.
    """
    measures: list[Measure] = []
    for explainer, reasons in found.reasons.items():
        measures += _of_explainer(
            spec, texts, rows, reference, candidate, explainer, frozenset(reasons.text_ids)
        )
    return tuple(MeasureRow.of_measure(one, CATALOGUE[one.key].unit) for one in measures)


def _of_explainer(
    spec: Spec,
    texts: TextSet,
    rows: Sequence[int],
    reference: ModelResults,
    candidate: ModelResults,
    explainer: str,
    compared: frozenset[str],
) -> list[Measure]:
    theirs = candidate.explanations[explainer]
    ours, index = reference.explanations[explainer][: len(theirs)], list(rows[: len(theirs)])
    first, second = reference.predictions.predicted, candidate.predictions.predicted
    classes = [
        explained_classes(spec, texts, index, reference=first, own=own).tolist() for own in (first, second)
    ]
    parts = answer_parts(first[index], second[index], texts.gold[index] if texts.labelled else None)
    comparisons: dict[int, TextComparison] = {}
    same: dict[int, bool] = {}
    for at, (one, other) in enumerate(zip(ours, theirs, strict=True)):
        if one.text_id not in compared:
            continue
        outcome = compare_text(
            one,
            other,
            reference_class=classes[0][at],
            candidate_class=classes[1][at],
            k_fraction=spec.k.fraction,
            k_fixed=spec.k.fixed,
        )
        if isinstance(outcome, TextComparison):
            comparisons[at] = outcome
            same[at] = classes[0][at] == classes[1][at] and same_weights(one, other)
    budgets = Budgets(reference=_passes(ours), candidate=_passes(theirs))
    settings = figure_settings(spec, explainer)
    measures: list[Measure] = []
    for name, mask in parts.items():
        places = [at for at in comparisons if mask[at]]
        if not mask.any():
            continue
        chosen = [comparisons[at] for at in places]
        halves = CrossedHalves(
            cross=np.array([one.cross for one in chosen]),
            self_reference=np.array([one.self_reference for one in chosen]),
            self_candidate=np.array([one.self_candidate for one in chosen]),
            chance=np.array([one.cross_chance for one in chosen]),
            identical=all(same[at] for at in places),
        )
        found = part_rows(chosen, halves, budgets=budgets, resamples=spec.resamples, seed=spec.seed)
        of_part = {**settings, PART: name}
        measures += [
            Measure(key, of, figure, explainer, {**of_part, **extra}) for key, of, figure, extra in found
        ]
        if explainer in reference.tried and explainer in candidate.tried:
            measures += causal_findings(
                reference.tried[explainer],
                candidate.tried[explainer],
                [one.text_id for one in chosen],
                explainer=explainer,
                settings=of_part,
                resamples=spec.resamples,
                seed=spec.seed,
            ).measures
    return measures


def _passes(explanations: Sequence[Explanation]) -> int:
    """Samples that an explanation was made from, on average."""
    return round(float(np.mean([one.whole.passes for one in explanations]))) if explanations else 0
