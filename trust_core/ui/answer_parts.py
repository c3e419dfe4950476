"""Part by part: the same comparison on parts of the texts, on the page Answers."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from trust_core.behaviour.slice_parts import CutTexts, Part, cut_texts, parts_of, possible_cuts
from trust_core.domain.predictions import Predictions
from trust_core.domain.report import SliceReport, SliceRow
from trust_core.domain.slicing import ANSWER, SEARCH, part_title, shortened, slice_title
from trust_core.export.frames import TEXT_COLUMNS
from trust_core.export.page_slices import CAPTION, SliceTable, slice_table
from trust_core.pipeline.slicing import ExplainedTexts, PairOnTexts, slice_rows
from trust_core.ui import state
from trust_core.ui.compared import Compared
from trust_core.ui.messages import escape_markdown
from trust_core.ui.run_view import RunView

_SEARCH: Final = "search"
"""The choice that stands for the words in the field beside it."""

_ALIGNMENT: Final = "alignment_"

_LONGEST_SEARCH: Final = 200


@state.fragment
def parts_of_texts(view: RunView, candidate: str, compared: Compared, *, chosen: int | None) -> None:
    """The worst part, what a search found, and the figures of the parts that the visitor chooses.

    Args:
        view: the run.
        candidate: whom the page is about.
        compared: the texts that are looked at.
        chosen: stands for them among other choices of texts; None: all.
    """
    st.subheader("Part by part", anchor=False)
    report = view.candidate(candidate).slices
    key = f"{view.id}-{candidate}-{len(compared.frame)}"
    if report is not None:
        _told(report, key)
    texts, possible = _cut(view.texts, compared, view.version, candidate, chosen)
    cuts = [*possible, ANSWER, *([_SEARCH] if texts.strings is not None else [])]
    left, right = st.columns(2)
    by = left.selectbox(
        "Parts by",
        cuts,
        format_func=lambda name: "Text search" if name == _SEARCH else slice_title(name),
        key="parts-by",
        persist_state="session",
    )
    if by == _SEARCH:
        words = right.text_input(
            "Texts with these words",
            key="parts-search",
            max_chars=_LONGEST_SEARCH,
            placeholder="small or capital letters alike",
        ).strip()
        if not words:
            st.caption("Write words to compare the texts that hold them with the others.")
            return
        by = f"{SEARCH}{words}"
    parts = parts_of(by or ANSWER, texts)
    if not parts:
        st.info("All of these texts are in one part.")
        return
    rows, tested, whole = _rows(view, candidate, compared, report, parts, chosen)
    _table(slice_table(rows), key=f"parts-{key}-{by}")
    said = ""
    if tested:
        family = (
            f"{tested} tested part"
            + ("" if tested == 1 else "s")
            + (" of the run, each candidate for itself" if whole else "")
        )
        said = f" p: Stuart-Maxwell, corrected by Holm for {family}."
    st.caption(escape_markdown(CAPTION + said))
    _open_part(candidate, compared, parts, key=f"open-{key}-{by}")


def _told(report: SliceReport, key: str) -> None:
    """What the run itself found."""
    for sentence in (report.worst_why, report.search_why):
        if sentence:
            st.markdown(escape_markdown(sentence))
    if report.found:
        _table(slice_table(report.found), key=f"found-{key}")
    for note in report.notes:
        st.caption(escape_markdown(note))


def _rows(
    view: RunView,
    candidate: str,
    compared: Compared,
    report: SliceReport | None,
    parts: tuple[Part, ...],
    chosen: int | None,
) -> tuple[tuple[SliceRow, ...], int, bool]:
    """The figures of parts, how many were tested, and whether these are the run's own.

    The run has them where all its texts are looked at; else they are computed here.
    """
    if report is not None and len(compared.frame) == view.report.resolved.data.predicted:
        known = {(row.by, row.name, row.n): row for row in report.rows}
        wanted = [(part.by, part.name, part.n) for part in parts]
        if all(one in known for one in wanted):
            return tuple(known[one] for one in wanted), report.tested, True
    rows, tested = _computed(view, compared, parts, view.version, candidate, parts[0].by, chosen)
    return rows, tested, False


@st.cache_data(max_entries=64, show_spinner="Comparing the parts")
def _computed(
    _view: RunView,
    _compared: Compared,
    _parts: tuple[Part, ...],
    version: str,
    candidate: str,
    by: str,
    chosen: int | None,
) -> tuple[tuple[SliceRow, ...], int]:
    """Figures of parts from the run's tables; kept by the run's version and what was chosen."""
    del version, by, chosen
    ids = _compared.frame["id"].astype(str).tolist()
    pairs = _view.pairs[_view.pairs["candidate"] == candidate].set_index("id").loc[ids]
    explained = {}
    for name in pairs.columns:
        if name.startswith(_ALIGNMENT):
            rows = np.flatnonzero(pairs[name].notna())
            if len(rows):
                values = pairs[name].to_numpy(dtype=np.float64)[rows]
                explained[name.removeprefix(_ALIGNMENT)] = ExplainedTexts(rows.tolist(), values)
    pair = PairOnTexts(
        gold=_compared.gold if _compared.labelled else None,
        reference=_predictions(_view, _view.reference, ids),
        candidate=_predictions(_view, candidate, ids),
        explained=explained,
    )
    return slice_rows(_parts, pair)


def _predictions(view: RunView, model: str, ids: list[str]) -> Predictions:
    frame = view.predictions[view.predictions["model"] == model].set_index("id").loc[ids]
    probabilities = frame[[f"p_{name}" for name in view.classes]].to_numpy(dtype=np.float64)
    return Predictions(model, tuple(ids), view.classes, probabilities)


@st.cache_resource(max_entries=16, show_spinner=False)
def _cut(
    _texts: pd.DataFrame, _compared: Compared, version: str, candidate: str, chosen: int | None
) -> tuple[CutTexts, tuple[str, ...]]:
    """The texts on the page with their words, and what they can be cut by; shared by all visitors."""
    del version, candidate, chosen
    # The data's columns come from the run's own table: beside the answers, one called "reference" is hidden.
    frame = _texts.set_index("id").loc[_compared.frame["id"]]
    pairs = None
    if "text_a" in frame:
        first = frame["text_a"].fillna("").astype(str).tolist()
        second = frame["text_b"].tolist() if "text_b" in frame else [None] * len(frame)
        pairs = [(a, b if isinstance(b, str) else None) for a, b in zip(first, second, strict=True)]
    texts = cut_texts(
        pairs,
        gold=frame["gold"].astype(str).tolist() if _compared.labelled else None,
        answers=_compared.frame["reference"].astype(str).tolist(),
        columns={
            str(name): frame[name].fillna("").astype(str).tolist()
            for name in frame.columns
            if name not in TEXT_COLUMNS
        },
    )
    return texts, possible_cuts(texts)


def _table(table: SliceTable, *, key: str) -> None:
    columns = dict(zip(table.columns, table.meanings, strict=True))
    st.dataframe(
        pd.DataFrame([list(row) for row in table.rows], columns=list(table.columns)),
        hide_index=True,
        key=key,
        column_config={
            name: st.column_config.TextColumn(help=escape_markdown(meaning), pinned=name == "Part")
            for name, meaning in columns.items()
        },
    )


def _open_part(candidate: str, compared: Compared, parts: tuple[Part, ...], *, key: str) -> None:
    """Look at the texts of one part on all pages."""
    ids = compared.frame["id"].astype(str).to_numpy()
    chosen = st.selectbox(
        "Look at the texts of",
        range(len(parts)),
        index=None,
        format_func=lambda at: f"{shortened(parts[at].name)} ({parts[at].n:,})",
        key=key,
        placeholder="one part",
    )
    if chosen is None:
        return
    part = parts[chosen]
    st.button(
        "Look at this part on all pages",
        key=f"{key}-filter",
        on_click=state.filter_texts,
        args=(tuple(ids[part.rows].tolist()), f"{candidate}, {part_title(part.by, part.name)}"),
    )
