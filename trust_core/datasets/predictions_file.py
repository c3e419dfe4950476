"""Saved predictions of models that are not here, and how several files fit together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.special import log_softmax

from trust_core.datasets.arrow import Cell
from trust_core.datasets.columns import USUAL, hash_of_columns, repeated_ids
from trust_core.datasets.limits import Limits
from trust_core.datasets.tables import Table, cell_problems, table_from_file
from trust_core.domain.arrays import FloatArray
from trust_core.errors import PredictionsError, RowErrors, RowProblem

TOLERANCE = 1e-3
"""How far probabilities may be from summing to 1, and from the softmax of logits beside them."""

ROUNDING = 1e-6
"""How far a probability may lie outside [0, 1], as single precision brings with it; it is then moved in."""

_OWN = frozenset({"id", "uid", "pred", *USUAL["label"]})
"""Columns with a meaning of their own, besides those of the classes."""

SHOWN = 10
"""How many ids a message lists."""


@dataclass(frozen=True, slots=True)
class SavedPredictions:
    """The content of one file.

    Attributes:
        source: the file's name.
        ids: n unique ids.
        labels: gold label names, or None where the file has no column `label`.
        names: class names as the file gives them, k of them.
        probabilities: (n, k).
        logits: (n, k) where the file has them.
        content_hash: of ids, labels, class names and values, whatever the file's format.
        metadata: further columns by name, each of length n.
    """

    source: str
    ids: tuple[str, ...]
    labels: tuple[str, ...] | None
    names: tuple[str, ...]
    probabilities: FloatArray
    logits: FloatArray | None
    content_hash: str
    metadata: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def take(self, rows: Sequence[int]) -> SavedPredictions:
        """The predictions of these rows, in this order."""
        index = list(rows)
        return SavedPredictions(
            source=self.source,
            ids=tuple(self.ids[row] for row in index),
            labels=None if self.labels is None else tuple(self.labels[row] for row in index),
            names=self.names,
            probabilities=self.probabilities[index],
            logits=None if self.logits is None else self.logits[index],
            content_hash=self.content_hash,
            metadata={name: tuple(column[row] for row in index) for name, column in self.metadata.items()},
        )


def saved_predictions(name: str, limits: Limits) -> SavedPredictions:
    """Read a file with the columns `id` (else `uid`), `label`, and `p_<class>` or `z_<class>`.

    Where both are there, the probabilities are used, and held against the softmax of the logits.

    Raises:
        PredictionsError: columns are missing, or do not belong together.
        RowErrors: a cell is no number, a row is no probability law, or an id repeats.
    """
    table = table_from_file(name, limits)
    name = table.source
    identity = next((column for column in ("id", "uid") if column in table.columns), None)
    if identity is None:
        raise PredictionsError(
            f"{name} has no column id or uid.",
            allowed="Its columns: " + ", ".join(table.columns) + ".",
            remedy="Name the column of the texts' ids `id` or `uid`.",
        )
    p_names = tuple(column.removeprefix("p_") for column in table.columns if column.startswith("p_"))
    z_names = tuple(column.removeprefix("z_") for column in table.columns if column.startswith("z_"))
    names = p_names or z_names
    if len(names) < 2:
        raise PredictionsError(
            f"{name} needs a column p_<class> or z_<class> for each of two classes or more.",
            allowed="Its columns: " + ", ".join(table.columns) + ".",
        )
    if p_names and z_names and set(p_names) != set(z_names):
        raise PredictionsError(
            f"{name} has probabilities of {', '.join(p_names)} and logits of {', '.join(z_names)}.",
            allowed="Both must be of the same classes.",
        )
    problems = cell_problems(table)
    ids = tuple(cell or "" for cell in table.columns[identity])
    problems += [RowProblem(row, identity, "no id") for row, cell in enumerate(ids, 1) if not cell.strip()]
    problems += repeated_ids(identity, ids)
    p = _numbers(table, "p_", names, problems) if p_names else None
    z = _numbers(table, "z_", names, problems) if z_names else None
    labels = _labels(table, problems)
    # What a row's numbers say together counts only where each of them is one.
    broken = {problem.row for problem in problems}
    together = _law_problems(p) if p is not None else []
    if p is not None and z is not None:
        outlaws = {problem.row for problem in together}
        together += [problem for problem in _softmax_problems(p, z, names) if problem.row not in outlaws]
    problems += [problem for problem in together if problem.row not in broken]
    if problems:
        raise RowErrors(name, sorted(problems, key=lambda problem: problem.row))
    probabilities = _softmax(z) if p is None else np.clip(p, 0.0, 1.0)
    return SavedPredictions(
        source=name,
        ids=ids,
        labels=labels,
        names=names,
        probabilities=probabilities,
        logits=z,
        content_hash=hash_of_columns(
            [ids, labels or (), names, _exactly(probabilities), () if z is None else _exactly(z)]
        ),
        metadata={
            column: tuple(cell or "" for cell in cells)
            for column, cells in table.columns.items()
            if column not in _OWN and not column.startswith(("p_", "z_"))
        },
    )


def joined(files: Sequence[SavedPredictions]) -> list[SavedPredictions]:
    """The files with their rows in the order of the first one.

    Raises:
        PredictionsError: ids are missing in a file, or a text has different labels in two files.
    """
    first = files[0]
    result = [first]
    for other in files[1:]:
        rows = {text_id: row for row, text_id in enumerate(other.ids)}
        same_ids(first.source, first.ids, other.source, other.ids)
        ordered = other.take([rows[text_id] for text_id in first.ids])
        if first.labels is not None and ordered.labels is not None:
            clash = [
                text_id
                for text_id, a, b in zip(first.ids, first.labels, ordered.labels, strict=True)
                if a != b
            ]
            if clash:
                raise PredictionsError(
                    f"{counted(len(clash), 'text has', 'texts have')} another label in "
                    f"{other.source} than in {first.source}: {_some(clash)}.",
                    remedy="Both files must come from the same labelled texts.",
                )
        result.append(ordered)
    return result


def same_ids(name_a: str, ids_a: Sequence[str], name_b: str, ids_b: Sequence[str]) -> None:
    """Refuse two sources that do not hold the same ids.

    Raises:
        PredictionsError: with the ids that are missing on either side.
    """
    missing = sorted(set(ids_a) - set(ids_b))
    extra = sorted(set(ids_b) - set(ids_a))
    if missing or extra:
        parts = []
        if missing:
            parts.append(f"{_missing_ids(missing, name_a)} missing in {name_b}: {_some(missing)}.")
        if extra:
            parts.append(f"{_missing_ids(extra, name_b)} missing in {name_a}: {_some(extra)}.")
        raise PredictionsError(
            "\n".join(parts),
            allowed="The files must hold the same ids.",
            remedy="Predict the same texts; where the data holds some of them, and these alone are meant, "
            "--set data.subset=true.",
        )


def counted(number: int, one: str, more: str) -> str:
    """A number before what is counted: "1 text has", "2 texts have"."""
    return f"{number} {one if number == 1 else more}"


def _missing_ids(ids: Sequence[str], name: str) -> str:
    return f"{counted(len(ids), 'id', 'ids')} of {name} {'is' if len(ids) == 1 else 'are'}"


def _some(names: Sequence[str]) -> str:
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _exactly(values: FloatArray) -> list[str]:
    return [value.hex() for value in values.ravel().tolist()]


def _labels(table: Table, problems: list[RowProblem]) -> tuple[str, ...] | None:
    column = next((name for name in USUAL["label"] if name in table.columns), None)
    if column is None:
        return None
    labels = tuple((cell or "").strip() for cell in table.columns[column])
    if not any(labels):
        return None
    problems += [RowProblem(row, column, "no label") for row, label in enumerate(labels, 1) if not label]
    return labels


def _numbers(table: Table, prefix: str, names: Sequence[str], problems: list[RowProblem]) -> FloatArray:
    columns = []
    for name in names:
        column = f"{prefix}{name}"
        columns.append(
            [_number(cell, row, column, problems) for row, cell in enumerate(table.columns[column], 1)]
        )
    return np.array(columns, dtype=np.float64).T


def _number(cell: Cell, row: int, column: str, problems: list[RowProblem]) -> float:
    try:
        value = float(cell or "")
    except ValueError:
        problems.append(RowProblem(row, column, f"{(cell or '')[:40]!r} is no number"))
        return 0.0
    if not np.isfinite(value):
        problems.append(RowProblem(row, column, f"{cell} is not finite"))
        return 0.0
    return value


def _softmax(z: FloatArray | None) -> FloatArray:
    probabilities: FloatArray = np.exp(log_softmax(np.asarray(z, dtype=np.float64), axis=1))
    return probabilities


def _law_problems(p: FloatArray) -> list[RowProblem]:
    outside = (p.min(axis=1) < -ROUNDING) | (p.max(axis=1) > 1 + ROUNDING)
    sums = p.sum(axis=1)
    problems = []
    for row in np.flatnonzero(outside | (np.abs(sums - 1) > TOLERANCE)).tolist():
        values = ", ".join(f"{value:g}" for value in p[row])
        reason = "not all in [0, 1]" if outside[row] else f"they sum to {sums[row]:.6g}, not 1"
        problems.append(RowProblem(row + 1, "p_*", f"{values}: {reason}"))
    return problems


def _softmax_problems(p: FloatArray, z: FloatArray, names: Sequence[str]) -> list[RowProblem]:
    gap = np.abs(p - _softmax(z))
    return [
        RowProblem(
            int(row) + 1, f"p_{names[int(column)]}", f"is {gap[row, column]:.3g} from the softmax of z"
        )
        for row in np.flatnonzero(gap.max(axis=1) > TOLERANCE)
        for column in [gap[row].argmax()]
    ]
