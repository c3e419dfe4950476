"""Both models' probabilities of every class as bars, with the answer and what it was before an edit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import streamlit as st

from trust_core.ui.places import ASSETS

_COMPONENT: Final = st.components.v2.component(
    "probability_bars",
    html='<div class="probability-bars"></div>',
    css=(ASSETS / "probability_bars.css").read_text(encoding="utf-8"),
    js=(ASSETS / "probability_bars.js").read_text(encoding="utf-8"),
)


def bars_data(
    classes: Sequence[str],
    models: tuple[str, str],
    probabilities: tuple[Sequence[float], Sequence[float]],
    *,
    tags: Mapping[str, Collection[str]] | None = None,
    before: tuple[Sequence[float], Sequence[float]] | None = None,
    before_label: str = "",
) -> dict[str, Any]:
    """What the bars show.

    Args:
        classes: class names, k of them.
        models: names of reference and candidate.
        probabilities: k of each model.
        tags: class -> what is said of it, such as "gold label".
        before: probabilities to compare with, drawn as a mark on each bar.
        before_label: what that mark is called.
    """
    answers = [max(range(len(classes)), key=list(side).__getitem__) for side in probabilities]
    return {
        "models": list(models),
        "before": before_label,
        "rows": [
            {
                "name": name,
                "tags": list((tags or {}).get(name, ())),
                "values": [float(side[at]) for side in probabilities],
                "before": [float(side[at]) for side in before] if before else None,
                "winners": [answer == at for answer in answers],
            }
            for at, name in enumerate(classes)
        ],
    }


def probability_bars(data: Mapping[str, Any], *, key: str) -> None:
    """Draw the bars.

    Args:
        data: see `bars_data`.
        key: of the component.
    """
    _COMPONENT(key=key, data=dict(data))
