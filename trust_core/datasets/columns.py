"""Which column is what, and texts that are checked row by row."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trust_core.datasets.arrow import Cell
from trust_core.datasets.tables import Table, cell_problems
from trust_core.domain.spec import NO_LABELS, DataSpec
from trust_core.domain.texts import NO_LABEL, TextSet
from trust_core.errors import DataError, RowErrors, RowProblem, nearest

USUAL: dict[str, tuple[str, ...]] = {
    "text_a": ("text_a", "premise", "sentence1", "question1", "text", "sentence"),
    "text_b": ("text_b", "hypothesis", "sentence2", "question2"),
    "label": ("label", "gold_label", "gold", "labels"),
    "id": ("id", "uid", "pairID"),
}
"""Column names that are found without being named."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts with the label names as the data gives them.

    Attributes:
        labels: label names, or None where the data is unlabelled.
        label_column: what the data calls the column of the labels.
    """

    source: str
    ids: tuple[str, ...]
    text_a: tuple[str, ...]
    text_b: tuple[str, ...] | None
    labels: tuple[str, ...] | None
    metadata: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...]
    label_column: str = "label"

    @property
    def label_names(self) -> tuple[str, ...]:
        """The names that occur, sorted."""
        return tuple(sorted(set(self.labels or ())))

    @property
    def content_hash(self) -> str:
        """SHA-256 of ids, texts and labels, whatever the file's format, name or further columns."""
        return hash_of_columns([self.ids, self.text_a, self.text_b or (), self.labels or ()])

    @property
    def whole_hash(self) -> str:
        """SHA-256 of the content with the further columns, by which texts may be cut into parts."""
        columns = [column for name in sorted(self.metadata) for column in ((name,), self.metadata[name])]
        return hash_of_columns([(self.content_hash,), *columns]) if columns else self.content_hash

    def take(self, rows: Sequence[int]) -> Texts:
        """The texts of these rows, in this order."""
        return Texts(
            source=self.source,
            ids=tuple(self.ids[row] for row in rows),
            text_a=tuple(self.text_a[row] for row in rows),
            text_b=None if self.text_b is None else tuple(self.text_b[row] for row in rows),
            labels=None if self.labels is None else tuple(self.labels[row] for row in rows),
            metadata={name: tuple(column[row] for row in rows) for name, column in self.metadata.items()},
            notes=self.notes,
            label_column=self.label_column,
        )

    def with_classes(self, classes: tuple[str, ...], index_of: Mapping[str, int]) -> TextSet:
        """The texts with their gold classes.

        Args:
            classes: canonical class names.
            index_of: the index in `classes` of every label name that the data uses.
        """
        labels = self.labels
        gold = [NO_LABEL] * len(self.ids) if labels is None else [index_of[label] for label in labels]
        return TextSet(
            ids=self.ids,
            text_a=self.text_a,
            text_b=self.text_b,
            gold=np.array(gold, dtype=np.int64),
            classes=classes,
            metadata=self.metadata,
            source=self.source,
            notes=self.notes,
        )


def texts_from_table(table: Table, spec: DataSpec) -> Texts:
    """The texts in a table.

    Raises:
        DataError: a column that is needed is missing.
        RowErrors: rows without a text, a label or an id, cells that are too long, ids that repeat.
    """
    text_a = _needed_column(table, "text_a", spec.text_a)
    text_b = _column(table, "text_b", spec.text_b)
    label = label_column(table, spec)
    identity = _column(table, "id", spec.id)
    taken = [name for name in (text_a, text_b, label, identity) if name is not None]
    _refuse_two_roles(table, taken)
    problems = cell_problems(table)
    problems += [p for name in taken for p in _nested_problems(name, table)]
    for name in (text_a, text_b):
        problems += _missing(table, name, "no text", blank=False)
    problems += _missing(table, label, "no label (give --label none if the texts have none)", blank=True)
    problems += _missing(table, identity, "no id", blank=True)
    ids = _ids(table, identity)
    if identity is not None:
        problems += repeated_ids(identity, ids)
    if problems:
        raise RowErrors(table.source, sorted(problems, key=lambda p: p.row))
    a = _strings(table.columns[text_a])
    b = None if text_b is None else _strings(table.columns[text_b])
    return Texts(
        source=table.source,
        ids=ids,
        text_a=a,
        text_b=b,
        labels=None if label is None else tuple(cell.strip() for cell in _strings(table.columns[label])),
        metadata={name: _strings(cells) for name, cells in table.columns.items() if name not in taken},
        notes=(*_single_text_note(text_a, text_b, spec), *_notes(a, b)),
        label_column=label or "label",
    )


