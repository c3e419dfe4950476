"""The name of a run: a hash of everything that its results depend on, and of nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from trust_core.domain.spec import NOT_IN_FINGERPRINT, Spec

METHOD_VERSION = 2
"""Raised whenever the same spec would give other figures than before."""

_NAMES_AND_PATHS = frozenset(
    {
        *("reference", "candidates", "reference_predictions", "candidate_predictions", "data"),
        *("twin", "twin_predictions"),
    }
)


def fingerprint(
    spec: Spec, *, data_hash: str, model_hashes: Sequence[str], twin_hash: str | None = None
) -> str:
    """SHA-256 of the resolved spec: contents in place of names and paths.

    Candidates count in their order, since their names in the report follow it.

    Args:
        spec: the spec as given; how the work is done (device, batch, threads) does not enter.
        data_hash: of the texts and labels, before sampling.
        model_hashes: of the reference, then of each candidate.
        twin_hash: of the reference's twin, where it has one.
    """
    content: dict[str, Any] = spec.model_dump(
        mode="json", by_alias=True, exclude=set(NOT_IN_FINGERPRINT | _NAMES_AND_PATHS)
    )
    content |= {"data": data_hash, "models": list(model_hashes), "method_version": METHOD_VERSION}
    if twin_hash is not None:
        content["twin"] = twin_hash
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
