"""Data sets of the Hugging Face hub. The only place that imports the `datasets` library."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from trust_core.datasets.columns import Texts, texts_from_table
from trust_core.datasets.limits import Limits
from trust_core.datasets.tables import Cell, Table
from trust_core.domain.spec import DataSpec
from trust_core.errors import DataError

if TYPE_CHECKING:
    import datasets

PREFIX = "hub:"
DEFAULT_SPLIT = "validation"

TIMEOUT_S = 10


def hub_texts(spec: DataSpec, limits: Limits) -> Texts:
    """The texts of a hub data set: `spec.source` is `hub:OWNER/NAME`, with config, split and revision.

    Class numbers are turned into the names that the data set declares. Only data files are read:
    a data set that needs code of its own is refused by the library.

    Raises:
        DataError: the hub cannot be reached, or it has no such data set, config or split.
    """
    name = spec.source.removeprefix(PREFIX)
    split = spec.split or DEFAULT_SPLIT
    loaded = _loaded(name, spec, split)
    if len(loaded) > limits.max_rows:
        raise DataError(
            f"{spec.source} has {len(loaded):,} rows in {split}.",
            allowed=f"At most {limits.max_rows:,} (TRUST_MAX_ROWS).",
        )
    columns = {column: _cells(loaded, column) for column in loaded.column_names}
    return texts_from_table(_without_unlabelled(Table(spec.source, columns), spec), spec)


def _loaded(name: str, spec: DataSpec, split: str) -> datasets.Dataset:
    os.environ.setdefault("HF_HUB_ETAG_TIMEOUT", str(TIMEOUT_S))
    os.environ.setdefault("HF_HUB_DOWNLOAD_TIMEOUT", str(TIMEOUT_S))
    import datasets
    from datasets.exceptions import DatasetsError
    from huggingface_hub.errors import HfHubHTTPError

    datasets.disable_progress_bars()
    try:
        loaded = datasets.load_dataset(name, spec.config, split=split, revision=spec.revision)
    except (DatasetsError, HfHubHTTPError, OSError, ValueError, RuntimeError) as error:
        first_line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise DataError(
            f"The data set {name!r} (config {spec.config or 'default'}, split {split}) cannot be loaded:"
            f" {first_line}",
            remedy="Check the name, data.config and data.split, the network, and HF_TOKEN for gated data.",
        ) from error
    if not isinstance(loaded, datasets.Dataset):
        raise DataError(f"The split {split!r} of {name!r} is no single table.", allowed="Name one split.")
    return loaded


def _cells(loaded: datasets.Dataset, column: str) -> tuple[Cell, ...]:
    feature: Any = loaded.features[column]
    values = loaded[column]
    if hasattr(feature, "int2str"):
        # Data sets of this kind mark a text without a gold label by -1.
        return tuple(None if value is None or value < 0 else feature.int2str(value) for value in values)
    return tuple(None if value is None else str(value) for value in values)


def _without_unlabelled(table: Table, spec: DataSpec) -> Table:
    column = spec.label or "label"
    if column not in table.columns:
        return table
    kept = [row for row, cell in enumerate(table.columns[column]) if cell is not None]
    return Table(
        table.source, {name: tuple(cells[row] for row in kept) for name, cells in table.columns.items()}
    )
