"""The joint map with its counts, and the spread with the texts at its percentiles."""

from __future__ import annotations

from typing import Any, Final, cast

import numpy as np
import pandas as pd
import streamlit as st

from trust_core.charts.alignment_spread import Spread, alignment_spread, spread_alt, spread_table
from trust_core.charts.joint_map import JointMap, joint_alt, joint_map, joint_table
from trust_core.charts.text_points import CLICKED, Outcome, TextPoints
from trust_core.report.criteria import explainer_title
from trust_core.stats.intervals import wilson_interval
from trust_core.ui import chart, state
from trust_core.ui.compact import small_table
from trust_core.ui.messages import escape_markdown, user_text
from trust_core.ui.reasons.explained import Explained, top_words
from trust_core.ui.run_view import RunView

PERCENTILES: Final = (10, 50, 90)

_LONGEST: Final = 60

NOISE_LEFT: Final = (
    "Of single texts chance is taken out, the explainer's noise is not, so they lie lower than S."
)
"""Why the alignment of single texts is not on the scale of S."""


def sampled(view: RunView, candidate: str, explainer: str) -> bool:
    """Whether this explainer has noise of its own: its weights would not all repeat themselves."""
    return any(
        row.key == "self_agreement" and row.explainer == explainer and not row.exact
        for row in view.candidate(candidate).measures
    )


def joint_of(found: Explained, explainer: str, border: float) -> JointMap:
    """The map of the texts that this explainer could compare."""
    frame = found.compared(explainer)
    labels = frame["text_a"] if "text_a" in frame else frame["id"]
    outcomes = [cast("Outcome", "same" if flip == "none" else flip) for flip in frame["flip"]]
    points = TextPoints(
        frame["shift"].to_numpy(dtype=np.float64),
        found.alignment(explainer),
        tuple(outcomes),
        tuple(_short(str(label)) for label in labels),
    )
    return JointMap(points, border, explainer_title(explainer))


def joint_section(
    view: RunView, candidate: str, found: Explained, explainer: str, *, chosen: int | None
) -> None:
    """The map, its four fields counted, and a way to the texts of the field that matters."""
    st.subheader("Same answer, same reasons?", anchor=False)
    left, right = st.columns([3, 2], gap="large")
    with right:
        border = st.slider(
            "Reasons count as different below an alignment of",
            0.0,
            1.0,
            0.5,
            0.05,
            key="reasons-border",
            persist_state="session",
            help="0 is chance, 1 the same words: below 0.5 a text is nearer to chance.",
        )
    joint = joint_of(found, explainer, float(border))
    ids = found.compared(explainer)["id"].astype(str).tolist()

    def opened(points: tuple[int, ...]) -> None:
        if points:
            state.open_text(ids[points[0]])

    with left:
        chart.show(
            lambda theme: joint_map(joint, theme=theme),
            alt=joint_alt(joint),
            table=joint_table(joint),
            key=f"joint-{view.id}-{candidate}-{explainer}-{border}-{chosen}",
            on_select=opened,
            trace=CLICKED,
        )
        st.caption("Each point is a text. Click one to open it.")
    with right:
        _fields(joint, ids, candidate, noisy=sampled(view, candidate, explainer))


def field_frame(joint: JointMap) -> pd.DataFrame:
    """Texts in the four fields, each with its share and a Wilson interval."""
    same = np.array([outcome == "same" for outcome in joint.points.outcomes], dtype=np.bool_)
    apart = joint.points.y < joint.border
    n = len(joint.points)
    rows = []
    for name, answers in (("same answer", same), ("another answer", ~same)):
        cells = [int((answers & reasons).sum()) for reasons in (~apart, apart)]
        rows.append(
            {"": name, "similar reasons": _share(cells[0], n), "different reasons": _share(cells[1], n)}
        )
    return pd.DataFrame(rows)


def _share(events: int, n: int) -> str:
    if n == 0:
        return "0"
    low, high = (float(end) for end in wilson_interval(np.array(float(events)), np.array(float(n))))
    return f"{events:,} ({100 * events / n:.0f} %, {100 * low:.0f} to {100 * high:.0f} %)"


def _fields(joint: JointMap, ids: list[str], candidate: str, *, noisy: bool) -> None:
    small_table(field_frame(joint), alt="Texts by answer and reasons")
    st.caption(
        f"Of {len(joint.points):,} texts compared by {escape_markdown(joint.explainer)}; 95 % intervals "
        "(Wilson)."
    )
    quadrant = [
        name
        for name, outcome, y in zip(ids, joint.points.outcomes, joint.points.y.tolist(), strict=True)
        if outcome == "same" and y < joint.border
    ]
    st.markdown(
        f"**Same answer, different reasons: {len(quadrant):,} texts.** Agreement of answers does not show "
        f"them: {_why_apart(joint.explainer, noisy=noisy)}"
    )
    st.button(
        "Choose these texts",
        disabled=not quadrant,
        on_click=state.filter_texts,
        args=(quadrant, f"{candidate}, same answer and {joint.explainer} alignment below {joint.border:.2f}"),
        help="Choose them on all pages, the Text inspector among them.",
    )


def _why_apart(explainer: str, *, noisy: bool) -> str:
    """What different reasons for the same answer can come from."""
    if noisy:
        return (
            "the candidate may come to the reference's answer by other words; some of these texts may differ "
            f"by {escape_markdown(explainer)}'s own noise alone."
        )
    return "the candidate comes to the reference's answer by other words."


def spread_section(
    view: RunView, candidate: str, found: Explained, explainer: str, *, chosen: int | None
) -> None:
    """The spread of the alignment by every explainer, and real texts at three percentiles."""
    st.subheader("How alike are the reasons of single texts?", anchor=False)
    spreads = tuple(Spread(explainer_title(name), found.alignment(name)) for name in found.explainers)
    chart.show(
        lambda theme: alignment_spread(spreads, theme=theme),
        alt=spread_alt(spreads),
        table=spread_table(spreads),
        key=f"spread-{view.id}-{candidate}-{chosen}",
    )
    if any(sampled(view, candidate, name) for name in found.explainers):
        st.caption(NOISE_LEFT)
    words = top_words(view, candidate, explainer)
    for column, percentile in zip(st.columns(len(PERCENTILES)), PERCENTILES, strict=True):
        with column, st.container(border=True, height="stretch"):
            _example(found, explainer, percentile, words)


def example_at(found: Explained, explainer: str, percentile: int) -> dict[str, Any]:
    """The text at a percentile of the alignment; of equals, the first by id."""
    column = f"alignment_{explainer}"
    frame = found.compared(explainer).sort_values([column, "id"], kind="stable")
    return cast("dict[str, Any]", frame.iloc[round((len(frame) - 1) * percentile / 100)].to_dict())


def _example(found: Explained, explainer: str, percentile: int, words: pd.DataFrame) -> None:
    row = example_at(found, explainer, percentile)
    name = str(row["id"])
    st.markdown(
        f"**{percentile}th percentile**: {explainer_title(explainer)} alignment "
        f"{row[f'alignment_{explainer}']:.2f}"
    )
    for part in ("text_a", "text_b"):
        if isinstance(row.get(part), str):
            user_text(str(row[part]))
    if name in words.index:
        for title in words.columns:
            st.caption(f"{title.capitalize()}: {escape_markdown(str(words.at[name, title])) or '–'}")
    st.button("Open this text", key=f"open-{percentile}", on_click=state.open_text, args=(name,))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
