"""One hash for everything that a model computes with; it names the model in a run's fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from trust_core.models.compress.recipe import Recipe


def hash_files(files: Iterable[Path]) -> str:
    """SHA-256 over names and contents of files, whatever their order or folder; read in pieces."""
    whole = hashlib.sha256()
    for path in sorted(files, key=lambda file: file.name):
        with path.open("rb") as stream:
            part = hashlib.file_digest(stream, "sha256")
        whole.update(f"{path.name}\0{part.hexdigest()}\n".encode())
    return whole.hexdigest()


def hash_derived(base: str, recipe: Recipe) -> str:
    """The hash of a model made by `recipe` from the one whose hash is `base`: the making is deterministic."""
    return hashlib.sha256(f"{base}\n{recipe.text}\n".encode()).hexdigest()
