"""Finished pieces of work as Parquet files, so that a run that was stopped goes on where it was.

A shard's file name says which rows of the run's texts it holds. Words and texts are never in a
shard: weights are kept by position, and the texts come from the data again.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from trust_core.domain.attributions import Attribution, Explanation, Fidelity, Half
from trust_core.domain.predictions import Predictions
from trust_core.errors import RunError
from trust_core.store.atomic import write_atomically


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards of one piece of work: one model's predictions, or its explanations by one explainer."""

    folder: Path

    def finished(self, start: int, stop: int) -> bool:
        """Whether the rows from `start` up to, not including, `stop` are there."""
        return self._path(start, stop).exists()

    def write_predictions(self, start: int, stop: int, predictions: Predictions) -> None:
        """Keep the predictions of these rows."""
        columns: dict[str, Any] = {
            "id": list(predictions.ids),
            "probabilities": predictions.probabilities.tolist(),
            "truncated": [predictions.truncated] * len(predictions),
        }
        if predictions.logits is not None:
            columns["logits"] = predictions.logits.tolist()
        self._write(start, stop, columns)

    def read_predictions(self, start: int, stop: int, *, model: str, classes: tuple[str, ...]) -> Predictions:
        """The predictions of these rows."""
        rows = self._read(start, stop)
        if len(rows.get("id", ())) != stop - start:
            raise _damaged(self._path(start, stop), "it does not hold its texts")
        shape = (-1, len(classes))
        return Predictions(
            model=model,
            ids=tuple(rows["id"]),
            classes=classes,
            probabilities=np.array(rows["probabilities"], dtype=np.float64).reshape(shape),
            logits=np.array(rows["logits"], dtype=np.float64).reshape(shape) if "logits" in rows else None,
            truncated=rows["truncated"][0],
        )

    def write_explanations(self, start: int, stop: int, explanations: Sequence[Explanation]) -> None:
        """Keep the explanations of these rows."""
        kept = [attribution for explanation in explanations for attribution in explanation.attributions]
        self._write(
            start,
            stop,
            {
                "id": [a.text_id for a in kept],
                "explainer": [a.explainer for a in kept],
                "half": [a.half for a in kept],
                "weights": [a.weights.ravel().tolist() for a in kept],
                "base": [a.base.tolist() for a in kept],
                "full": [a.full.tolist() for a in kept],
                "fidelity": [a.fidelity.tolist() for a in kept],
                "fidelity_kind": [a.fidelity_kind for a in kept],
                "passes": [a.passes for a in kept],
                "complete": [a.complete for a in kept],
            },
        )

    def read_explanations(self, start: int, stop: int) -> list[Explanation]:
        """The explanations of these rows, in the order in which they were kept."""
        rows = self._read(start, stop)
        by_text: dict[str, dict[str, Attribution]] = {}
        for index, text_id in enumerate(rows["id"]):
            attribution = _attribution({name: column[index] for name, column in rows.items()})
            by_text.setdefault(text_id, {})[attribution.half] = attribution
        return [
            Explanation(whole=halves["all"], halves=(halves["h1"], halves["h2"]) if "h1" in halves else None)
            for halves in by_text.values()
        ]

    def write_table(self, start: int, stop: int, columns: dict[str, list[Any]]) -> None:
        """Keep rows of any other kind."""
        self._write(start, stop, columns)

    def read_table(self, start: int, stop: int) -> dict[str, list[Any]]:
        """Rows of any other kind."""
        return self._read(start, stop)

    def _path(self, start: int, stop: int) -> Path:
        return self.folder / f"{start:08d}-{stop:08d}.parquet"

    def _write(self, start: int, stop: int, columns: dict[str, list[Any]]) -> None:
        buffer = io.BytesIO()
        pq.write_table(pa.table(columns), buffer, compression="zstd")
        write_atomically(self._path(start, stop), buffer.getvalue())

    def _read(self, start: int, stop: int) -> dict[str, list[Any]]:
        path = self._path(start, stop)
        try:
            return cast("dict[str, list[Any]]", pq.read_table(path).to_pydict())
        except (OSError, pa.ArrowException) as error:
            raise _damaged(path, str(error)) from error


def _damaged(path: Path, why: str) -> RunError:
    return RunError(
        f"{path} cannot be read: {why}.",
        remedy="Remove this file and run the same command again: only its texts are done anew.",
    )


def _attribution(row: dict[str, Any]) -> Attribution:
    classes = len(row["base"])
    return Attribution(
        text_id=row["id"],
        explainer=row["explainer"],
        half=cast("Half", row["half"]),
        weights=np.array(row["weights"], dtype=np.float64).reshape(-1, classes),
        base=np.array(row["base"], dtype=np.float64),
        full=np.array(row["full"], dtype=np.float64),
        fidelity=np.array(row["fidelity"], dtype=np.float64),
        fidelity_kind=cast("Fidelity", row["fidelity_kind"]),
        passes=row["passes"],
        complete=row["complete"],
    )
