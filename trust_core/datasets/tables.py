"""Tables from CSV, TSV, JSONL and Parquet files, each also gzipped, as columns of strings."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from trust_core.datasets.limits import MAX_CHARACTERS, Limits, allowed_file
from trust_core.errors import DataError, RowErrors, RowProblem

FORMATS = ("csv", "tsv", "jsonl", "parquet")

Cell = str | None


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length; a cell without a value is None.

    Attributes:
        source: what the user calls the table.
        columns: cells by column name, in the file's order.
    """

    source: str
    columns: dict[str, tuple[Cell, ...]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))


def table_from_file(name: str, limits: Limits) -> Table:
    """Read a file by the format that its name ends in.

    Raises:
        DataError: not a known format, not readable as that format, over a limit, or empty.
        RowErrors: single rows are broken; all of them are listed.
    """
    path = allowed_file(name, limits)
    kind = _format(name)
    content = _content(path, limits)
    if not content.strip():
        raise DataError(f"{name} is empty.", allowed="It must hold a header and at least one row.")
    table = Table(name, _READERS[kind](name, content))
    if len(table) == 0:
        raise DataError(f"{name} holds no rows.", allowed="It must hold at least one row below the header.")
    if len(table) > limits.max_rows:
        raise DataError(
            f"{name} has {len(table):,} rows.",
            allowed=f"A data file may have {limits.max_rows:,} (TRUST_MAX_ROWS).",
        )
    return table


def _format(name: str) -> str:
    suffix = Path(name.removesuffix(".gz")).suffix.lower().removeprefix(".")
    kind = {"ndjson": "jsonl", "tab": "tsv", "pq": "parquet"}.get(suffix, suffix)
    if kind not in FORMATS:
        raise DataError(
            f"{name} is of no known format.",
            allowed="Allowed endings: .csv, .tsv, .jsonl, .parquet, and each with .gz.",
        )
    return kind


def _content(path: Path, limits: Limits) -> bytes:
    if path.suffix != ".gz":
        return path.read_bytes()
    try:
        with gzip.open(path) as file:
            content = file.read(limits.max_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path.name} cannot be unpacked: {error}.") from error
    if len(content) > limits.max_bytes:
        raise DataError(
            f"{path.name} unpacks to more than {limits.max_bytes:,} bytes.",
            allowed="Raise TRUST_MAX_DATA_MIB or give a smaller file.",
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


def _rows_of_csv(source: str, content: bytes) -> dict[str, tuple[Cell, ...]]:
    return _delimited(source, csv.reader(io.StringIO(_text(source, content), newline=""), strict=True))


def _rows_of_tsv(source: str, content: bytes) -> dict[str, tuple[Cell, ...]]:
    # Tab-separated files are written without quoting: a quote is a character like any other.
    lines = _text(source, content).split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return _delimited(source, (line.removesuffix("\r").split("\t") for line in lines))


def _delimited(source: str, rows: Iterator[list[str]]) -> dict[str, tuple[Cell, ...]]:
    header = next(rows, [])
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise DataError(f"{source} has the column {repeated[0]!r} twice.", allowed="Names must be unique.")
    cells: list[list[str]] = []
    problems: list[RowProblem] = []
    number = 0
    while True:
        number += 1
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            problems.append(RowProblem(number, header[0] if header else "", _csv_reason(error)))
            if "unexpected end" in str(error):
                break
            continue
        if len(row) == len(header):
            cells.append(row)
        elif row:
            problems.append(
                RowProblem(number, header[-1], f"{len(row)} cells where the header has {len(header)}")
            )
    if problems:
        raise RowErrors(source, problems)
    return {name: tuple(row[index] for row in cells) for index, name in enumerate(header)}


def _csv_reason(error: csv.Error) -> str:
    if "field limit" in str(error):
        return f"a cell is longer than {MAX_CHARACTERS:,} characters, or a quote is never closed"
    return str(error)


def _rows_of_jsonl(source: str, content: bytes) -> dict[str, tuple[Cell, ...]]:
    rows: list[dict[str, Any]] = []
    problems: list[RowProblem] = []
    names: dict[str, None] = {}
    lines = [line for line in _text(source, content).split("\n") if line.strip()]
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except ValueError as error:
            problems.append(RowProblem(number, "", f"not valid JSON: {error}"))
            continue
        if not isinstance(row, dict):
            problems.append(RowProblem(number, "", "not an object {column: value}"))
            continue
        rows.append(row)
        names.update(dict.fromkeys(row))
    if problems:
        raise RowErrors(source, problems)
    return {name: tuple(_cell(row.get(name)) for row in rows) for name in names}


def _rows_of_parquet(source: str, content: bytes) -> dict[str, tuple[Cell, ...]]:
    try:
        table = pq.read_table(io.BytesIO(content))
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(f"{source} is not a Parquet file: {error}.") from error
    return {name: tuple(_cell(v) for v in table[name].to_pylist()) for name in table.column_names}


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


_READERS: dict[str, Callable[[str, bytes], dict[str, tuple[Cell, ...]]]] = {
    "csv": _rows_of_csv,
    "tsv": _rows_of_tsv,
    "jsonl": _rows_of_jsonl,
    "parquet": _rows_of_parquet,
}
