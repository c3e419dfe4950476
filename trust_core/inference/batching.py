"""Which inputs are run together: duplicates once, one exact length a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from trust_core.ports import Encoded


@dataclass(frozen=True, slots=True)
class Inputs:
    """The tokens of n inputs, one behind the other.

    Attributes:
        ids: (m,) token ids.
        types: (m,) segment ids, or None where the model has none.
        lengths: (n,) tokens of each input.
    """

    ids: Int[np.ndarray, " m"]
    types: Int[np.ndarray, " m"] | None
    lengths: Int[np.ndarray, " n"]

    def __len__(self) -> int:
        return len(self.lengths)


def inputs_from(encoded: Sequence[Encoded]) -> Inputs:
    """Texts that a tokenizer has encoded; all have segment ids, or none."""
    typed = any(one.types for one in encoded)
    return Inputs(
        ids=np.array([token for one in encoded for token in one.ids], dtype=np.int64),
        types=np.array([kind for one in encoded for kind in one.types], dtype=np.int64) if typed else None,
        lengths=np.array([len(one.ids) for one in encoded], dtype=np.int64),
    )


def joined(parts: Sequence[Inputs]) -> Inputs:
    """Several inputs of the same model as one, in their order."""
    filled = [part for part in parts if len(part)]
    types = [part.types for part in filled if part.types is not None]
    empty = np.empty(0, dtype=np.int64)
    return Inputs(
        ids=np.concatenate([empty, *(part.ids for part in filled)]),
        types=np.concatenate(types) if types else None,
        lengths=np.concatenate([empty, *(part.lengths for part in filled)]),
    )


@dataclass(frozen=True, slots=True)
class Bucket:
    """The distinct inputs of one exact length.

    Attributes:
        rows: (r,) the given inputs of this length.
        inverse: (r,) which of the distinct ones each of them is.
        ids: (b, t) token ids.
        types: (b, t) segment ids, or None where the model has none.
    """

    rows: Int[np.ndarray, " r"]
    inverse: Int[np.ndarray, " r"]
    ids: Int[np.ndarray, "b t"]
    types: Int[np.ndarray, "b t"] | None


def buckets(inputs: Inputs) -> Iterator[Bucket]:
    """Distinct inputs by length, the longest first: a batch that does not fit shows at once."""
    starts = np.cumsum(inputs.lengths) - inputs.lengths
    for length in np.unique(inputs.lengths)[::-1].tolist():
        rows = np.flatnonzero(inputs.lengths == length)
        places = starts[rows, None] + np.arange(length)
        ids = inputs.ids[places]
        types = None if inputs.types is None else inputs.types[places]
        whole = ids if types is None else np.concatenate([ids, types], axis=1)
        first, inverse = distinct_rows(whole)
        yield Bucket(rows, inverse, ids[first], None if types is None else types[first])


def distinct_rows(values: np.ndarray) -> tuple[Int[np.ndarray, " b"], Int[np.ndarray, " r"]]:
    """Where each distinct row of a table first stands, and which of them each row is.

    Args:
        values: (r, c) with c > 0.
    """
    rows = np.ascontiguousarray(values)
    keys = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    return first, inverse.ravel()
