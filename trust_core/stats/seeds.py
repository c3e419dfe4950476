"""Seeds that depend on what is drawn and on nothing else: not on order, process, thread or platform."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np


def derived_seed(seed: int, *parts: str) -> int:
    """The seed of one draw, from the spec's seed and the names of the draw (stage, text id, half, ...).

    Every part enters with its length, so ("ab", "c") and ("a", "bc") give different seeds.

    Returns:
        An integer in [0, 2^128).
    """
    digest = blake2b(digest_size=16, person=b"trust_core.seeds")
    for part in (str(int(seed)), *parts):
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "little"))
        digest.update(encoded)
    return int.from_bytes(digest.digest(), "little")


def derived_rng(seed: int, *parts: str) -> np.random.Generator:
    """A generator seeded by `derived_seed` of the same arguments."""
    return np.random.Generator(np.random.PCG64(derived_seed(seed, *parts)))
