"""What pages read of a run: its report, and its tables once they are needed."""

from __future__ import annotations

import io
from functools import cached_property
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import streamlit as st

from trust_core.domain.report import CandidateReport, Report
from trust_core.errors import RunIncomplete
from trust_core.store.folder import load_report, results_folder

TABLES: Final = ("texts", "predictions", "pairs", "attributions")


class RunView:
    """A run as pages see it. Many visitors share one: nothing in it may be changed.

    Attributes:
        id: names the run in the address.
        name: for headings.
        example: whether it is the bundled one.
        partial: whether the run still goes on, or stopped before its end.
        folder: of the run.
        version: changes whenever the results do: what is computed from them is cached by it.
        report: as far as the run has come.
        reference: name of the reference.
        candidates: names of the candidates.
    """

    def __init__(self, folder: Path, *, run_id: str, name: str, example: bool) -> None:
        found = results_folder(folder)
        if found is None:
            raise RunIncomplete(
                "This run has no results yet.", remedy="They appear as soon as all models have predicted."
            )
        results, final = found
        self.id = run_id
        self.name = name
        self.example = example
        self.partial = not final
        self.folder = folder
        self.version = f"{results}:{(results / 'report.json').stat().st_mtime_ns}"
        self.report: Report = load_report(results)
        # The folder of a partial result goes when the run has come further.
        self._bytes = (
            {} if final else {table: (results / f"{table}.parquet").read_bytes() for table in TABLES}
        )
        models = self.report.resolved.models
        self.reference: str = next((m.name for m in models if m.role == "reference"), "reference")
        self.candidates: tuple[str, ...] = tuple(c.name for c in self.report.candidates)

    def candidate(self, name: str) -> CandidateReport:
        """The report of one candidate."""
        return next(c for c in self.report.candidates if c.name == name)

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes, in the order of the probabilities."""
        return self.report.resolved.data.classes

    @cached_property
    def texts(self) -> pd.DataFrame:
        """id, text_a, text_b, gold, and the data's further columns; no text_a where texts were left out."""
        return self._table("texts")

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """id, model, p_<class> for every class, pred."""
        return self._table("predictions")

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """id, candidate, flip, shift, explained_class, candidate_class, alignment_<explainer>."""
        return self._table("pairs")

    @cached_property
    def attributions(self) -> pd.DataFrame:
        """One row for each word, class, half, explainer and model; see `attributions_table`."""
        return self._table("attributions")

    @cached_property
    def _rows_of_text(self) -> dict[str, list[int]]:
        return {
            str(name): [int(row) for row in rows]
            for name, rows in self.attributions.groupby("id", sort=False).indices.items()
        }

    def attributions_of(self, text_id: str) -> pd.DataFrame:
        """The rows of one text; empty for one that was not explained."""
        return self.attributions.iloc[self._rows_of_text.get(text_id, [])]

    @cached_property
    def explained(self) -> tuple[str, ...]:
        """Ids of the texts with reasons, in the order of the run."""
        return tuple(self._rows_of_text)

    def arrow(self, name: str) -> pa.Table:
        """One of `TABLES` as it lies in the folder, for exports."""
        found = self._bytes.get(name)
        return pq.read_table(self.folder / f"{name}.parquet" if found is None else pa.BufferReader(found))

    def _table(self, name: str) -> pd.DataFrame:
        if name in self._bytes:
            return pd.read_parquet(io.BytesIO(self._bytes[name]))
        return pd.read_parquet(self.folder / f"{name}.parquet")


def view_of(folder: Path, *, run_id: str, name: str, example: bool = False) -> RunView | None:
    """The newest results of a run; None where there are none yet.

    Raises:
        RunError: the folder holds something that this version cannot read.
    """
    found = results_folder(folder)
    if found is None:
        return None
    report = found[0] / "report.json"
    try:
        changed = report.stat().st_mtime_ns
    except FileNotFoundError:
        # The run went on in between: the next visit finds the newer results.
        return None
    return _cached(str(folder), str(report), changed, run_id, name, example)


@st.cache_resource(max_entries=12, show_spinner=False)
def _cached(folder: str, report: str, changed: int, run_id: str, name: str, example: bool) -> RunView:
    del report, changed
    return RunView(Path(folder), run_id=run_id, name=name, example=example)
