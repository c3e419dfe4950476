"""The four tables of a run, as Parquet and CSV: texts, predictions, pairs and attributions.

With `no_texts` nothing that quotes a text is left in them: no texts, no words, and no further columns of the
data, since any of these may quote one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from trust_core.behaviour.flips import list_pair_columns
from trust_core.domain.arrays import IntArray
from trust_core.domain.attributions import Explanation
from trust_core.domain.predictions import Predictions
from trust_core.domain.texts import NO_LABEL, SegmentedText, TextSet

_FORMULA = ("=", "+", "-", "@")
"""How a cell begins that a spreadsheet would run."""

TEXT_COLUMNS = ("id", "text_a", "text_b", "gold")

Alignments = Mapping[str, Mapping[str, float]]
"""Alignment of single texts: explainer -> id -> value."""


def texts_table(texts: TextSet, *, no_texts: bool = False) -> pa.Table:
    """texts.parquet: id, text_a, text_b, gold, and the data's further columns.

    A further column that is called like one of ours gets the prefix `data_`. Without a label, no gold.
    """
    gold = pa.array([None if g == NO_LABEL else texts.classes[g] for g in texts.gold.tolist()], pa.string())
    columns: dict[str, pa.Array] = {"id": pa.array(texts.ids, pa.string())}
    if not no_texts:
        columns["text_a"] = pa.array(texts.text_a, pa.string())
        columns["text_b"] = pa.array(texts.text_b or [None] * len(texts), pa.string())
    columns["gold"] = gold
    if not no_texts:
        for name, column in texts.metadata.items():
            columns[f"data_{name}" if name in TEXT_COLUMNS else name] = pa.array(column, pa.string())
    return pa.table(columns)


def predictions_table(predictions: Sequence[Predictions]) -> pa.Table:
    """predictions.parquet: id, model, p_<class> for every class, pred; the models one after the other."""
    classes = predictions[0].classes
    columns: dict[str, pa.Array] = {
        "id": pa.array([name for p in predictions for name in p.ids], pa.string()),
        "model": pa.array([p.model for p in predictions for _ in p.ids], pa.string()),
    }
    probabilities = np.concatenate([p.probabilities for p in predictions])
    for at, name in enumerate(classes):
        columns[f"p_{name}"] = pa.array(probabilities[:, at], pa.float64())
    columns["pred"] = pa.array([classes[c] for p in predictions for c in p.predicted.tolist()], pa.string())
    return pa.table(columns)


def pairs_table(
    gold: IntArray,
    reference: Predictions,
    candidates: Sequence[Predictions],
    *,
    explained: Mapping[str, str],
    candidate_classes: Mapping[str, Mapping[str, str]],
    alignments: Mapping[str, Alignments],
    explainers: Sequence[str],
) -> pa.Table:
    """pairs.parquet: id, candidate, flip, shift, explained_class, candidate_class, alignment_<explainer>.

    `flip` is negative (right became wrong), positive (wrong became right), changed (another answer, and right
    neither before nor after, or nobody knows) or none. `shift` is the candidate's confidence minus the
    reference's.

    Args:
        gold: (n,) gold classes, or NO_LABEL.
        reference: the reference's predictions.
        candidates: each candidate's, on the same texts.
        explained: id -> class explained for the reference; texts that were not explained are not in it.
        candidate_classes: candidate -> id -> class explained for the candidate; it differs from the
            reference's where each model's own prediction is explained.
        alignments: candidate -> explainer -> id -> alignment of that text.
        explainers: which have a column.
    """
    columns: dict[str, list[Any]] = {
        name: [] for name in ("id", "candidate", "flip", "shift", "explained_class", "candidate_class")
    }
    columns |= {f"alignment_{name}": [] for name in explainers}
    for candidate in candidates:
        columns["id"] += reference.ids
        columns["candidate"] += [candidate.model] * len(reference)
        changes = list_pair_columns(gold, reference, candidate)
        columns["flip"] += changes.flip
        columns["shift"] += changes.shift.tolist()
        columns["explained_class"] += [explained.get(name) for name in reference.ids]
        of_candidate = candidate_classes.get(candidate.model, {})
        columns["candidate_class"] += [of_candidate.get(name) for name in reference.ids]
        for explainer in explainers:
            by_text = alignments.get(candidate.model, {}).get(explainer, {})
            columns[f"alignment_{explainer}"] += [by_text.get(name) for name in reference.ids]
    numbers = {"shift", *(name for name in columns if name.startswith("alignment_"))}
    return pa.table(
        {
            name: pa.array(column, pa.float64() if name in numbers else pa.string())
            for name, column in columns.items()
        }
    )


def attributions_table(
    texts: Mapping[str, SegmentedText],
    explanations: Mapping[str, Sequence[Explanation]],
    *,
    classes: Sequence[str],
    scale: str,
    no_texts: bool = False,
) -> pa.Table:
    """attributions.parquet: one row for each word, class, half, explainer and model.

    Columns: id, model, explainer, half, class, scale, base, fidelity, segment, position, start, end, word,
    weight. `base` is the model's output without any word (LIME: the intercept of the fit), `fidelity` LIME's
    local R2 or SHAP's additivity gap; both belong to the explanation and stand in each of its rows.

    Args:
        texts: the explained texts by id.
        explanations: model -> its explanations.
        classes: class names, in the order of the weights' columns.
        scale: what the weights add up to: probability or logit.
        no_texts: leave out the words; their places stay.
    """
    keys: list[tuple[str, str, str, str]] = []
    lengths: list[int] = []
    words: list[tuple[int, int, int, int]] = []
    names: list[str] = []
    weights: list[np.ndarray[Any, np.dtype[np.float64]]] = []
    bases: list[np.ndarray[Any, np.dtype[np.float64]]] = []
    fidelities: list[np.ndarray[Any, np.dtype[np.float64]]] = []
    for model, explained in explanations.items():
        for one in (attribution for explanation in explained for attribution in explanation.attributions):
            text = texts[one.text_id]
            keys.append((one.text_id, model, one.explainer, one.half))
            lengths.append(len(text) * len(classes))
            weights.append(one.weights.T.ravel())
            bases.append(np.repeat(one.base, len(text)))
            fidelities.append(np.repeat(one.fidelity, len(text)))
            for _ in classes:
                words += [(word.segment, word.position, word.start, word.end) for word in text.words]
                names += [word.text for word in text.words]
    places = np.array(words, dtype=np.int32).reshape(-1, 4)
    class_names = np.concatenate(
        [np.repeat(np.array(classes, dtype=object), length // len(classes)) for length in lengths]
        or [np.array([], dtype=object)]
    )
    columns: dict[str, pa.Array] = {
        name: _dictionary(np.repeat(np.array([key[at] for key in keys], dtype=object), lengths))
        for at, name in enumerate(("id", "model", "explainer", "half"))
    }
    columns["class"] = _dictionary(class_names)
    columns["scale"] = _dictionary(np.full(len(places), scale, dtype=object))
    columns["base"] = pa.array(np.concatenate(bases) if bases else np.array([]), pa.float64())
    columns["fidelity"] = pa.array(np.concatenate(fidelities) if fidelities else np.array([]), pa.float64())
    columns |= {
        name: pa.array(places[:, at]) for at, name in enumerate(("segment", "position", "start", "end"))
    }
    if not no_texts:
        columns["word"] = pa.array(names, pa.string())
    columns["weight"] = pa.array(np.concatenate(weights) if weights else np.array([]), pa.float64())
    return pa.table(columns)


def _dictionary(values: Any) -> pa.Array:
    """Strings that repeat, each kept once."""
    return pa.array(values, pa.string()).dictionary_encode()


def parquet_bytes(table: pa.Table) -> bytes:
    """A table as a Parquet file; the same table gives the same bytes."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def csv_text(table: pa.Table) -> str:
    """A table as CSV.

    A text that begins (after spaces) with = + - or @, or with a tab or line break, gets an apostrophe in
    front: spreadsheets would run it as a formula. What is missing is empty.
    """
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([safe_cell(name) for name in table.column_names])
    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
        writer.writerow([safe_cell(cell) for cell in row])
    return sink.getvalue()


def csv_of_parquet(content: bytes) -> str:
    """A Parquet file as CSV; see `csv_text`."""
    return csv_text(pq.read_table(io.BytesIO(content)))


def safe_cell(cell: Any) -> Any:
    """A cell of a CSV file that no spreadsheet takes for a formula."""
    if not isinstance(cell, str):
        return "" if cell is None else cell
    dangerous = cell.lstrip().startswith(_FORMULA) or cell.startswith(("\t", "\r", "\n"))
    return f"'{cell}" if dangerous else cell
