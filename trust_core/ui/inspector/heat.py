"""The heatmap of one text as numbers: weights, ranks, top sets and differences of both models."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from trust_core.alignment.difference import difference_noise
from trust_core.alignment.ranking import choose_k, rank_words
from trust_core.domain.arrays import BoolArray, FloatArray, IntArray, locked_floats
from trust_core.report.criteria import explainer_title
from trust_core.ui.inspector.units import Units

LEAST_R2: Final = 0.5
"""Below this local R2, LIME's weights explain less than half of what its samples showed."""

LARGEST_GAP: Final = 0.01
"""Above this additivity gap, SHAP's weights do not add up to the answer that they explain."""

ROUNDING: Final = 1e-6
"""Differences below this are rounding, whatever the explainer."""

ONLY_REFERENCE, ONLY_CANDIDATE, BOTH = 1, 2, 3
"""Whose top set a unit is in."""


@dataclass(frozen=True, slots=True)
class ModelWeights:
    """What one explainer says of one model, one text and one class.

    Attributes:
        whole: (w,) the weights that are shown.
        halves: (w,) weights of the two independent halves; None for an explainer without sampling noise.
        base: the model's output without any word.
        fidelity: local R2 (LIME) or additivity gap (SHAP).
    """

    whole: FloatArray
    halves: tuple[FloatArray, FloatArray] | None
    base: float
    fidelity: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "whole", locked_floats(self.whole))

    @property
    def split(self) -> tuple[FloatArray, FloatArray]:
        """The halves; without sampling noise, the whole twice."""
        return self.halves or (self.whole, self.whole)


@dataclass(frozen=True, slots=True)
class Reasons:
    """What one explainer says of both models."""

    explainer: str
    reference: ModelWeights
    candidate: ModelWeights

    @property
    def sides(self) -> tuple[ModelWeights, ModelWeights]:
        """Reference, candidate."""
        return self.reference, self.candidate


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One explainer's row of the heatmap, by unit.

    Attributes:
        reasons: what it is made of.
        values: (u,) weights of reference and candidate, and candidate minus reference.
        halves: weights of both halves, or None, of reference and candidate.
        ranks: (u,) place in the order of weight, from 1; 0 without weight.
        top: (u,) 0, or ONLY_REFERENCE, ONLY_CANDIDATE, BOTH.
        k: size of the top sets; 0 where the text is too short for any.
        noise: half-width of the differences' noise; None without sampling noise.
        within: (u,) whether the difference lies within it.
    """

    reasons: Reasons
    values: tuple[FloatArray, FloatArray, FloatArray]
    halves: tuple[tuple[FloatArray, FloatArray] | None, tuple[FloatArray, FloatArray] | None]
    ranks: tuple[IntArray, IntArray]
    top: IntArray
    k: int
    noise: float | None
    within: BoolArray

    @property
    def title(self) -> str:
        """The explainer's name for people."""
        return explainer_title(self.reasons.explainer)


def heat_row(
    reasons: Reasons, units: Units, *, text_id: str, k_fraction: float, k_fixed: int | None
) -> HeatRow:
    """One explainer's row for a text.

    Args:
        reasons: weights of both models.
        units: the pieces that the text is coloured by.
        text_id: what ties in the order are broken by, as in the report.
        k_fraction: share of the units that a top set holds.
        k_fixed: size of the top sets where it is fixed; of words, not of sentences.
    """
    wholes = [units.summed(side.whole) for side in reasons.sides]
    same = np.array_equal(wholes[0], wholes[1])
    roles = ("reference", "reference" if same else "candidate")
    orders = [
        rank_words(weights, tie_key=(text_id, role, "all"))
        for weights, role in zip(wholes, roles, strict=True)
    ]
    size = choose_k(len(units), fraction=k_fraction, fixed=k_fixed if units.kind == "word" else None)
    k = size if size < len(units) else 0
    top = np.zeros(len(units), dtype=np.int64)
    for order, mark in zip(orders, (ONLY_REFERENCE, ONLY_CANDIDATE), strict=True):
        top[order[:k]] += mark
    difference = wholes[1] - wholes[0]
    noise = None
    if any(side.halves for side in reasons.sides):
        parts = [[units.summed(half) for half in side.split] for side in reasons.sides]
        noise = difference_noise(parts[1][0] - parts[0][0], parts[1][1] - parts[0][1])
    return HeatRow(
        reasons=reasons,
        values=(wholes[0], wholes[1], difference),
        halves=(_halves(reasons.reference, units), _halves(reasons.candidate, units)),
        ranks=(_ranks(orders[0], len(units)), _ranks(orders[1], len(units))),
        top=top,
        k=k,
        noise=noise,
        within=np.abs(difference) <= max(noise or 0.0, ROUNDING),
    )


