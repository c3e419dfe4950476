"""What the comparison meets before it runs: models, labels, texts, cost, and what it can settle."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from trust_core.domain.preflight import ModelCheck, PreflightReport
from trust_core.domain.spec import Spec
from trust_core.errors import TrustError
from trust_core.export.figure_text import NO_FIGURE, duration
from trust_core.ui import messages, visitor
from trust_core.ui.setup.planning_panel import planning_panel

_FOUND: Final = "setup-preflight"


def preflight_panel(spec: Spec) -> None:
    """A button that looks at models and texts without running them, and what it found."""
    asked = spec.model_dump_json()
    if st.button(
        "Check first",
        key="setup-check",
        disabled=visitor.read_only(),
        help="Reads models and texts without running them, and matches their labels.",
    ):
        with st.spinner("Reading models and texts"):
            try:
                visitor.demand_change()
                found = visitor.web().check(spec, owner=visitor.owner())
            except TrustError as error:
                messages.refusal(str(error))
                return
        st.session_state[_FOUND] = (asked, found)
    known = st.session_state.get(_FOUND)
    if known is not None and known[0] == asked:
        _show(spec, known[1])


def unmatched_labels() -> tuple[tuple[str, str, str], ...]:
    """Rows (whose, given name, class still to be said) where the last check found labels that do not fit."""
    known = st.session_state.get(_FOUND)
    if known is None or not any(one.kind == "LabelError" for one in known[1].problems):
        return ()
    found: PreflightReport = known[1]
    rows = [("data", name, "") for name in (found.data.labels if found.data else ())]
    rows += [(one.role, name, "") for one in found.models for name in one.labels]
    return tuple(dict.fromkeys(rows))


def _show(spec: Spec, found: PreflightReport) -> None:
    for problem in found.problems:
        messages.refusal("\n".join(part for part in (problem.what, problem.allowed, problem.remedy) if part))
    if found.ok:
        st.success("Models, labels and texts fit together.")
    for note in found.notes:
        st.text(note)
    if found.models:
        st.dataframe(
            pd.DataFrame([_model_row(one) for one in found.models]),
            hide_index=True,
            key="preflight-models",
        )
    if found.data is not None:
        data = found.data
        counts = ", ".join(f"{name}: {count:,}" for name, count in data.class_counts.items())
        st.text(
            f"{data.predicted:,} of {data.n:,} texts are predicted, {data.explained:,} explained. {counts}"
        )
        for note in data.notes:
            st.text(note)
    if found.cost is not None:
        st.text(f"It will take about {duration(found.cost.seconds)}, going by {found.cost.basis}.")
    if found.data is not None:
        planning_panel(spec, found.data)


def _model_row(one: ModelCheck) -> dict[str, str]:
    return {
        "Model": one.name,
        "Role": one.role,
        "Architecture": one.architecture or NO_FIGURE,
        "Its labels": ", ".join(one.labels),
        "Parameters": NO_FIGURE if one.parameters is None else f"{one.parameters / 1e6:.1f} million",
        "Size": NO_FIGURE if one.size_bytes is None else f"{one.size_bytes / 1e6:.0f} MB",
        "Longest input": f"{one.max_length} tokens",
        "Texts cut": NO_FIGURE if one.truncated_share is None else f"{one.truncated_share:.1%}",
        "Licence": one.licence or NO_FIGURE,
        "Revision": one.revision or NO_FIGURE,
    }
