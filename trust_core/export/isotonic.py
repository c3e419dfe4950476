"""The CORP diagram of two models' answers: data for the chart, from what both claim and what came."""

from __future__ import annotations

from typing import Final

import numpy as np

from trust_core.calibration.diagram import Claims, binned_claims
from trust_core.calibration.isotonic import isotonic_curve
from trust_core.charts.both_models import Of
from trust_core.charts.isotonic_diagram import IsotonicModel, IsotonicView
from trust_core.stats.seeds import derived_rng

_BARS: Final = 20
"""Intervals of the histogram."""

CAPTION: Final = (
    "Isotonic regression chooses the blocks itself: the rising curve that is nearest to what came (CORP: "
    "Dimitriadis, Gneiting and Jordan 2021). A point is a block, its area the number of its texts. The "
    "shaded bands show where the curves of 95 % of calibrated models with these confidences would run, place "
    "by place: outside of its band a model's curve speaks against calibration. Blocks that the texts have "
    "chosen have no honest interval of their own."
)


def isotonic_view(
    says: tuple[Claims, Claims], names: tuple[str, str], *, seed: int, target: str | None = None
) -> IsotonicView:
    """The diagram of both models; the same answers and seed give the same bands.

    Args:
        says: what reference and candidate claim.
        names: what they are called.
        seed: of the run.
        target: the class whose probability is looked at; None for the predicted class.
    """
    return IsotonicView(
        (
            _model("reference", says[0], names[0], seed),
            _model("candidate", says[1], names[1], seed),
        ),
        confidence="confidence" if target is None else f"probability of {target}",
        rate="accuracy" if target is None else f"share of {target}",
    )


def _model(of: Of, claim: Claims, name: str, seed: int) -> IsotonicModel:
    curve = isotonic_curve(claim, rng=derived_rng(seed, "calibration", "isotonic", of))
    blocks = binned_claims(claim, curve.edges)
    return IsotonicModel(
        of=of,
        name=name,
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
