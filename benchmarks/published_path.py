"""The predict function of the published scripts: strings, padded as they come, in batches of 256."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from trust_core.domain.arrays import BoolArray, FloatArray
from trust_core.domain.texts import SegmentedText, TextPair
from trust_core.explain.reference import MaskedPredict
from trust_core.models.names import bundled_models
from trust_core.perturb.masks import compose_all
from trust_core.perturb.words import segment

BATCH = 256
FEWEST_WORDS = 4
SHARED = Path(os.environ.get("TRUST_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
SNLI = SHARED / "snli_test.tsv.gz"


class PublishedPath:
    """Tokenise, pad to the longest of 256 texts, one forward pass, softmax.

    Args:
        network: the classifier.
        tokenizer: the model's tokenizer, as transformers has it.
        device: where it computes.
        precision: of autocast; None for single precision.
    """

    def __init__(
        self, network: Any, tokenizer: Any, *, device: str = "cpu", precision: torch.dtype | None = None
    ) -> None:
        self.network = network.to(device).eval()
        self.tokenizer = tokenizer
        self._device = device
        self._precision = precision

    @torch.inference_mode()
    def __call__(self, pairs: Sequence[TextPair]) -> FloatArray:
        """(n, k) probabilities."""
        found = []
        for start in range(0, len(pairs), BATCH):
            firsts, seconds = zip(*pairs[start : start + BATCH], strict=True)
            both = (list(firsts),) if seconds[0] is None else (list(firsts), list(seconds))
            inputs = self.tokenizer(*both, padding=True, truncation=True, max_length=512, return_tensors="pt")
            with self._cast():
                logits = self.network(**inputs.to(self._device)).logits
            found.append(logits.float().softmax(-1).cpu().numpy())
        return np.concatenate(found).astype(np.float64)

    def of(self, text: SegmentedText) -> MaskedPredict:
        """The same, for masks of one text."""

        def predict(keep: BoolArray) -> FloatArray:
            return self(compose_all(text, keep, rule="delete", mask_token=""))

        return predict

    def _cast(self) -> contextlib.AbstractContextManager[Any]:
        if self._precision is None:
            return contextlib.nullcontext()
        return torch.autocast(self._device.split(":")[0], dtype=self._precision)


def published_path(name: str) -> PublishedPath:
    """The published path of a bundled model, in single precision on the CPU."""
    folder = bundled_models()[name]
    network = AutoModelForSequenceClassification.from_pretrained(
        folder, dtype=torch.float32, local_files_only=True, trust_remote_code=False
    )
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    return PublishedPath(network, tokenizer)


def snli_pairs(file: Path, count: int | None) -> list[SegmentedText]:
    """The first distinct pairs of a data set that have some words to remove; None takes all."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        next(lines)
        rows = (line.rstrip("\n").split("\t") for line in lines)
        distinct = dict.fromkeys((row[0], row[1]) for row in rows)
    texts = (segment(f"snli-{at}", pair) for at, pair in enumerate(distinct))
    return list(itertools.islice((text for text in texts if len(text) >= FEWEST_WORDS), count))
