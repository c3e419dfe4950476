"""Fine-tunes an encoder on text pairs by the paper's recipe: python -m tools.finetune.

AdamW at a constant rate of 1e-5, batches of 32, 5 epochs for inference and 10 for paraphrases; the weights
of the epoch with the best accuracy on the development pairs are kept, as safetensors. Examples:

    python -m tools.finetune --encoder bert-base --data snli --out models/bert-base-snli
    python -m tools.finetune --encoder path/to/encoder --train train.tsv.gz --labels no,yes --out models/mine
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy
from tqdm import tqdm  # type: ignore[import-untyped]
from transformers import AutoModelForSequenceClassification, AutoTokenizer, PreTrainedModel

from tools.pair_files import Pair, hold_out, read_pairs
from tools.training import Encoded, bucketed, encode, seed_everything

ENCODERS = {
    "bert-base": "bert-base-uncased",
    "distilbert": "distilbert-base-uncased",
    "bert-medium": "google/bert_uncased_L-8_H-512_A-8",
    "bert-mini": "google/bert_uncased_L-4_H-256_A-4",
    "bert-tiny": "google/bert_uncased_L-2_H-128_A-2",
}


@dataclass(frozen=True, slots=True)
class HubData:
    """Where a data preset lies on the hub and how it is read."""

    path: str
    config: str | None
    columns: tuple[str, str, str]
    labels: tuple[str, ...]
    epochs: int


PRESETS = {
    "snli": HubData(
        "stanfordnlp/snli",
        None,
        ("premise", "hypothesis", "label"),
        ("entailment", "neutral", "contradiction"),
        5,
    ),
    "qqp": HubData(
        "nyu-mll/glue", "qqp", ("question1", "question2", "label"), ("not_paraphrase", "paraphrase"), 10
    ),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run trains on and how long."""

    train: list[Pair]
    dev: list[Pair]
    labels: tuple[str, ...]
    epochs: int


def _hub_pairs(preset: HubData, split: str) -> list[Pair]:
    """The pairs of one split of a hub data set; rows without a gold label are left out."""
    from datasets import load_dataset

    first, second, label = preset.columns
    rows = load_dataset(preset.path, preset.config, split=split)
    return [Pair(row[first], row[second], row[label]) for row in rows if row[label] >= 0]