def label_column(table: Table, spec: DataSpec) -> str | None:
    """The column of the gold labels, or None where the spec says that there are none.

    Raises:
        DataError: there is no such column.
    """
    return None if spec.label == NO_LABELS else _needed_column(table, "label", spec.label)


def hash_of_columns(columns: Iterable[Sequence[str]]) -> str:
    """SHA-256 over columns of strings; no two different contents share the same bytes."""
    digest = hashlib.sha256()
    for column in columns:
        digest.update(f"{len(column)};".encode())
        for cell in column:
            encoded = cell.encode("utf-8", "surrogatepass")
            digest.update(f"{len(encoded)}:".encode())
            digest.update(encoded)
    return digest.hexdigest()


def _column(table: Table, role: str, given: str | None) -> str | None:
    """The column with this role: the one that is named, or one of the usual names; None if there is none."""
    if given is None:
        return next((name for name in USUAL[role] if name in table.columns), None)
    if role == "text_b" and given == NO_LABELS:
        return None
    if given not in table.columns:
        raise DataError(
            f"{table.source} has no column {given!r} (for {role}).",
            allowed=nearest(given, table.columns),
            remedy=f"Name the column with {_flag(role)}.",
        )
    return given


def _needed_column(table: Table, role: str, given: str | None) -> str:
    found = _column(table, role, given)
    if found is None:
        hint = " Give --label none if the texts have no labels." if role == "label" else ""
        near = nearest(USUAL[role][0], table.columns)
        meant = f" {near}" if near.startswith("Did you mean") else ""
        raise DataError(
            f"{table.source} has no column for {role}: none of {', '.join(USUAL[role])}.",
            allowed=f"Its columns: {', '.join(table.columns)}.{meant}",
            remedy=f"Name the column with {_flag(role)}.{hint}",
        )
    return found


def _flag(role: str) -> str:
    return f"--{role.replace('_', '-')}"


def _refuse_two_roles(table: Table, taken: Sequence[str]) -> None:
    twice = sorted({name for name in taken if taken.count(name) > 1})
    if twice:
        raise DataError(
            f"{table.source}: the column {twice[0]!r} is named for two purposes.",
            allowed="text_a, text_b, label and id are columns of their own.",
            remedy="Name another column with " + ", ".join(_flag(role) for role in USUAL) + ".",
        )


def _nested_problems(name: str, table: Table) -> list[RowProblem]:
    rows = table.nested.get(name, ())
    return [RowProblem(row, name, "a list, an object or raw bytes, not a text") for row in rows]


def _missing(table: Table, name: str | None, reason: str, *, blank: bool) -> list[RowProblem]:
    """Rows without a value in the column; a blank one counts as none where `blank`."""
    cells = () if name is None else table.columns[name]
    return [
        RowProblem(row, name or "", reason)
        for row, cell in enumerate(cells, start=1)
        if cell is None or (blank and not cell.strip())
    ]


def _ids(table: Table, name: str | None) -> tuple[str, ...]:
    if name is None:
        return tuple(str(row) for row in range(1, len(table) + 1))
    return _strings(table.columns[name])


def repeated_ids(column: str, ids: Sequence[str]) -> list[RowProblem]:
    """Rows whose id an earlier row has already; blank ids are another problem."""
    first: dict[str, int] = {}
    problems = []
    for row, text_id in enumerate(ids, start=1):
        if text_id in first:
            problems.append(RowProblem(row, column, f"{text_id!r} is also the id of row {first[text_id]}"))
        elif text_id.strip():
            first[text_id] = row
    return problems


def _strings(cells: Sequence[Cell]) -> tuple[str, ...]:
    return tuple("" if cell is None else cell for cell in cells)


def _single_text_note(text_a: str, text_b: str | None, spec: DataSpec) -> tuple[str, ...]:
    """A warning where a column is called like the first of a pair, but no second one was found."""
    first_of_pair = {"text_a", "premise", "sentence1", "question1"}
    if text_b is not None or spec.text_b is not None or text_a not in first_of_pair:
        return ()
    names = ", ".join(USUAL["text_b"])
    return (f"Read as single texts: none of {names} is a column (--text-b names another).",)


def _notes(text_a: Sequence[str], text_b: Sequence[str] | None) -> tuple[str, ...]:
    notes = []
    pairs = list(zip(text_a, text_b or [""] * len(text_a), strict=True))
    repeated = sum(count - 1 for count in Counter(pairs).values())
    if repeated:
        notes.append(f"{repeated} of {len(pairs)} texts repeat an earlier one word for word.")
    empty = sum(1 for a, b in pairs if not a.strip() or (text_b is not None and not b.strip()))
    if empty:
        notes.append(f"{empty} of {len(pairs)} texts are empty, or have an empty part.")
    return tuple(notes)
