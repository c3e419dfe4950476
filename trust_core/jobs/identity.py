"""The id of a job: the same evaluation of the same files has the same one."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from trust_core.domain.spec import NOT_IN_FINGERPRINT, Spec
from trust_core.errors import RunError
from trust_core.pipeline.fingerprint import METHOD_VERSION

_ID = re.compile(r"[0-9a-f]{12}")


def job_id(spec: Spec) -> str:
    """Twelve letters from the spec and from size and age of the files that it names.

    The fingerprint of the run, from the contents of models and data, is known only when they are
    read; this one takes a moment and never holds two evaluations for the same that are not.
    """
    content = spec.model_dump(mode="json", by_alias=True, exclude=set(NOT_IN_FINGERPRINT))
    stamps = [stamp for name in named_paths(spec) for stamp in _stamps(name)]
    known = {"spec": content, "files": stamps, "method_version": METHOD_VERSION}
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
    try:
        path = Path(name).expanduser()
        files = sorted(path.iterdir()) if path.is_dir() else [path] if path.is_file() else []
        for file in files:
            facts = file.stat()
            yield name, file.name, facts.st_size, facts.st_mtime_ns
    except (OSError, ValueError, RuntimeError):
        # A name that is no path, or one that cannot be read: the run itself says so.
        return
