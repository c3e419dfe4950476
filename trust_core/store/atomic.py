"""Files that are either there in full or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from trust_core.errors import RunError


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` to `path`: a reader, or a kill in the middle, never sees half of it.

    Raises:
        RunError: the disk is full or the folder cannot be written.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        raise RunError(
            f"{path} cannot be written: {error.strerror or error}.",
            remedy="Make room or choose another folder; what is finished is kept, the same command goes on.",
        ) from error


def remove_partials(folder: Path) -> None:
    """Remove what writers that were killed have left below `folder`.

    Raises:
        RunError: the folder cannot be written.
    """
    for partial in folder.rglob(".*.partial"):
        try:
            partial.unlink(missing_ok=True)
        except OSError as error:
            raise RunError(
                f"{partial}, left by a run that was killed, cannot be removed: {error.strerror or error}.",
                remedy="Make the folder writable, or remove the file yourself.",
            ) from error
