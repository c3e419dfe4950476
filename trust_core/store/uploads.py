"""Files that users of the app have brought: each in a folder of its owner, named by its content."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from trust_core.domain.uploads import DIGITS, EVERYONE, FOLDER
from trust_core.errors import DataError, RunError
from trust_core.store.atomic import write_atomically

LONGEST_NAME = 80

_ENDINGS = re.compile(r"\.(csv|tsv|jsonl|ndjson|json|parquet)(\.gz)?$", re.IGNORECASE)
_STRANGE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Upload:
    """One file; `name` is what its owner called it, made safe."""

    path: Path
    name: str
    size: int


class Uploads:
    """The uploads of one home.

    Args:
        home: the folder of TRUST_HOME.
        max_bytes: largest file.
    """

    def __init__(self, home: Path, *, max_bytes: int) -> None:
        self._root = home / FOLDER
        self._max_bytes = max_bytes

    def folder(self, owner: str) -> Path:
        """Where the uploads of one user lie; users who do not sign in share one folder."""
        # A digest, since what signs in may be any text, and no two users may share a folder by spelling.
        return self._root / (hashlib.sha256(owner.encode()).hexdigest()[:DIGITS] if owner else EVERYONE)

    def save(self, owner: str, name: str, content: bytes) -> Path:
        """Keep a file; the same content under the same name is kept once.

        Raises:
            DataError: it is too large, or of no kind that texts or predictions come in.
            RunError: it cannot be written.
        """
        if len(content) > self._max_bytes:
            raise DataError(
                f"The file has {len(content):,} bytes.",
                allowed=f"A data file may have {self._max_bytes:,} (TRUST_MAX_DATA_MIB).",
            )
        clean = safe_name(name)
        if not _ENDINGS.search(clean):
            raise DataError(
                f"The name {clean!r} does not end like a table.",
                allowed="CSV, TSV, JSONL and Parquet files can be read, also gzipped (.csv.gz).",
            )
        path = self.folder(owner) / hashlib.sha256(content).hexdigest()[:DIGITS] / clean
        if not path.exists():
            write_atomically(path, content)
        return path

    def listed(self, owner: str) -> list[Upload]:
        """The files of one user, the newest first."""
        found = [path for path in self.folder(owner).glob("*/*") if not path.name.startswith(".")]
        found.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        return [Upload(path, path.name, path.stat().st_size) for path in found]

    def owns(self, owner: str, path: Path) -> bool:
        """Whether a file is an upload of this user."""
        return path.resolve().is_relative_to(self.folder(owner).resolve())

    def holds(self, path: Path) -> bool:
        """Whether a file is an upload of anybody."""
        return path.resolve().is_relative_to(self._root.resolve())

    def delete(self, owner: str, path: Path) -> None:
        """Remove a file of this user.

        Raises:
            DataError: it is no upload of this user.
            RunError: it cannot be removed.
        """
        if not self.owns(owner, path) or not path.is_file():
            raise DataError("There is no such upload.", remedy="It may have been removed already.")
        try:
            shutil.rmtree(path.parent)
        except OSError as error:
            raise RunError(f"The upload cannot be removed: {error.strerror or error}.") from error


def safe_name(name: str) -> str:
    """A file name without folders, blanks and characters that could mean something elsewhere."""
    last = re.split(r"[/\\]", name)[-1]
    clean = _STRANGE.sub("_", last).lstrip(".-_") or "file"
    if len(clean) <= LONGEST_NAME:
        return clean
    ending = found[0] if (found := _ENDINGS.search(clean)) else ""
    return clean[: LONGEST_NAME - len(ending)] + ending
