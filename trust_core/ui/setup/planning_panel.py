"""What so many texts can settle, and how many the margins need, as far as one can assume."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from trust_core.domain.preflight import DataCheck
from trust_core.domain.spec import Spec
from trust_core.export.planning_text import PLAN_COLUMNS, plan_rows
from trust_core.report.planning import DISCORDANCE, assumptions, planned_of_check
from trust_core.ui.messages import escape_markdown


def planning_panel(spec: Spec, data: DataCheck) -> None:
    """The plan of a comparison whose texts have been looked at."""
    st.markdown("**What so many texts can settle**")
    percent = st.number_input(
        "Texts that one model has right and the other wrong, in percent",
        0.1,
        99.0,
        100 * DISCORDANCE,
        0.5,
        key="setup-discordance",
        persist_state="session",
        help="An assumption: the more the two models disagree, the more texts it takes.",
    )
    discordance = percent / 100
    rows = planned_of_check(spec, data, discordance=discordance)
    if rows:
        st.dataframe(
            pd.DataFrame([list(row) for row in plan_rows(rows)], columns=list(PLAN_COLUMNS)),
            hide_index=True,
            key="preflight-plan",
        )
    for sentence in assumptions(discordance):
        st.caption(escape_markdown(sentence))
