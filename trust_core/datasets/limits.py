"""How much a data file may hold, and where it may lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trust_core.errors import DataError

MAX_CHARACTERS = 100_000
"""Longest single text. Longer ones are refused row by row: no classifier reads them."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on a data file.

    Attributes:
        max_bytes: largest file, also after unpacking.
        max_rows: most rows.
        roots: folders that the file may lie in, or None for anywhere.
    """

    max_bytes: int
    max_rows: int
    roots: Sequence[Path] | None = None


def allowed_file(name: str, limits: Limits) -> Path:
    """The file of that name, checked against the limits.

    Raises:
        DataError: it does not exist, is no file, is too large, or lies outside the roots.
    """
    path = Path(name).expanduser().resolve()
    if limits.roots is not None and not any(path.is_relative_to(root) for root in limits.roots):
        raise DataError(
            f"{name} lies outside the folders that data may come from.",
            allowed="Allowed: " + ", ".join(str(root) for root in limits.roots) + ".",
            remedy="Move the file there, or change TRUST_DATA_ROOTS.",
        )
    if not path.is_file():
        raise DataError(f"There is no file {name}.", remedy="Check the path.")
    size = path.stat().st_size
    if size > limits.max_bytes:
        raise DataError(
            f"{name} has {size:,} bytes.",
            allowed=f"A data file may have {limits.max_bytes:,} (TRUST_MAX_DATA_MIB).",
        )
    return path
