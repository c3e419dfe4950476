"""LIME of a BERT-base-sized model on one GPU against the published script on it: `python -m benchmarks gpu`.

The published script runs in fp16 autocast and batches of 256. Weights are random, as speed does not depend on
them; the texts are real. Without a GPU it says so and measures nothing.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

from benchmarks.figures import RESULTS, Row, ratio_row, write
from benchmarks.published_path import SNLI, PublishedPath, snli_pairs
from trust_core.domain.texts import SegmentedText
from trust_core.explain import lime_text, reference
from trust_core.explain.settings import Settings
from trust_core.inference.engine import Engine
from trust_core.inference.pool import explain
from trust_core.models.backends import with_backend
from trust_core.models.classifier import TorchClassifier
from trust_core.models.device import choose_device
from trust_core.models.forward import Compute, Precision
from trust_core.models.inspection import inspect_model
from trust_core.models.names import bundled_models
from trust_core.models.policy import Policy
from trust_core.models.tokenizer_reading import read_tokenizer

CLASSES = ("entailment", "neutral", "contradiction")
TURN = 10
PRECISIONS: tuple[Precision, ...] = ("fp32", "bf16", "fp16")


def random_network(name: str) -> Any:
    """A BERT-base with random weights and the vocabulary of a bundled model."""
    tokenizer = inspect_model(name, policy=Policy(origin="typed")).checkpoint.config
    torch.manual_seed(0)
    config = BertConfig(vocab_size=int(tokenizer["vocab_size"]), num_labels=len(CLASSES))
    return BertForSequenceClassification(config).eval().requires_grad_(False)


def classifier(name: str, network: Any) -> TorchClassifier:
    """Our classifier over a network with a bundled model's tokenizer."""
    tokenizer = read_tokenizer(inspect_model(name, policy=Policy(origin="typed")))
    order = range(len(CLASSES))
    return TorchClassifier(
        "random", network, tokenizer.pairs, CLASSES, order=order, type_ids_expected=tokenizer.gives_types
    )


def measure(
    texts: Sequence[SegmentedText], name: str, *, device: str, samples: int, batch_tokens: int
) -> tuple[list[Row], dict[str, Any]]:
    """Our path in every precision against the published script, a few texts each in turn.

    Args:
        texts: the texts.
        name: the bundled model whose tokenizer is used.
        device: where both compute.
        samples: of LIME.
        batch_tokens: the most tokens in a batch of ours.
    """
    network = random_network(name).to(device)
    tokenizer = AutoTokenizer.from_pretrained(
        bundled_models()[name], local_files_only=True, trust_remote_code=False
    )
    published = PublishedPath(network, tokenizer, device=device, precision=torch.float16)
    settings = Settings(seed=0, samples=samples)
    engines, deviations = {}, {}
    for precision in PRECISIONS:
        original = classifier(name, network)
        chosen, forward = with_backend(
            original,
            Compute("torch", precision),
            device=choose_device("cuda"),
            content_hash="",
            quantised=False,
        )
        engines[precision] = Engine(chosen, batch_tokens=batch_tokens)
        deviations[precision] = forward.deviation
    theirs: list[float] = []
    ours: dict[str, list[float]] = {precision: [] for precision in PRECISIONS}
    for start in range(-2, len(texts), TURN):
        # The first two texts once before the clock counts.
        turn = texts[:2] if start < 0 else texts[start : start + TURN]
        began = time.perf_counter()
        for text in turn:
            reference.lime(text, published.of(text), settings)
        seconds = time.perf_counter() - began
        each = {}
        for precision, engine in engines.items():
            began = time.perf_counter()
            list(explain(turn, lime_text.explainer(settings), engine))
            each[precision] = time.perf_counter() - began
        if start >= 0:
            theirs.append(seconds)
            for precision, taken in each.items():
                ours[precision].append(taken)
    rows = [ratio_row(f"gpu-{precision}", theirs, taken) for precision, taken in ours.items()]
    count = len(texts)
    details = {
        "texts": count,
        "gpu": torch.cuda.get_device_name(0),
        "published_s_per_text": sum(theirs) / count,
        "ours_s_per_text": {precision: sum(taken) / count for precision, taken in ours.items()},
        "deviation": deviations,
        "share_in_forward": {
            precision: engine.usage.forward_s / max(sum(ours[precision]), 1e-9)
            for precision, engine in engines.items()
        },
    }
    return rows, details


def main() -> None:
    """Measure, print and write, where there is a GPU."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=60)
    parser.add_argument("--model", default="nli-reference")
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--batch-tokens", type=int, default=65_536)
    parser.add_argument("--data", type=Path, default=SNLI)
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    if not torch.cuda.is_available():
        print("no GPU: the rows of the GPU are not measured")
        return
    if not chosen.data.is_file():
        parser.error(f"there is no file {chosen.data}; name it with --data or set TRUST_SHARED_DATA")
    rows, details = measure(
        snli_pairs(chosen.data, chosen.texts),
        chosen.model,
        device="cuda:0",
        samples=chosen.samples,
        batch_tokens=chosen.batch_tokens,
    )
    write("gpu", rows, details, chosen.out)


if __name__ == "__main__":
    main()
