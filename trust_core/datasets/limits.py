"""How much a data file may hold, and where it may lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trust_core.domain.uploads import called
from trust_core.errors import DataError, nearest

MAX_CHARACTERS = 100_000
"""Longest single cell. Longer ones are refused row by row: no classifier reads them."""


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
    """The file of that name, checked against the limits; links are followed before the roots are compared.

    Raises:
        DataError: it does not exist, is no file, is too large, or lies outside the roots.
    """
    shown = called(name)
    try:
        path = Path(name).expanduser().resolve()
        if limits.roots is not None:
            _refuse_outside(name, path, limits.roots)
        if path.is_dir():
            raise DataError(f"{shown} is a folder.", allowed="Give the file in it.")
        if not path.is_file():
            remedy = _similar(path) if shown == name else "Upload it again."
            raise DataError(f"There is no file {shown}.", remedy=remedy)
        size = path.stat().st_size
    except (OSError, ValueError, RuntimeError) as error:
        # No permission, a name of impossible length or characters, links in a circle, an unknown ~user.
        why = getattr(error, "strerror", None) or error
        raise DataError(f"{shown!r} cannot be opened: {why}.", remedy="Check the path.") from error
    if size > limits.max_bytes:
        raise DataError(
            f"{shown} has {size:,} bytes.",
            allowed=f"A data file may have {limits.max_bytes:,} (TRUST_MAX_DATA_MIB).",
        )
    return path


def refuse_too_many(source: str, rows: int, limits: Limits) -> None:
    """Refuse more rows than allowed.

    Raises:
        DataError: `rows` is over the limit.
    """
    if rows > limits.max_rows:
        raise DataError(
            f"{source} has more than {limits.max_rows:,} rows.",
            allowed=f"A data file may have {limits.max_rows:,} (TRUST_MAX_ROWS).",
        )


def _refuse_outside(name: str, path: Path, roots: Sequence[Path]) -> None:
    if not any(path.is_relative_to(root.resolve()) for root in roots):
        raise DataError(
            f"{called(name)} lies outside the folders that data may come from.",
            allowed="Allowed: " + (", ".join(str(root) for root in roots) or "none") + ".",
            remedy="Move the file to an allowed folder, or set TRUST_DATA_ROOTS to allow others.",
        )


def _similar(path: Path) -> str:
    if not path.parent.is_dir():
        return f"There is no folder {path.parent} either: check the path."
    neighbours = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    suggestion = nearest(path.name, neighbours)
    return suggestion if suggestion.startswith("Did you mean") else "Check the path."
