"""The id of a job: the same evaluation of the same files has the same one."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from trust_core.domain.spec import NOT_IN_FINGERPRINT, Spec
from trust_core.errors import RunError
from trust_core.pipeline.fingerprint import METHOD_VERSION

_ID = re.compile(r"[0-9a-f]{12}")

_ONNX = "onnx"
"""The folder of a model in which its graph may lie."""


def job_id(spec: Spec) -> str:
    """Twelve letters from the spec and from size and age of the files that it names.

    The fingerprint of the run, from the contents of models and data, is known only when they are read; this
    one takes a moment. Files that change change it. What it cannot see is a model or data set of the hub
    without a revision that has moved on, and a file written anew with the size and time of the old one:
    therefore whoever asks for what is done is told when that was, and may have it done again.
    """
    return next(job_ids(spec))


def job_ids(spec: Spec) -> Iterator[str]:
    """The id of an evaluation, and those of its repetitions, without end."""
    content = spec.model_dump(mode="json", by_alias=True, exclude=set(NOT_IN_FINGERPRINT))
    stamps = [stamp for name in named_paths(spec) for stamp in _stamps(name)]
    known = {"spec": content, "files": stamps, "method_version": METHOD_VERSION}
    # Files are looked at now, not when the first id is taken.
    return (_digest(known | ({"repetition": at} if at else {})) for at in count())


def _digest(known: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()[:12]


def checked_id(given: str) -> str:
    """The id, if it has the form of one: ids come from addresses, and name folders.

    Raises:
        RunError: it has not.
    """
    if not _ID.fullmatch(given):
        raise RunError(f"{given[:40]!r} is no id of a job.", allowed="Twelve of the letters 0-9 and a-f.")
    return given


def named_paths(spec: Spec) -> tuple[str, ...]:
    """Whatever in the spec may be a file or a folder of this machine."""
    names = (
        spec.reference,
        spec.twin_name,
        *spec.candidates,
        spec.reference_predictions,
        spec.twin_predictions,
        *spec.candidate_predictions,
        spec.data.source if spec.data else None,
    )
    return tuple(name for name in names if name)


def _stamps(name: str) -> Iterator[tuple[str, str, int, int]]:
    """Size and age of a file, or of every file in a folder and in `onnx` below it, as models are read."""
    for shown, file in _files(name):
        # One that cannot be looked at, such as a link to nothing, hides no other.
        with suppress(OSError):
            facts = file.stat()
            yield name, shown, facts.st_size, facts.st_mtime_ns


def _files(name: str) -> list[tuple[str, Path]]:
    try:
        path = Path(name).expanduser()
        if path.is_file():
            return [(path.name, path)]
        folders = [folder for folder in (path, path / _ONNX) if folder.is_dir()]
        files = sorted(file for folder in folders for file in folder.iterdir())
        return [(str(file.relative_to(path)), file) for file in files]
    except (OSError, ValueError, RuntimeError):
        # A name that is no path, or one that cannot be read: the run itself says so.
        return []
