"""Tiny models, texts that their tokenizer knows, and runs of the command line over them."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from transformers import BertConfig, BertForSequenceClassification

from tests.support.models_checkpoints import NLI, word_piece_tokenizer
from trust_core.cli.main import main

WORDS = ("man", "woman", "dogs", "horse", "children", "beach", "train", "rained", "sings", "riding", "nobody")
PI = ("not_paraphrase", "paraphrase")
QUICK = (
    "--explainers",
    "lime",
    "--set",
    "lime.samples=40",
    "--set",
    "resamples=200",
    "--explain-limit",
    "20",
)


@dataclass(frozen=True)
class Workbench:
    """What a test of the command line works with."""

    folder: Path
    reference: Path
    candidate: Path
    data: Path

    def arguments(self, out: Path | str, *more: str) -> list[str]:
        """`evaluate` of the candidate against the reference, quick."""
        return [
            "evaluate",
            *("--reference", str(self.reference), "--candidate", str(self.candidate)),
            *("--data", str(self.data), *QUICK, *more, "--out", str(out)),
        ]

    def evaluate(self, out: Path | str, *more: str) -> int:
        """The exit code of `arguments`."""
        return main(self.arguments(out, *more))


def write_model(
    folder: Path, *, seed: int = 0, labels: Sequence[str] = NLI, width: int = 32, layers: int = 2
) -> Path:
    """A random BERT of two layers whose words interact."""
    config = BertConfig(
        vocab_size=400,
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=2,
        intermediate_size=2 * width,
        max_position_embeddings=64,
        initializer_range=0.4,
        id2label=dict(enumerate(labels)),
        label2id={name: at for at, name in enumerate(labels)},
    )
    torch.manual_seed(seed)
    BertForSequenceClassification(config).save_pretrained(folder)
    word_piece_tokenizer().save_pretrained(folder)
    return folder


def write_neighbour(folder: Path, model: Path, *, noise: float = 0.02, seed: int = 1) -> Path:
    """A copy of a model whose weights are a little off."""
    folder.mkdir(parents=True)
    for file in model.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    weights = load_file(model / "model.safetensors")
    drawn = torch.Generator().manual_seed(seed)
    moved = {name: w + noise * torch.randn(w.shape, generator=drawn) for name, w in weights.items()}
    save_file(moved, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def rows(count: int, *, labels: Sequence[str] = NLI, plant: str = "") -> list[dict[str, str]]:
    """Texts of 4 to 9 words each, labels in turn; `plant` begins a unique word in every text."""
    made = []
    for at in range(count):
        first = [WORDS[(at + 3 * word) % len(WORDS)] for word in range(4 + at % 6)]
        second = [WORDS[(2 * at + 5 * word) % len(WORDS)] for word in range(5 + at % 4)]
        if plant:
            first[1], second[2] = f"{plant}{at}a", f"{plant}{at}b"
        made.append(
            {
                "id": f"t{at:03d}",
                "premise": " ".join(first) + ".",
                "hypothesis": " ".join(second),
                "label": labels[at % len(labels)],
            }
        )
    return made


def write_rows(path: Path, content: Sequence[dict[str, str]]) -> Path:
    """Rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(content[0]))
        writer.writeheader()
        writer.writerows(content)
    return path


def make_workbench(folder: Path, *, texts: int = 40) -> Workbench:
    """Two models close to each other, and texts."""
    reference = write_model(folder / "reference")
    return Workbench(
        folder=folder,
        reference=reference,
        candidate=write_neighbour(folder / "candidate", reference),
        data=write_rows(folder / "data.csv", rows(texts)),
    )


def report_of(out: Path) -> dict[str, Any]:
    """report.json."""
    content: dict[str, Any] = json.loads((out / "report.json").read_bytes())
    return content


def without_timing(out: Path) -> str:
    """report.json, but for what differs between two runs."""
    return json.dumps({name: part for name, part in report_of(out).items() if name != "timing"})


def measures_of(out: Path, key: str, *, candidate: int = 0, **wanted: Any) -> list[dict[str, Any]]:
    """The rows of one measure whose fields or settings are as wanted."""
    found = [row for row in report_of(out)["candidates"][candidate]["measures"] if row["key"] == key]
    return [
        row
        for row in found
        if all(row.get(name, row["settings"].get(name)) == value for name, value in wanted.items())
    ]
