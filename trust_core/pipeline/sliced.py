"""The parts of the texts of a run: from its results to their figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from trust_core.alignment.split_half import Budgets
from trust_core.behaviour.slice_parts import cut_texts, possible_cuts
from trust_core.domain.attributions import Explanation
from trust_core.domain.report import SliceReport
from trust_core.domain.slicing import AUTO, NONE
from trust_core.domain.spec import Spec
from trust_core.domain.texts import TextSet
from trust_core.pipeline.measuring import CandidateResults, ModelResults
from trust_core.pipeline.slicing import ExplainedTexts, PairOnTexts, slice_report

EARLY = (
    "This run may have stopped as soon as its reasons were settled; the intervals of the alignment in parts "
    "of the texts do not allow for that."
)


def sliced(
    spec: Spec,
    texts: TextSet,
    reference: ModelResults,
    candidate: ModelResults,
    found: CandidateResults,
) -> SliceReport | None:
    """The figures of the parts that the spec asks for; None where it asks for none.

    With `no_texts` nothing is named that quotes a text: no columns that were not asked for by name, and no
    words that the search came upon.
    """
    if NONE in spec.slices:
        return None
    ours = reference.predictions
    row_of = {text_id: row for row, text_id in enumerate(texts.ids)}
    cut = cut_texts(
        texts.pairs,
        gold=[texts.classes[at] for at in texts.gold.tolist()] if texts.labelled else None,
        answers=[texts.classes[at] for at in ours.predicted.tolist()],
        columns=texts.metadata,
    )
    names: Sequence[str] = spec.slices
    if spec.no_texts:
        own = possible_cuts(replace(cut, columns={}))
        names = [one for name in names for one in (own if name == AUTO else [name])]
    pair = PairOnTexts(
        gold=np.asarray(texts.gold) if texts.labelled else None,
        reference=ours,
        candidate=candidate.predictions,
        explained={
            explainer: ExplainedTexts(
                rows=[row_of[text_id] for text_id in reasons.text_ids],
                adjusted=reasons.adjusted,
                halves=reasons.halves,
                budgets=Budgets(
                    _passes(reference.explanations[explainer]), _passes(candidate.explanations[explainer])
                ),
            )
            for explainer, reasons in found.reasons.items()
        },
        resamples=spec.resamples,
        seed=spec.seed,
    )
    notes = [EARLY] if spec.stop_when_settled and found.reasons else []
    return slice_report(names, cut, pair, words=not spec.no_texts, notes=notes)


def _passes(explanations: Sequence[Explanation]) -> int:
    """Samples a text, on average."""
    return round(float(np.mean([one.whole.passes for one in explanations]))) if explanations else 0
