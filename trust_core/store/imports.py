"""Runs that were taken in from elsewhere: where they lie, and whose they are."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from trust_core.store.atomic import write_atomically

PREFIX: Final = "imported-"
"""Names of their folders begin so, and those of jobs never do."""

_OWNER: Final = ".owner"
"""The file with the owner's name; an archive of the run leaves it out, as every file with a dot."""


class Imports:
    """The imported runs of one home.

    Args:
        home: the folder of TRUST_HOME.
    """

    def __init__(self, home: Path) -> None:
        self._root = home / "runs"

    def folder(self, owner: str, content: bytes) -> Path:
        """Where an archive is unpacked to: the same one of the same owner, in the same folder."""
        # Each owner has folders of their own, or the second one to bring a run would be told of the first.
        whose = hashlib.sha256(owner.encode()).digest() if owner else b""
        return self._root / f"{PREFIX}{hashlib.sha256(whose + content).hexdigest()[:12]}"

    def holds(self, folder: Path) -> bool:
        """Whether this folder is that of an imported run."""
        place = folder.resolve()
        return place.parent == self._root.resolve() and place.name.startswith(PREFIX)

    def give(self, folder: Path, owner: str) -> None:
        """Write down whose an import is; nothing where nobody signs in.

        Raises:
            RunError: it cannot be written.
        """
        if owner:
            write_atomically(folder / _OWNER, owner.encode())

    def owner(self, folder: Path) -> str:
        """Whose it is; empty where nobody had signed in, or where that cannot be read."""
        try:
            return (folder / _OWNER).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    def visible(self, folder: Path, viewer: str | None) -> bool:
        """Whether somebody may see, and remove, the run in this folder, as far as it is an import.

        Args:
            folder: of any run.
            viewer: who looks; None where nobody signs in: everything.
        """
        return viewer is None or not self.holds(folder) or self.owner(folder) == viewer