def shared_limits(*heatmaps: Sequence[HeatRow]) -> list[float]:
    """The heaviest unit of each row over several heatmaps with the same explainers."""
    return [
        max(
            (float(np.abs(values).max(initial=0.0)) for row in rows for values in row.values[:2]), default=0.0
        )
        for rows in zip(*heatmaps, strict=True)
    ]


def fit_text(explainer: str, fidelity: float) -> tuple[str, bool]:
    """How well an explanation fits its model, and whether that is poor."""
    if explainer == "lime":
        if math.isnan(fidelity):
            return "fit known for single classes alone", False
        return f"local R² {fidelity:.2f}", fidelity < LEAST_R2
    return f"adds up to within {abs(fidelity):.3f}", abs(fidelity) > LARGEST_GAP


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a heatmap is drawn.

    Attributes:
        models: names of reference and candidate.
        classes: the class that each one's weights speak for.
        shared_scale: one colour scale for both models, or each model's own.
        difference: whether the differences are drawn.
    """

    models: tuple[str, str]
    classes: tuple[str, str]
    shared_scale: bool = True
    difference: bool = True


def heatmap_data(
    rows: Sequence[HeatRow],
    units: Units,
    drawing: Drawing,
    *,
    of: str,
    chosen: int | None = None,
    limits: Sequence[float] | None = None,
    cuts: Sequence[Sequence[Sequence[int]]] = (),
) -> dict[str, Any]:
    """What the heatmap component draws.

    Args:
        rows: one an explainer.
        units: the pieces of the text.
        drawing: how they are drawn.
        of: what is shown, sent back with every click so that a late click on another text is known.
        chosen: the unit that a click has kept.
        limits: the weight that takes the strongest colour, one a row, where several heatmaps share their
            colours; None takes the heaviest unit of the row.
        cuts: of reference and candidate, where each word is cut into tokens; empty to leave words whole.
    """
    return {
        **units.shown(),
        "mode": "read",
        "models": list(drawing.models),
        "classes": list(drawing.classes),
        "shared": drawing.shared_scale,
        "difference": drawing.difference,
        "rows": [
            {**_row(row, units), "limit": limits[at] if limits else None} for at, row in enumerate(rows)
        ],
        "of": of,
        "cuts": [[list(word) for word in model] for model in cuts],
        "chosen": -1 if chosen is None else chosen,
    }


def weight_table(rows: Sequence[HeatRow], units: Units, *, models: tuple[str, str]) -> pd.DataFrame:
    """The numbers of the heatmap: one row a unit and explainer."""
    frames = []
    for row in rows:
        columns: dict[str, Any] = {
            "explainer": row.title,
            units.kind: list(units.names),
            "place": list(units.places),
        }
        for index, name in enumerate(models):
            columns[name] = row.values[index]
            columns[f"{name}, rank"] = [int(rank) or None for rank in row.ranks[index]]
            halves = row.halves[index]
            columns[f"{name}, first half"] = halves[0] if halves else None
            columns[f"{name}, second half"] = halves[1] if halves else None
        columns["difference"] = row.values[2]
        columns["within the noise"] = row.within
        columns["top of"] = [("", "reference", "candidate", "both")[mark] for mark in row.top]
        frames.append(pd.DataFrame(columns))
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()


def _halves(side: ModelWeights, units: Units) -> tuple[FloatArray, FloatArray] | None:
    if side.halves is None:
        return None
    return units.summed(side.halves[0]), units.summed(side.halves[1])


def _ranks(order: IntArray, count: int) -> IntArray:
    """(u,) the place of each unit in an order, from 1; 0 for those that are not in it."""
    ranks = np.zeros(count, dtype=np.int64)
    ranks[order] = np.arange(1, len(order) + 1)
    return ranks


def _row(row: HeatRow, units: Units) -> dict[str, Any]:
    notes = [f"top {row.k} of {len(units)} {units.kind}s" if row.k else "too short for a top set"]
    notes.append("no sampling noise" if row.noise is None else f"noise of a difference ±{row.noise:.3f}")
    details = []
    for side in row.reasons.sides:
        text, poor = fit_text(row.reasons.explainer, side.fidelity)
        base = f"base value {side.base:.2f}".replace("-", "−")
        details.append({"fit": f"poor fit: {text}" if poor else text, "poor": poor, "base": base})
    return {
        "label": row.title,
        "notes": notes,
        "details": details,
        "values": [_rounded(values) for values in row.values],
        "halves": [halves and [_rounded(half) for half in halves] for halves in row.halves],
        "ranks": [ranks.tolist() for ranks in row.ranks],
        "top": row.top.tolist(),
        "within": row.within.tolist(),
        "noise": row.noise,
    }


def _rounded(values: FloatArray) -> list[float]:
    """Numbers for the browser: six digits are more than it shows."""
    rounded: list[float] = np.round(values, 6).tolist()
    return rounded
