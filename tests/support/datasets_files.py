"""Data files in every format that is read, from the same rows."""

import csv
import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from trust_core.datasets.limits import Limits

GENEROUS = Limits(max_bytes=100_000_000, max_rows=100_000)


def write_columns(path: Path, columns: Mapping[str, Sequence[str]]) -> Path:
    """Write columns in the format that the path ends in."""
    names, rows = list(columns), list(zip(*columns.values(), strict=True))
    kind = path.name.removesuffix(".gz").rsplit(".", 1)[-1]
    if kind == "parquet":
        pq.write_table(pa.table({name: list(cells) for name, cells in columns.items()}), path)
        return path
    plain = path.with_name(path.name + ".plain")
    with plain.open("w", encoding="utf-8", newline="") as file:
        if kind == "csv":
            writer = csv.writer(file)
            writer.writerow(names)
            writer.writerows(rows)
        elif kind == "tsv":
            file.writelines("\t".join(cells) + "\n" for cells in [names, *rows])
        else:
            file.writelines(json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in rows)
    content = plain.read_bytes()
    plain.unlink()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path
