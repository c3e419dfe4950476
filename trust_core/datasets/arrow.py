"""Arrow columns as cells: what Parquet files and data sets of the hub hold."""

from __future__ import annotations

import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from trust_core.datasets.limits import Limits, refuse_too_many
from trust_core.errors import DataError

Cell = str | None

_BATCH = 1024


def table_of_parquet(source: str, content: bytes, limits: Limits) -> pa.Table:
    """The table in the bytes of a Parquet file, never larger in memory than the limit on bytes.

    A small file can unpack to very much, so it is read in pieces that are weighed as they come.

    Raises:
        DataError: no Parquet file, or over a limit.
    """
    batches = []
    size = 0
    try:
        with pq.ParquetFile(io.BytesIO(content)) as file:
            refuse_too_many(source, file.metadata.num_rows, limits)
            for batch in file.iter_batches(batch_size=_BATCH):
                size += batch.nbytes
                if size > limits.max_bytes:
                    raise DataError(
                        f"{source} unpacks to more than {limits.max_bytes:,} bytes.",
                        allowed=f"A data file may have {limits.max_bytes:,}, also unpacked"
                        " (TRUST_MAX_DATA_MIB).",
                    )
                batches.append(batch)
            return pa.Table.from_batches(batches, schema=file.schema_arrow)
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"{source} is not a Parquet file that can be read: {error}.", remedy="Write the file again."
        ) from error


def columns_of_arrow(
    source: str, table: pa.Table
) -> tuple[dict[str, tuple[Cell, ...]], dict[str, tuple[int, ...]]]:
    """Cells by column, and by column the rows (from 1) whose value is no text, number or date.

    Raises:
        DataError: a column whose values cannot be shown as text.
    """
    columns: dict[str, tuple[Cell, ...]] = {}
    nested: dict[str, tuple[int, ...]] = {}
    for name in table.column_names:
        try:
            values = table[name].to_pylist()
        except (pa.ArrowException, ValueError, OverflowError, LookupError) as error:
            raise DataError(
                f"{source}: the column {name!r} of type {table[name].type} cannot be read: {error}.",
                remedy="Write it as text, or leave it out.",
            ) from error
        columns[name] = tuple(cell_of(value) for value in values)
        odd = tuple(row for row, value in enumerate(values, start=1) if _is_nested(value))
        if odd:
            nested[name] = odd
    return columns, nested


def cell_of(value: Any) -> Cell:
    """A value as a cell: text as it is, numbers and dates as Python writes them, nested values as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, bytes):
        # Older writers keep text as bytes without saying so.
        text = _decoded(value)
        return f"{len(value)} bytes" if text is None else text
    return str(value)


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict | list) or (isinstance(value, bytes) and _decoded(value) is None)


def _decoded(value: bytes) -> str | None:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return None
