"""From the answers of a run to the diagram that a visitor asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import streamlit as st

from trust_core.calibration.binning import bin_edges, equal_width_edges
from trust_core.calibration.diagram import (
    Band,
    BinnedClaims,
    Claims,
    binned_claims,
    binned_gap_difference,
    claims,
    smooth_curves,
)
from trust_core.calibration.spot import spot_errors
from trust_core.charts.calibration_view import CalibrationView, CurveBand, ModelBins
from trust_core.charts.isotonic_diagram import IsotonicView
from trust_core.domain.arrays import FloatArray
from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.report import MeasureRow
from trust_core.export.isotonic import isotonic_view
from trust_core.ui.compact import short_name
from trust_core.ui.reliability.answered import Answered
from trust_core.ui.reliability.bins import ChosenBin

Shape = Literal["equal-width", "equal-mass", "smooth", "isotonic"]

SHAPES: Final[dict[Shape, str]] = {
    "equal-width": "Equal width",
    "equal-mass": "Equal mass",
    "smooth": "Smooth",
    "isotonic": "Isotonic (CORP)",
}

RESAMPLES: Final = 200
"""Resamples behind bands and intervals that are computed on the spot."""

_ROUNDING: Final = 1e-12

SIMULATIONS: Final = 100
"""Simulated calibrated models behind the levels on the spot; the report's have more."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a visitor asked for.

    Attributes:
        shape: how texts are put together.
        bins: how many bins; on a smooth curve, how many markers; isotonic regression chooses its own.
        own: whether equal-mass bins are cut by each model's own quantiles.
        of_class: the class whose probability is looked at; None for the predicted class.
    """

    shape: Shape
    bins: int
    own: bool
    of_class: int | None

    @property
    def said(self) -> str:
        """The bins in words."""
        if self.shape == "isotonic":
            return "blocks of isotonic regression"
        if self.shape == "smooth":
            return f"smooth curves, {self.bins} intervals of texts"
        if self.shape == "equal-width":
            return f"{self.bins} bins of equal width"
        return f"{self.bins} bins of equal mass, " + ("each model's own" if self.own else "the same for both")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A diagram with what belongs to it.

    Attributes:
        view: what is drawn.
        points: the bin behind every point that can be clicked, in their order.
        counts: how many texts are in each of them.
        errors: the calibration errors at these bins; none for blocks of isotonic regression, which are chosen
            by the very errors.
    """

    view: CalibrationView | IsotonicView
    points: tuple[ChosenBin, ...]
    counts: tuple[int, ...]
    errors: tuple[MeasureRow, ...]


def drawn(found: Answered, wanted: Wanted, *, version: str, chosen: int | None) -> Drawn:
    """The diagram of these answers; computed once for each choice, shared by all visitors.

    Args:
        found: the answers.
        wanted: the choice.
        version: of the results.
        chosen: names the texts that are looked at; None for all.
    """
    return _drawn(found, wanted, version, found.candidate.model, chosen, str(wanted))


@st.cache_resource(max_entries=64, show_spinner=False)
def _drawn(
    _found: Answered, _wanted: Wanted, version: str, candidate: str, chosen: int | None, wanted: str
) -> Drawn:
    del version, candidate, chosen, wanted
    return draw(_found, _wanted)


def draw(found: Answered, wanted: Wanted) -> Drawn:
    """The diagram of these answers."""
    models = (found.reference, found.candidate)
    says = [claims(model, found.gold, of_class=wanted.of_class) for model in models]
    target = None if wanted.of_class is None else found.reference.classes[wanted.of_class]
    if wanted.shape == "isotonic":
        names = (short_name(models[0].model), short_name(models[1].model))
        blocks = isotonic_view((says[0], says[1]), names, seed=found.seed, target=target)
        return Drawn(blocks, _points(blocks, wanted), _counts(blocks), ())
    edges, pooled = _edges(says, wanted)
    binned = [binned_claims(claim, ends) for claim, ends in zip(says, edges, strict=True)]
    resamples = found.resamples(RESAMPLES)
    curves: tuple[Band | None, Band | None] = (None, None)
    if wanted.shape == "smooth":
        *both, difference = smooth_curves(says[0], says[1], resamples=resamples)
        curves = both[0], both[1]
    else:
        _, difference = binned_gap_difference(says[0], says[1], pooled, resamples=resamples)
    bins = (
        _model_bins("reference", short_name(models[0].model), binned[0], curves[0]),
        _model_bins("candidate", short_name(models[1].model), binned[1], curves[1]),
    )
    errors = spot_errors(
        found.gold,
        models,
        (says[0], says[1]),
        edges=None if wanted.shape == "smooth" else (edges[0], edges[1]),
        resamples=resamples,
        simulations=SIMULATIONS,
    )
    view = CalibrationView(
        bins,
        _curve(difference),
        confidence="confidence" if target is None else f"probability of {target}",
        rate="accuracy" if target is None else f"share of {target}",
        binning=wanted.said,
    )
    return Drawn(
        view=view,
        points=_points(view, wanted),
        counts=_counts(view),
        errors=tuple(MeasureRow.of_measure(one, CATALOGUE[one.key].unit) for one in errors),
    )


def _points(view: CalibrationView | IsotonicView, wanted: Wanted) -> tuple[ChosenBin, ...]:
    """The bin behind every point that can be clicked."""
    return tuple(
        ChosenBin(model.of, wanted.of_class, _written(model.left[at]), _written(model.right[at]))
        for model, at in view.points
    )


def _counts(view: CalibrationView | IsotonicView) -> tuple[int, ...]:
    """How many texts are in each of them."""
    return tuple(int(model.count[at]) for model, at in view.points)


def _written(end: float) -> float:
    """The end of a bin as an address shows it: .6 instead of the .6000000000000001 of a tenth times six."""
    short = round(float(end), 6)
    return short if abs(short - float(end)) < _ROUNDING else float(end)


def _edges(says: list[Claims], wanted: Wanted) -> tuple[list[FloatArray], FloatArray]:
    """Ends of each model's bins, and those of the bins in which they are compared."""
    if wanted.shape != "equal-mass":
        shared = equal_width_edges(wanted.bins)
        return [shared, shared], shared
    pooled = bin_edges("equal-mass", np.concatenate([claim.probability for claim in says]), wanted.bins)
    if not wanted.own:
        return [pooled, pooled], pooled
    return [bin_edges("equal-mass", claim.probability, wanted.bins) for claim in says], pooled


def _model_bins(
    of: Literal["reference", "candidate"], name: str, binned: BinnedClaims, curve: Band | None
) -> ModelBins:
    """The bins of one model that hold texts."""
    used = binned.count > 0
    return ModelBins(
        of=of,
        name=name,
        left=binned.edges[:-1][used],
        right=binned.edges[1:][used],
        count=binned.count[used],
        said=binned.said[used],
        came=binned.came[used],
        low=binned.low[used],
        high=binned.high[used],
        curve=None if curve is None else _curve(curve),
    )


def _curve(band: Band) -> CurveBand:
    return CurveBand(band.at, band.value, band.low, band.high)
