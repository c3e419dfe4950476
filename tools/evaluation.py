"""Figures of a stored model: accuracy, Brier score, calibration error, agreement with its reference."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from tools.pair_files import Pair
from tools.training import encode, logits

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def probabilities(folder: Path, pairs: Sequence[Pair], longest: int) -> Array:
    """Class probabilities of the stored model, loaded as fp32, shape (n, k)."""
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = AutoModelForSequenceClassification.from_pretrained(
        folder, local_files_only=True, dtype=torch.float32
    )
    found = logits(model, encode(tokenizer, pairs, longest)).double().softmax(-1)
    return np.asarray(found.numpy())


def calibration_error(probs: Array, labels: Sequence[int], bins: int = 10) -> float:
    """Expected calibration error of the top label over equal-width bins (lower edge open)."""
    confidence = probs.max(-1)
    right = (probs.argmax(-1) == np.asarray(labels)).astype(np.float64)
    number = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    gaps = [abs(right[number == b].sum() - confidence[number == b].sum()) for b in range(bins)]
    return float(sum(gaps) / len(confidence))


def figures(probs: Array, labels: Sequence[int], reference: Array | None = None) -> dict[str, float]:
    """Accuracy, Brier score (sum form), calibration error and, with a reference, the agreement."""
    gold = np.eye(probs.shape[1])[np.asarray(labels)]
    found = {
        "n": len(labels),
        "accuracy": float((probs.argmax(-1) == np.asarray(labels)).mean()),
        "brier": float(((probs - gold) ** 2).sum(-1).mean()),
        "ece": calibration_error(probs, labels),
    }
    if reference is not None:
        found["agreement"] = float((probs.argmax(-1) == reference.argmax(-1)).mean())
    return {key: round(value, 4) for key, value in found.items()}
