"""Which inputs are run together: duplicates once, one exact length a batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from trust_core.ports import Encoded


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """Distinct inputs, in the order in which they were first seen.

    Attributes:
        inputs: the u distinct inputs.
        inverse: (n,) which of them each of the n given inputs is.
    """

    inputs: tuple[Encoded, ...]
    inverse: Int[np.ndarray, " n"]


def deduplicate(inputs: Sequence[Encoded]) -> Deduplicated:
    """Each distinct sequence of tokens once."""
    seen: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
    distinct: list[Encoded] = []
    inverse = np.empty(len(inputs), dtype=np.int64)
    for row, encoded in enumerate(inputs):
        place = seen.setdefault((encoded.ids, encoded.types), len(distinct))
        if place == len(distinct):
            distinct.append(encoded)
        inverse[row] = place
    return Deduplicated(tuple(distinct), inverse)


@dataclass(frozen=True, slots=True)
class Bucket:
    """Inputs of one exact length.

    Attributes:
        rows: (b,) where they come from.
        ids: (b, t) token ids.
        types: (b, t) segment ids, or None where the model has none.
    """

    rows: Int[np.ndarray, " b"]
    ids: Int[np.ndarray, "b t"]
    types: Int[np.ndarray, "b t"] | None


def bucket_by_length(inputs: Sequence[Encoded]) -> list[Bucket]:
    """Inputs gathered by length, the longest first: a batch that does not fit shows at once."""
    groups: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for row, encoded in enumerate(inputs):
        groups[len(encoded.ids), bool(encoded.types)].append(row)
    return [
        Bucket(
            rows=np.array(rows, dtype=np.int64),
            ids=np.array([inputs[row].ids for row in rows], dtype=np.int64),
            types=np.array([inputs[row].types for row in rows], dtype=np.int64) if typed else None,
        )
        for (_, typed), rows in sorted(groups.items(), reverse=True)
    ]
