"""Two classes against each other: which words speak for the reference's answer and not for the candidate's.

LIME and SHAP are linear in what they explain, so the weights of p_a - p_b are those of a less those of b.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from trust_core.ui.inspector.heat import ModelWeights, Reasons
from trust_core.ui.inspector.stored import StoredText

CONTRAST: Final = "\0contrast"
"""The choice of class that sets both models' answers against each other; no class is called so."""

LABEL: Final = "the reference's answer against the candidate's"

HELP: Final = (
    "Where the models answer differently, one class can be set against the other: the weights then explain "
    "the probability of the reference's answer minus that of the candidate's, for both models. A word above "
    "0 speaks for the reference's answer, one below 0 for the candidate's."
)


def contrast_classes(text: StoredText) -> tuple[str, str] | None:
    """The reference's answer and the candidate's, where they differ."""
    ours, theirs = text.reference.predicted, text.candidate.predicted
    return None if ours == theirs else (ours, theirs)


def contrasted(first: Sequence[Reasons], second: Sequence[Reasons]) -> list[Reasons]:
    """The weights of one class less those of another, by explainer.

    Args:
        first: both models' weights for one class.
        second: likewise for the other class, from the same samples; explainers that are missing in either
            are left out.
    """
    others = {one.explainer: one for one in second}
    return [
        Reasons(
            one.explainer,
            _less(one.reference, others[one.explainer].reference, one.explainer),
            _less(one.candidate, others[one.explainer].candidate, one.explainer),
        )
        for one in first
        if one.explainer in others
    ]


def said(classes: tuple[str, str]) -> str:
    """The contrast as the heatmap names it."""
    return f"{classes[0]} − {classes[1]}"


def _less(first: ModelWeights, second: ModelWeights, explainer: str) -> ModelWeights:
    halves = None
    if first.halves is not None and second.halves is not None:
        halves = (first.halves[0] - second.halves[0], first.halves[1] - second.halves[1])
    return ModelWeights(
        whole=first.whole - second.whole,
        halves=halves,
        base=first.base - second.base,
        # An additivity gap is linear as well; how well LIME's lines fit the difference was not kept.
        fidelity=math.nan if explainer == "lime" else first.fidelity - second.fidelity,
    )
