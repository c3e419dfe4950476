"""Tables from CSV, TSV, JSONL and Parquet files, each also gzipped, as columns of strings."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa

from trust_core.datasets.arrow import Cell, cell_of, columns_of_arrow, table_of_parquet
from trust_core.datasets.limits import MAX_CHARACTERS, Limits, allowed_file, refuse_too_many
from trust_core.domain.uploads import called
from trust_core.errors import DataError, RowErrors, RowProblem

FORMATS = ("csv", "tsv", "jsonl", "parquet")

_ENDINGS = {"ndjson": "jsonl", "tab": "tsv", "pq": "parquet"}

_FIELD_LIMIT = Lock()
"""Held while the csv module's limit, which is one for the whole process, is lifted."""

Columns = dict[str, tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length; a cell without a value is None.

    Attributes:
        source: what the user calls the table.
        columns: cells by column name, in the file's order.
        nested: by column, the rows (from 1) whose value is a list, an object or raw bytes: their cell
            shows it, but it is no text.
    """

    source: str
    columns: Columns
    nested: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def take(self, rows: list[int]) -> Table:
        """These rows (from 0), in this order."""
        places = {row: place for place, row in enumerate(rows, start=1)}
        return Table(
            self.source,
            {name: tuple(cells[row] for row in rows) for name, cells in self.columns.items()},
            {
                name: tuple(places[row - 1] for row in nested if row - 1 in places)
                for name, nested in self.nested.items()
            },
        )


def table_from_file(name: str, limits: Limits) -> Table:
    """Read a file by the format that its name ends in.

    Rows are counted from 1, without the header and without blank lines.

    Raises:
        DataError: not a known format, not readable as that format, over a limit, or empty.
        RowErrors: single rows are broken; all of them are listed.
    """
    shown = called(name)
    kind = _format(shown)
    path = allowed_file(name, limits)
    content = _content(shown, path, limits)
    if not content.strip():
        raise DataError(f"{shown} is empty.", allowed="It must hold a header and at least one row.")
    table = _READERS[kind](shown, content, limits)
    if len(table) == 0:
        raise DataError(f"{shown} holds no rows.", allowed="It must hold at least one row below the header.")
    return table


def cell_problems(table: Table) -> list[RowProblem]:
    """Cells of any column that no part of the product could use: far too long, or no valid Unicode."""
    problems = []
    for name, cells in table.columns.items():
        for row, cell in enumerate(cells, start=1):
            if cell is None:
                continue
            if len(cell) > MAX_CHARACTERS:
                reason = f"{len(cell):,} characters; at most {MAX_CHARACTERS:,} are allowed"
                problems.append(RowProblem(row, name, reason))
            elif _half_character(cell):
                problems.append(RowProblem(row, name, "holds half of a character (a lone surrogate)"))
    return problems


def _half_character(cell: str) -> bool:
    try:
        cell.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _format(name: str) -> str:
    path = Path(name)
    ending = Path(path.stem).suffix if _is_gzipped(name) else path.suffix
    kind = ending.lower().removeprefix(".")
    kind = _ENDINGS.get(kind, kind)
    if kind not in FORMATS:
        raise DataError(
            f"{name} is of no known format.",
            allowed="Allowed endings: .csv, .tsv, .jsonl, .parquet, and each with .gz.",
            remedy="For bundled texts write bundled:nli or bundled:pi, for the hub hub:OWNER/NAME.",
        )
    return kind


def _is_gzipped(name: str) -> bool:
    return name.lower().endswith(".gz")


def _content(name: str, path: Path, limits: Limits) -> bytes:
    try:
        if not _is_gzipped(name):
            return path.read_bytes()
        with gzip.open(path) as file:
            content = file.read(limits.max_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        what = "unpacked" if _is_gzipped(name) else "read"
        # What the system says names the place of the file on this machine.
        why = getattr(error, "strerror", None) or error
        raise DataError(f"{name} cannot be {what}: {why}.", remedy="Check the file.") from error
    if len(content) > limits.max_bytes:
        raise DataError(
            f"{name} unpacks to more than {limits.max_bytes:,} bytes.",
            allowed=f"A data file may have {limits.max_bytes:,}, also unpacked (TRUST_MAX_DATA_MIB).",
        )
    return content


def _text(source: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{source} is not UTF-8: byte {content[error.start]:#04x} in line {line}.",
            remedy="Save the file as UTF-8.",
        ) from error


def _table_of_csv(source: str, content: bytes, limits: Limits) -> Table:
    text = _text(source, content)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    with _cells_of_any_length(len(text)):
        return _delimited(source, reader, lambda: reader.line_num, limits)


@contextmanager
def _cells_of_any_length(characters: int) -> Iterator[None]:
    """Let the csv module read long cells, so that they are refused by row and column like all others."""
    with _FIELD_LIMIT:
        usual = csv.field_size_limit(max(characters, 1))
        try:
            yield
        finally:
            csv.field_size_limit(usual)


def _table_of_tsv(source: str, content: bytes, limits: Limits) -> Table:
    # Tab-separated files are written without quoting: a quote is a character like any other.
    lines = _text(source, content).split("\n")
    at = 0

    def rows() -> Iterator[list[str]]:
        nonlocal at
        for at, line in enumerate(lines, start=1):  # noqa: B007 - read by the lambda below
            bare = line.removesuffix("\r")
            yield bare.split("\t") if bare else []

    return _delimited(source, rows(), lambda: at, limits)


def _delimited(source: str, rows: Iterator[list[str]], line: Callable[[], int], limits: Limits) -> Table:
    header: list[str] = []
    cells: list[list[str]] = []
    problems: list[RowProblem] = []
    number = 0
    while True:
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            if not header:
                raise DataError(f"The header of {source} cannot be read: {error}.") from error
            number += 1
            problems.append(RowProblem(number, "", f"{_csv_reason(error)} (up to line {line()})"))
            continue
        if not row:
            continue
        if not header:
            header = _header(source, row)
            continue
        number += 1
        refuse_too_many(source, number, limits)
        if len(row) == len(header):
            cells.append(row)
        else:
            counts = f"{len(row)} cells where the header has {len(header)}"
            problems.append(RowProblem(number, "", f"{counts} (line {line()})"))
    if problems:
        raise RowErrors(source, problems)
    return Table(source, {name: tuple(row[index] for row in cells) for index, name in enumerate(header)})


def _header(source: str, names: list[str]) -> list[str]:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        listed = ", ".join(repr(name) for name in repeated)
        raise DataError(f"{source} has columns of the same name: {listed}.", allowed="Names must be unique.")
    return names


def _csv_reason(error: csv.Error) -> str:
    if "unexpected end" in str(error):
        return "a quote is opened and never closed"
    return f'a quote inside a quoted cell is not doubled, write "" for " ({error})'


def _table_of_jsonl(source: str, content: bytes, limits: Limits) -> Table:
    rows: list[dict[str, Any]] = []
    problems: list[RowProblem] = []
    names: dict[str, None] = {}
    number = 0
    for at, line in enumerate(_text(source, content).split("\n"), start=1):
        if not line.strip():
            continue
        number += 1
        refuse_too_many(source, number, limits)
        try:
            row = json.loads(line)
        except ValueError as error:
            problems.append(RowProblem(number, "", f"not valid JSON: {error} (line {at})"))
            continue
        except RecursionError:
            problems.append(RowProblem(number, "", f"nested too deeply (line {at})"))
            continue
        if not isinstance(row, dict):
            problems.append(RowProblem(number, "", f"not an object {{column: value}} (line {at})"))
            continue
        rows.append(row)
        names.update(dict.fromkeys(row))
    if problems:
        raise RowErrors(source, problems)
    columns: Columns = {}
    nested: dict[str, tuple[int, ...]] = {}
    for name in names:
        values = [row.get(name) for row in rows]
        columns[name] = tuple(cell_of(value) for value in values)
        odd = tuple(at for at, value in enumerate(values, start=1) if isinstance(value, dict | list))
        if odd:
            nested[name] = odd
    return Table(source, columns, nested)


def _table_of_parquet(source: str, content: bytes, limits: Limits) -> Table:
    return table_of_arrow(source, table_of_parquet(source, content, limits))


def table_of_arrow(source: str, content: pa.Table) -> Table:
    """An Arrow table as a table of strings.

    Raises:
        DataError: columns of the same name, or values that cannot be shown as text.
    """
    _header(source, content.column_names)
    columns, nested = columns_of_arrow(source, content)
    return Table(source, columns, nested)


_READERS: dict[str, Callable[[str, bytes, Limits], Table]] = {
    "csv": _table_of_csv,
    "tsv": _table_of_tsv,
    "jsonl": _table_of_jsonl,
    "parquet": _table_of_parquet,
}
