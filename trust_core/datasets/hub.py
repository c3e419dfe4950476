"""Data sets of the Hugging Face hub. The only place that imports the `datasets` library."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from trust_core.datasets.arrow import Cell
from trust_core.datasets.columns import Texts, label_column, texts_from_table
from trust_core.datasets.limits import Limits, refuse_too_many
from trust_core.datasets.tables import Table, table_of_arrow
from trust_core.domain.spec import NO_LABELS, DataSpec
from trust_core.errors import DataError, without_secrets

if TYPE_CHECKING:
    import datasets

PREFIX = "hub:"
DEFAULT_SPLIT = "validation"

TIMEOUT_S = 6
"""How long the hub may take to answer at all. Asked before the `datasets` library, which would try for
half a minute."""

_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)


def hub_texts(spec: DataSpec, limits: Limits) -> Texts:
    """The texts of a hub data set: `spec.source` is `hub:OWNER/NAME`, with config, split and revision.

    Class numbers are turned into the names that the data set declares; texts that it marks as without
    a gold label are left out and counted. Only data files are read: a data set that needs code of its
    own is refused by the library.

    Raises:
        DataError: the hub cannot be reached, it has no such data set, config or split, or the data set's
            files are larger than a data file may be.
    """
    name = _checked_name(spec.source)
    split = spec.split or DEFAULT_SPLIT
    revision = _revision(name, spec, limits)
    loaded = _loaded(name, spec.config, split, revision)
    refuse_too_many(f"{spec.source} ({split})", len(loaded), limits)
    table = table_of_arrow(spec.source, loaded.with_format("arrow")[:])
    table = replace(table, columns={c: _named(loaded, c, cells) for c, cells in table.columns.items()})
    notes = () if revision is None else (f"Revision of the data set: {revision}.",)
    if spec.label != NO_LABELS:
        table, left_out = _without_unlabelled(table, spec, split)
        notes = (*notes, *left_out)
    texts = texts_from_table(table, spec)
    return replace(texts, notes=(*notes, *texts.notes))


def _checked_name(source: str) -> str:
    name = source.removeprefix(PREFIX)
    if not _NAME.fullmatch(name):
        raise DataError(
            f"{source!r} names no data set of the hub.",
            allowed="Write hub:OWNER/NAME, such as hub:nyu-mll/glue, and data.config and data.split.",
        )
    if Path(name).exists():
        # The library would silently prefer the folder, wherever the data may come from.
        raise DataError(
            f"{source!r} is also the path of something on this machine.",
            remedy="Run the command in another folder, or give the file without hub:.",
        )
    return name


def _revision(name: str, spec: DataSpec, limits: Limits) -> str | None:
    """The commit that the data set is read at, asked of the hub with a short time limit.

    The sizes that the hub lists are held against the limits, before anything is fetched.
    """
    from huggingface_hub import HfApi, constants, errors

    revision = spec.revision
    if constants.HF_HUB_OFFLINE:
        return revision
    place = without_secrets(constants.ENDPOINT)
    try:
        info = HfApi().dataset_info(name, revision=revision, files_metadata=True, timeout=TIMEOUT_S)
    except errors.GatedRepoError:
        raise DataError(
            f"The data set {name!r} is gated.",
            remedy="Ask for access on its page, then set HF_TOKEN to a token of your account.",
        ) from None
    except errors.RevisionNotFoundError:
        raise DataError(f"The data set {name!r} has no revision {revision!r}.") from None
    except errors.RepositoryNotFoundError:
        raise DataError(
            f"The hub has no data set {name!r}, or it is private.",
            remedy="Check the name; for private data set HF_TOKEN to a token that may read it.",
        ) from None
    except errors.HfHubHTTPError as error:
        raise DataError(
            f"The hub {place} refuses the data set {name!r}: it answered {error.response.status_code}.",
            remedy="Check HF_TOKEN, or try again later.",
        ) from None
    except (errors.HTTPError, OSError, ValueError) as error:  # type: ignore[attr-defined]
        raise DataError(
            f"The hub {place} cannot be reached for {name!r} ({type(error).__name__}).",
            remedy="Check the network and HF_ENDPOINT; HF_HUB_OFFLINE=1 uses what was downloaded before.",
        ) from None
    _refuse_too_large(name, spec, {file.rfilename: file.size or 0 for file in info.siblings or ()}, limits)
    return info.sha


def _refuse_too_large(name: str, spec: DataSpec, sizes: Mapping[str, int], limits: Limits) -> None:
    """Refuse files larger together than a data file may be: those in the config's folder, or else all.

    The folder's name is the custom of the hub for data sets with several configs; only they are fetched.
    """
    own = [size for path, size in sizes.items() if spec.config in Path(path).parts[:-1]]
    total = sum(own or sizes.values())
    if total > limits.max_bytes:
        raise DataError(
            f"The files of {name!r} (config {spec.config or 'default'}) have {total:,} bytes.",
            allowed=f"A data set may have {limits.max_bytes:,} (TRUST_MAX_DATA_MIB).",
            remedy="Raise the limit, name a smaller data.config, or give the texts as a file.",
        )


def _loaded(name: str, config: str | None, split: str, revision: str | None) -> datasets.Dataset:
    import datasets
    from datasets.exceptions import DatasetsError
    from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]

    datasets.disable_progress_bars()
    try:
        loaded = datasets.load_dataset(name, config, split=split, revision=revision)
    except (DatasetsError, HTTPError, OSError, ValueError, RuntimeError) as error:
        raise DataError(
            f"The data set {name!r} (config {config or 'default'}, split {split}) cannot be loaded:"
            f" {_first_line(error)}",
            remedy="Check the name, data.config, data.split and the network (--set data.split=test).",
        ) from None
    if not isinstance(loaded, datasets.Dataset):
        raise DataError(f"The split {split!r} of {name!r} is no single table.", allowed="Name one split.")
    return loaded


def _first_line(error: Exception) -> str:
    """What the library says, without secrets; of the transport's own errors, which hold headers, the kind."""
    from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]

    said = "" if isinstance(error, HTTPError) else next(iter(str(error).strip().splitlines()), "")
    return without_secrets(said) or type(error).__name__


def _named(loaded: datasets.Dataset, column: str, cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Class numbers as the names that the data set declares; -1, which stands for none, as no value."""
    import datasets

    feature = loaded.features[column]
    if not isinstance(feature, datasets.ClassLabel):
        return tuple(cells)
    names = dict(enumerate(feature.names))
    return tuple(None if cell is None else names.get(int(cell)) for cell in cells)


def _without_unlabelled(table: Table, spec: DataSpec, split: str) -> tuple[Table, tuple[str, ...]]:
    cells = table.columns[label_column(table, spec) or ""]
    kept = [row for row, cell in enumerate(cells) if cell is not None and cell.strip() not in ("", "-1")]
    missing = len(cells) - len(kept)
    if not missing:
        return table, ()
    if not kept:
        raise DataError(
            f"No text in the split {split} of {spec.source} has a gold label.",
            remedy="Give another split (--set data.split=...), or --label none.",
        )
    note = f"{missing:,} of {len(cells):,} texts have no gold label in the data set and are left out."
    return table.take(kept), (note,)
