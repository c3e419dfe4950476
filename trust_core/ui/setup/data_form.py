"""Which texts the models are compared on: bundled, uploaded, from the hub, or saved predictions alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from trust_core.datasets.builtin import bundled_texts
from trust_core.datasets.columns import USUAL, texts_from_table
from trust_core.datasets.limits import Limits, allowed_file
from trust_core.datasets.tables import Table, table_from_file
from trust_core.domain.spec import DataSpec
from trust_core.errors import RowErrors, TrustError
from trust_core.ui import downloads, messages, visitor
from trust_core.ui.setup.draft import AUTOMATIC, NOTHING, DataDraft
from trust_core.ui.setup.templates import PREDICTIONS_TEMPLATE, TEXTS_TEMPLATE
from trust_core.wiring.permission import web_limits

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

_KINDS: Final = ("Bundled texts", "Upload", "File on the server", "Hub data set", "Saved predictions")

_ENDINGS: Final = ["csv", "tsv", "jsonl", "parquet", "gz"]

_PREVIEW_ROWS: Final = 8

_LONGEST_CELL: Final = 300

_ROLES: Final = {"text_a": "First text", "text_b": "Second text", "label": "Label", "id": "Id"}


def data_form(reference: str) -> DataDraft:
    """The texts as chosen; an empty source while nothing usable is chosen."""
    kind = st.segmented_control(
        "Texts",
        _KINDS,
        default=_KINDS[0],
        key="setup-data-kind",
        required=True,
        persist_state="session",
    )
    match kind:
        case "Upload":
            return _uploaded()
        case "File on the server":
            return _on_server()
        case "Hub data set":
            return _hub()
        case "Saved predictions":
            return _saved()
    return _bundled(reference)


def _bundled(reference: str) -> DataDraft:
    names = {
        "bundled:nli": "Natural language inference: 306 pairs",
        "bundled:pi": "Paraphrase identification: 312 pairs",
    }
    usual = 1 if reference.startswith("pi-") else 0
    source = st.radio(
        "Bundled texts",
        list(names),
        index=usual,
        format_func=names.__getitem__,
        key=f"setup-bundled-{usual}",
        label_visibility="collapsed",
    )
    st.caption("Written for TrustEq, with balanced labels; hard for small models on purpose.")
    source = source or "bundled:nli"
    return DataDraft(source, further=_further(source))


@st.cache_data(max_entries=4, show_spinner=False)
def _further(source: str) -> tuple[str, ...]:
    """Further columns of bundled texts."""
    return tuple(bundled_texts(DataSpec(source=source)).metadata)


def _uploaded() -> DataDraft:
    given = st.file_uploader(
        "CSV, TSV, JSONL or Parquet, also gzipped",
        type=_ENDINGS,
        key="setup-upload",
        disabled=visitor.read_only(),
        help="One row a text or pair, with a header. At most 20 MB here; larger files by the folder "
        "for data on the server.",
    )
    _template("Template for texts", TEXTS_TEMPLATE, "texts.csv")
    if given is None:
        return DataDraft()
    source = _kept(given)
    return DataDraft() if source is None else _mapped(source)


def _on_server() -> DataDraft:
    path = st.text_input(
        "Path of the file",
        key="setup-server-file",
        persist_state="session",
        placeholder="texts.csv",
    ).strip()
    roots = visitor.web().settings.web_data_roots
    st.caption("Files in these folders can be read (TRUST_DATA_ROOTS):")
    st.text("\n".join(str(root) for root in roots))
    return _mapped(path) if path else DataDraft()


def _hub() -> DataDraft:
    name = st.text_input(
        "Id on the hub", key="setup-hub", persist_state="session", placeholder="stanfordnlp/snli"
    ).strip()
    with st.container(horizontal=True):
        hub = {
            "config": st.text_input("Configuration", key="setup-hub-config", persist_state="session"),
            "split": st.text_input(
                "Split", key="setup-hub-split", persist_state="session", placeholder="test"
            ),
            "revision": st.text_input("Revision", key="setup-hub-revision", persist_state="session"),
        }
    with st.expander("Columns"):
        columns = {
            role: st.text_input(
                title,
                AUTOMATIC,
                key=f"setup-hub-column-{role}",
                persist_state="session",
                help=_usual(role),
            )
            for role, title in _ROLES.items()
        }
    st.caption("The data set is fetched when the run begins; Check says whether it can be reached.")
    source = "" if not name else name if name.startswith("hub:") else f"hub:{name}"
    return DataDraft(source, columns, {key: value.strip() for key, value in hub.items()})


def _saved() -> DataDraft:
    st.caption(
        "Compare two models without loading either: one file of predictions each, with id, label and "
        "p_<class> or z_<class> for every class. Reasons cannot be compared this way."
    )
    reference = st.file_uploader(
        "Predictions of the reference",
        type=_ENDINGS,
        key="setup-saved-reference",
        disabled=visitor.read_only(),
    )
    candidates = st.file_uploader(
        "Predictions of the candidates",
        type=_ENDINGS,
        accept_multiple_files=True,
        key="setup-saved-candidates",
        disabled=visitor.read_only(),
    )
    twin = st.file_uploader(
        "Predictions of the twin: the reference trained again with another seed (may be left out)",
        type=_ENDINGS,
        key="setup-saved-twin",
        disabled=visitor.read_only(),
    )
    _template("Template for predictions", PREDICTIONS_TEMPLATE, "predictions.csv")
    kept = [path for one in candidates or () if (path := _kept(one)) is not None]
    first = None if reference is None else _kept(reference)
    again = None if twin is None else _kept(twin)
    return DataDraft(
        reference_predictions=first or "", candidate_predictions=tuple(kept), twin_predictions=again or ""
    )


def _template(label: str, content: str, name: str) -> None:
    downloads.file(label, content.encode, name=name, mime="text/csv", key=f"template-{name}")


def _kept(given: UploadedFile) -> str | None:
    """The place of an upload on the server; None, with the reason on the page, where it is refused."""
    try:
        visitor.demand_change()
        return str(visitor.web().uploads.save(visitor.owner(), given.name, given.getvalue()))
    except TrustError as error:
        messages.refusal(str(error))
        return None


def _mapped(source: str) -> DataDraft:
    """A file with its columns, as chosen below its preview."""
    limits = web_limits(visitor.web().settings, visitor.owner())
    try:
        # Before the cache is asked, which knows nothing of who may read what.
        facts = allowed_file(source, limits).stat()
        table = _table(source, (facts.st_size, facts.st_mtime_ns), limits)
    except (TrustError, OSError) as error:
        messages.refusal(str(error))
        return DataDraft()
    _preview(table)
    names = list(table.columns)
    columns: dict[str, str] = {}
    with st.container(horizontal=True):
        for role, title in _ROLES.items():
            options = [AUTOMATIC, *names] if role == "text_a" else [AUTOMATIC, NOTHING, *names]
            columns[role] = (
                st.selectbox(title, options, key=f"setup-column-{role}-{source}", help=_usual(role))
                or AUTOMATIC
            )
    draft = DataDraft(source, columns)
    further = _read(table, draft)
    return DataDraft() if further is None else replace(draft, further=further)


def _usual(role: str) -> str:
    return f"Found by itself where it is called {', '.join(USUAL[role])}."


@st.cache_data(max_entries=8, show_spinner="Reading the file")
def _table(source: str, stamp: tuple[int, int], _limits: Limits) -> Table:
    """The file's cells; `stamp` is its size and age, so that one that has changed is read again."""
    del stamp
    return table_from_file(source, _limits)


