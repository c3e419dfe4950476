"""The token heatmap: words coloured by weight, hover-linked over all panes; only clicks reach Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import streamlit as st

from trust_core.ui.places import ASSETS

_COMPONENT: Final = st.components.v2.component(
    "token_heatmap",
    html='<div class="token-heatmap"></div>',
    css=(ASSETS / "token_heatmap.css").read_text(encoding="utf-8"),
    js=(ASSETS / "token_heatmap.js").read_text(encoding="utf-8"),
)


def token_heatmap(
    data: Mapping[str, Any], *, key: str, on_click: Callable[[int], None] | None = None
) -> None:
    """Draw the words and report clicks on them.

    Args:
        data: see `inspector.heat.heatmap_data` and `word_switches`.
        key: of the component.
        on_click: called before the next run with the unit that was clicked; None where clicks do nothing.
    """

    def clicked() -> None:
        event = st.session_state[key].get("clicked")
        # A click on words that have been replaced meanwhile is of no use.
        if (
            on_click is not None
            and isinstance(event, Mapping)
            and event.get("of") == data["of"]
            and _is_unit(event.get("unit"), data)
        ):
            on_click(int(event["unit"]))

    _COMPONENT(key=key, data={**data, "keeps": on_click is not None}, on_clicked_change=clicked)


def _is_unit(unit: object, data: Mapping[str, Any]) -> bool:
    return isinstance(unit, (int, float)) and 0 <= int(unit) < len(data["units"])
