"""The CORP view of the page Reliability: the diagram by isotonic regression, and the parts beside it."""

from __future__ import annotations

from typing import Final

import numpy as np
import streamlit as st

from trust_core.calibration.corp import BrierSplit, brier_split
from trust_core.calibration.diagram import Claims, binned_claims
from trust_core.calibration.isotonic import isotonic_curve
from trust_core.charts.both_models import Of
from trust_core.charts.isotonic_diagram import IsotonicModel, IsotonicView
from trust_core.domain.measures import NotMeasured
from trust_core.stats.seeds import derived_rng
from trust_core.ui.compact import short_name, small_table
from trust_core.ui.messages import escape_markdown
from trust_core.ui.reliability.answered import Answered
from trust_core.ui.reliability.mending import RESAMPLES, mending, parts_frame

_BARS: Final = 20
"""Intervals of the histogram."""

_ROLES: Final[tuple[Of, Of]] = ("reference", "candidate")

CAPTION: Final = (
    "Isotonic regression chooses the blocks itself: the rising curve that is nearest to what came (CORP: "
    "Dimitriadis, Gneiting and Jordan 2021). A point is a block, its area the number of its texts. The "
    "shaded bands show where the curves of 95 % of calibrated models with these confidences would run, place "
    "by place: outside of its band a model's curve speaks against calibration. Blocks that the texts have "
    "chosen have no honest interval of their own."
)


def isotonic_view(found: Answered, says: tuple[Claims, Claims], target: str | None) -> IsotonicView:
    """The diagram of these answers.

    Args:
        found: the answers.
        says: what both models claim.
        target: the class whose probability is looked at; None for the predicted class.
    """
    reference, candidate = (_model(found, claim, of) for claim, of in zip(says, _ROLES, strict=True))
    return IsotonicView(
        (reference, candidate),
        confidence="confidence" if target is None else f"probability of {target}",
        rate="accuracy" if target is None else f"share of {target}",
    )


def _model(found: Answered, claim: Claims, of: Of) -> IsotonicModel:
    curve = isotonic_curve(claim, rng=derived_rng(found.seed, "calibration", "isotonic", of))
    blocks = binned_claims(claim, curve.edges)
    return IsotonicModel(
        of=of,
        name=short_name(found.of(of).model),
        left=curve.edges[:-1],
        right=curve.edges[1:],
        count=blocks.count,
        said=blocks.said,
        came=blocks.came,
        at=curve.at,
        value=curve.value,
        places=curve.places,
        low=curve.low,
        high=curve.high,
        texts=np.histogram(claim.probability, bins=_BARS, range=(0, 1))[0],
    )


def corp_parts(found: Answered, of_class: int | None, *, version: str, chosen: int | None) -> None:
    """Miscalibration, discrimination and uncertainty beside the diagram.

    Args:
        found: the answers.
        of_class: the class that is looked at; None for the predicted class.
        version: of the results.
        chosen: names the texts that are looked at; None for all.
    """
    st.markdown("**Parts of the Brier score**")
    split = (
        mending(found, version=version, chosen=chosen).split
        if of_class is None
        else _class_split(found, of_class, version, found.candidate.model, chosen)
    )
    if isinstance(split, NotMeasured):
        st.caption(escape_markdown(f"Not measured: {split.reason}; needs {split.needs}."))
        return
    names = (short_name(found.reference.model), short_name(found.candidate.model))
    small_table(parts_frame(split, names), alt="Parts of the Brier score at this diagram")
    st.caption(escape_markdown(_said(found, of_class)))


def _said(found: Answered, of_class: int | None) -> str:
    """What the parts are of."""
    head = f"{len(found):,} texts; 95 % intervals (basic bootstrap, no test). The parts are those of "
    tail = "miscalibration − discrimination + uncertainty is "
    if of_class is None:
        return (
            f"{head}every class against the rest, summed: {tail}the Brier score. The diagram of the "
            "predicted class is one view of them; its own uncertainty would differ between the models."
        )
    name = found.reference.classes[of_class]
    return f"{head}the class {name} against the rest: {tail}the mean squared error of its probability."


@st.cache_resource(max_entries=32, show_spinner=False)
def _class_split(
    _found: Answered, of_class: int, version: str, candidate: str, chosen: int | None
) -> BrierSplit | NotMeasured:
    del version, candidate, chosen
    return class_split(_found, of_class)


def class_split(found: Answered, of_class: int) -> BrierSplit | NotMeasured:
    """The parts of one class against the rest."""
    # One column, and class 0 of it where the class came.
    return brier_split(
        np.where(found.gold == of_class, 0, 1),
        found.reference.probabilities[:, [of_class]],
        found.candidate.probabilities[:, [of_class]],
        resamples=RESAMPLES,
        seed=found.seed,
    )