def _preview(table: Table) -> None:
    shown = {
        name: ["" if cell is None else cell[:_LONGEST_CELL] for cell in cells[:_PREVIEW_ROWS]]
        for name, cells in table.columns.items()
    }
    st.dataframe(pd.DataFrame(shown), hide_index=True, key=f"preview-{table.source}")
    st.caption(f"The first rows of {len(table):,}.")


def _read(table: Table, draft: DataDraft) -> tuple[str, ...] | None:
    """Further columns of the texts; None where they cannot be read. Says what is in the way, or was read."""
    content = {key: value for key, value in (draft.content() or {}).items() if key != "source"}
    try:
        texts = texts_from_table(table, DataSpec(source=table.source, **content))
    except RowErrors as error:
        st.error(f"{len({one.row for one in error.problems}):,} rows cannot be read with these columns.")
        st.dataframe(
            pd.DataFrame(
                [
                    {"Row": one.row, "Column": one.column, "Problem": one.reason.split(" (give --")[0]}
                    for one in error.problems[:200]
                ]
            ),
            hide_index=True,
            key=f"row-problems-{table.source}",
        )
        return None
    except TrustError as error:
        messages.refusal(f"{error.problem}\n{error.allowed}".strip())
        st.caption("Choose the right column above; the file stays as it is.")
        return None
    _summary(texts.ids, texts.labels, texts.notes)
    return tuple(texts.metadata)


def _summary(ids: Sequence[str], labels: Sequence[str] | None, notes: Sequence[str]) -> None:
    counts = [] if labels is None else pd.Series(list(labels)).value_counts().items()
    said = ", ".join(f"{name}: {count:,}" for name, count in list(counts)[:20]) or "without labels"
    st.text(f"{len(ids):,} texts can be read. Labels: {said}")
    for note in notes:
        st.text(note)
