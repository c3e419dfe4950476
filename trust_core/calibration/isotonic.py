"""The CORP reliability diagram: claims corrected by isotonic regression, and where chance would put them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, Int
from scipy.optimize import isotonic_regression

from trust_core.calibration.diagram import Claims
from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import LEVEL

SIMULATIONS: Final = 200
"""Simulated calibrated models behind a band."""

_PLACES: Final = 64
"""A band is worked out at so many places of equal distance, and at as many quantiles of the claims."""

_SAME: Final = 1e-12
"""Corrected probabilities that differ by less are one block: sums were added in another order."""

_CELLS: Final = 500_000
"""Outcomes simulated at a time."""


@dataclass(frozen=True, slots=True)
class IsotonicCurve:
    """A model's claims corrected by isotonic regression: v blocks of claims that become one probability each.

    Attributes:
        edges: (v + 1,) ends of the blocks, from 0 to 1: halfway between the claims on either side.
        at, value: (m,) corners of the curve, from claim to corrected claim: level inside a block, rising
            between two; nothing is drawn beyond the claims themselves.
        places: (g,) claims at which the band is known.
        low, high: (g,) consistency band: where the curves of 95 % of calibrated models lie there.
    """

    edges: FloatArray
    at: FloatArray
    value: FloatArray
    places: FloatArray
    low: FloatArray
    high: FloatArray


def isotonic_curve(
    model: Claims, *, rng: np.random.Generator, simulations: int = SIMULATIONS
) -> IsotonicCurve:
    """The reliability curve that needs no choice of bins, with its consistency band.

    The curve is the rising function of the claims that is nearest to what came, by squared error
    (pool-adjacent-violators). Its blocks are bins that the texts themselves choose. For the band, outcomes
    are drawn from the claims as if each were right, and the regression is repeated on them: 95 % of the
    curves, place by place. A curve outside the band speaks against calibration.

    Source: Dimitriadis, Gneiting and Jordan 2021 (CORP), with the claims held fixed where they are resampled
    there. Agrees with scikit-learn's isotonic regression.

    Args:
        model: the claims of at least one text.
        rng: draws the outcomes.
        simulations: how many calibrated models are drawn.
    """
    levels, place, mass = np.unique(model.probability, return_inverse=True, return_counts=True)
    fitted = _fitted(np.bincount(place, weights=model.came), mass)
    starts = np.flatnonzero(np.append(True, np.diff(fitted) > _SAME))
    ends = np.append(starts[1:], len(levels)) - 1
    places = np.unique(
        np.concatenate(
            [
                np.linspace(levels[0], levels[-1], _PLACES),
                np.quantile(model.probability, np.linspace(0, 1, _PLACES)),
            ]
        )
    )
    low, high = _band(levels, mass, places, rng=rng, simulations=simulations)
    return IsotonicCurve(
        edges=np.concatenate([[0.0], _between(levels[ends[:-1]], levels[starts[1:]]), [1.0]]),
        at=np.column_stack([levels[starts], levels[ends]]).ravel(),
        value=np.repeat(fitted[starts], 2),
        places=places,
        low=low,
        high=high,
    )


def _fitted(hits: Float[np.ndarray, " u"], mass: Int[np.ndarray, " u"]) -> FloatArray:
    """(u,) the isotonic fit to the share of hits at every level of the claims."""
    found: FloatArray = isotonic_regression(hits / mass, weights=mass.astype(np.float64)).x
    return found


def _between(left: Float[np.ndarray, " e"], right: Float[np.ndarray, " e"]) -> FloatArray:
    """Halfway between neighbours; the left one where rounding leaves nothing between them."""
    middle = (left + right) / 2
    return np.where(middle < right, middle, left)


def _band(
    levels: Float[np.ndarray, " u"],
    mass: Int[np.ndarray, " u"],
    places: Float[np.ndarray, " g"],
    *,
    rng: np.random.Generator,
    simulations: int,
) -> tuple[FloatArray, FloatArray]:
    """(g,) limits of the curves of calibrated models with these claims."""
    claims, starts = np.repeat(levels, mass), np.append(0, np.cumsum(mass)[:-1])
    rows = max(1, _CELLS // len(claims))
    curves = np.empty((simulations, len(places)))
    for start in range(0, simulations, rows):
        block = curves[start : start + rows]
        came = (rng.random((len(block), len(claims))) < claims).astype(np.float64)
        hits = came if len(levels) == len(claims) else np.add.reduceat(came, starts, axis=1)
        for curve, drawn in zip(block, hits, strict=True):
            curve[:] = np.interp(places, levels, _fitted(drawn, mass))
    low, high = np.quantile(curves, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return low, high