def plan_of(chosen: argparse.Namespace) -> Plan:
    """The pairs, classes and epochs that the arguments ask for.

    Raises:
        ValueError: where neither a preset nor a training file with its labels is given.
    """
    if chosen.data:
        preset = PRESETS[chosen.data]
        train, dev = _hub_pairs(preset, "train"), _hub_pairs(preset, "validation")
        return Plan(train, dev, preset.labels, chosen.epochs or preset.epochs)
    if not chosen.train or not chosen.labels:
        raise ValueError(
            "give either --data (snli or qqp), or --train with --labels (class names, comma-separated)"
        )
    labels = tuple(name.strip() for name in chosen.labels.split(","))
    first, second, label = (name.strip() for name in chosen.columns.split(","))
    train = read_pairs(chosen.train, labels, (first, second, label))
    if chosen.dev:
        return Plan(train, read_pairs(chosen.dev, labels, (first, second, label)), labels, chosen.epochs or 5)
    rows, held = hold_out(train, max(1, len(train) // 10), chosen.seed, largest=len(train))
    return Plan([train[row] for row in rows], [train[row] for row in held], labels, chosen.epochs or 5)


def _inputs(tokenizer: object, encoded: Sequence[Encoded], uses_segments: bool) -> dict[str, torch.Tensor]:
    """Padded model inputs of one batch, with segment numbers only for encoders that take them."""
    padded = tokenizer.pad(  # type: ignore[attr-defined]
        {"input_ids": [item.ids for item in encoded]}, return_tensors="pt"
    )
    found = {"input_ids": padded["input_ids"], "attention_mask": padded["attention_mask"]}
    if uses_segments:
        width = found["input_ids"].shape[1]
        rows = [item.segments + [0] * (width - len(item.segments)) for item in encoded]
        found["token_type_ids"] = torch.tensor(rows)
    return found


def accuracy(
    model: PreTrainedModel,
    tokenizer: object,
    encoded: Sequence[Encoded],
    pairs: Sequence[Pair],
    segments: bool,
) -> float:
    """Share of the pairs that the model answers rightly."""
    model.eval()
    right = 0
    with torch.inference_mode():
        for start in range(0, len(encoded), 64):
            inputs = _inputs(tokenizer, encoded[start : start + 64], segments)
            answers = model(**{key: value.to(model.device) for key, value in inputs.items()}).logits.argmax(
                -1
            )
            right += sum(
                int(answer) == pair.label
                for answer, pair in zip(answers, pairs[start : start + 64], strict=True)
            )
    return right / len(pairs)


def finetune(plan: Plan, chosen: argparse.Namespace) -> dict[str, object]:
    """Trains, keeps the best epoch in `chosen.out` and returns the figures (training.json there)."""
    seed_everything(chosen.seed)
    name = ENCODERS.get(chosen.encoder, chosen.encoder)
    tokenizer = AutoTokenizer.from_pretrained(name, trust_remote_code=False)
    tokenizer.model_max_length = chosen.max_length
    model = AutoModelForSequenceClassification.from_pretrained(
        name,
        num_labels=len(plan.labels),
        id2label=dict(enumerate(plan.labels)),
        label2id={label: number for number, label in enumerate(plan.labels)},
        trust_remote_code=False,
        dtype=torch.float32,
    ).to("cuda" if torch.cuda.is_available() else "cpu")
    segments = "token_type_ids" in tokenizer.model_input_names
    train, dev = (encode(tokenizer, pairs, chosen.max_length) for pairs in (plan.train, plan.dev))
    optimizer = torch.optim.AdamW(model.parameters(), lr=chosen.rate)
    best, history, started = -1.0, [], time.monotonic()
    for epoch in range(plan.epochs):
        model.train()
        batches = bucketed(train, chosen.batch, random.Random(chosen.seed * 1000 + epoch))
        for rows in tqdm(batches, desc=f"epoch {epoch + 1}/{plan.epochs}", file=sys.stderr):
            inputs = _inputs(tokenizer, [train[row] for row in rows], segments)
            gold = torch.tensor([plan.train[row].label for row in rows], device=model.device)
            with torch.autocast(model.device.type, torch.bfloat16, enabled=chosen.bf16):
                scores = model(**{key: value.to(model.device) for key, value in inputs.items()}).logits
                loss = cross_entropy(scores.float(), gold)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        history.append(accuracy(model, tokenizer, dev, plan.dev, segments))
        print(f"epoch {epoch + 1}: accuracy on the development pairs {history[-1]:.4f}", flush=True)
        if history[-1] > best:
            best = history[-1]
            model.save_pretrained(chosen.out)
            tokenizer.save_pretrained(chosen.out)
    figures: dict[str, object] = {
        "encoder": name,
        "seed": chosen.seed,
        "rate": chosen.rate,
        "batch": chosen.batch,
        "train_pairs": len(plan.train),
        "dev_pairs": len(plan.dev),
        "dev_accuracy": history,
        "kept_epoch": history.index(best) + 1,
        "seconds": round(time.monotonic() - started, 1),
    }
    (chosen.out / "training.json").write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    return figures


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Fine-tunes an encoder on text pairs by the paper's recipe.")
    parser.add_argument(
        "--encoder", required=True, help=f"one of {', '.join(ENCODERS)}, a hub id or a folder"
    )
    parser.add_argument("--data", choices=PRESETS, help="a data set of the hub")
    parser.add_argument("--train", type=Path, help="TSV, CSV, JSONL or JSON, optionally gzipped")
    parser.add_argument(
        "--dev", type=Path, help="the same for development; default: a tenth of --train, by groups"
    )
    parser.add_argument("--labels", help="class names in class order, comma-separated")
    parser.add_argument("--columns", default="text_a,text_b,label", help="first text, second text, label")
    parser.add_argument("--out", type=Path, required=True, help="folder of the fine-tuned model")
    parser.add_argument("--epochs", type=int, help="default: 5, for qqp 10")
    parser.add_argument("--rate", type=float, default=1e-5)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--max-length", type=int, default=128)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--bf16", action="store_true", help="bf16 autocast, for processors that have it")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one fine-tuning; returns the exit code."""
    chosen = _arguments().parse_args(arguments)
    try:
        plan = plan_of(chosen)
    except ValueError as error:
        print(f"finetune: {error}", file=sys.stderr)
        return 2
    chosen.out.mkdir(parents=True, exist_ok=True)
    finetune(plan, chosen)
    return 0


if __name__ == "__main__":
    sys.exit(main())
