"""How sure both models are of each text, as points that open their text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import streamlit as st

from trust_core.charts.confidence_scatter import confidence_alt, confidence_scatter, confidence_table
from trust_core.charts.text_points import CLICKED, Outcome, TextPoints
from trust_core.stats.seeds import derived_rng
from trust_core.ui import chart, state
from trust_core.ui.compact import short_name
from trust_core.ui.reliability.answered import Answered
from trust_core.ui.run_view import RunView

MOST: Final = 1500
"""Points that are drawn; more would be slow to draw and cover each other."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """Points with the ids of their texts, and how many texts there are in all."""

    points: TextPoints
    ids: tuple[str, ...]
    moved: int
    total: int


def sampled(found: Answered, *, version: str, chosen: int | None) -> Sampled:
    """The points of these answers; computed once, shared by all visitors."""
    return _sampled(found, version, found.candidate.model, chosen)


@st.cache_resource(max_entries=16, show_spinner=False)
def _sampled(_found: Answered, version: str, candidate: str, chosen: int | None) -> Sampled:
    del version, candidate, chosen
    return sample(_found)


def sample(found: Answered, most: int = MOST) -> Sampled:
    """All texts, or of more than `most` a seeded sample that keeps changed outcomes as far as half of it."""
    outcomes = _outcomes(found)
    n = len(outcomes)
    moved = np.array([outcome in ("negative", "positive", "changed") for outcome in outcomes], dtype=np.bool_)
    rows = np.arange(n)
    if n > most:
        rng = derived_rng(found.seed, "ui", "scatter", str(n))
        first, second = rng.permutation(np.flatnonzero(moved)), rng.permutation(np.flatnonzero(~moved))
        kept = max(most // 2, most - len(second))
        first = first[:kept]
        rows = np.sort(np.concatenate([first, second[: most - len(first)]]))
    ids = tuple(found.reference.ids[row] for row in rows)
    points = TextPoints(
        found.reference.confidence[rows],
        found.candidate.confidence[rows],
        tuple(outcomes[row] for row in rows),
        ids,
    )
    return Sampled(points, ids, int(moved.sum()), n)


def _outcomes(found: Answered) -> list[Outcome]:
    a, b = found.reference.predicted, found.candidate.predicted
    if not found.labelled:
        return ["same" if same else "changed" for same in (a == b).tolist()]
    right_a, right_b = a == found.gold, b == found.gold
    names: tuple[Outcome, ...] = ("both right", "negative", "positive", "both wrong")
    codes = np.where(right_a, np.where(right_b, 0, 1), np.where(right_b, 2, 3))
    return [names[code] for code in codes.tolist()]


def scatter_section(view: RunView, found: Answered, *, chosen: int | None) -> None:
    """The chart; a click opens the text."""
    st.subheader("How sure is each model of the same text?", anchor=False)
    shown = sampled(found, version=view.version, chosen=chosen)
    drawn = len(shown.points)
    if drawn < shown.total:
        moved = sum(one in ("negative", "positive", "changed") for one in shown.points.outcomes)
        st.caption(
            f"{drawn:,} of {shown.total:,} texts are drawn: {moved:,} of the {shown.moved:,} whose outcome "
            "changed, and a seeded sample of the others: changes look more frequent than they are. Click a "
            "point to open its text."
        )
    else:
        st.caption(f"All {drawn:,} texts. Click a point to open its text.")

    def opened(points: tuple[int, ...]) -> None:
        if points:
            state.open_text(shown.ids[points[0]])

    names = (short_name(found.reference.model), short_name(found.candidate.model))
    chart.show(
        lambda theme: confidence_scatter(shown.points, names, theme=theme),
        alt=confidence_alt(shown.points),
        table=confidence_table(shown.points),
        key=f"scatter-{view.id}-{found.candidate.model}-{chosen}",
        on_select=opened,
        trace=CLICKED,
    )
