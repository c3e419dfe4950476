"""Files of saved predictions."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from tests.support.models_checkpoints import NLI


def write_predictions(
    path: Path, *, seed: int, n: int = 60, sure: float = 3.0, labels: bool = True, reverse: bool = False
) -> Path:
    """Predictions of a model that is mostly right; other seeds are other models of the same texts."""
    rng = np.random.default_rng(seed)
    gold = [at % 3 for at in range(n)]
    z = rng.normal(size=(n, 3)) + sure * np.eye(3)[gold]
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    order = range(n - 1, -1, -1) if reverse else range(n)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", *(["label"] if labels else []), *(f"p_{name}" for name in NLI)])
        for at in order:
            writer.writerow([f"t{at:03d}", *([NLI[gold[at]]] if labels else []), *map(repr, p[at].tolist())])
    return path
