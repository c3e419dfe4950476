"""One training loop for fine-tuning and distillation: bucketed batches, bf16 autocast, averaged weights."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from tools.pair_files import Pair


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that fixes a training run beside its data."""

    seed: int
    epochs: int
    peak_rate: float
    batch: int = 32
    warmup: float = 0.06
    weight_decay: float = 0.01
    average_decay: float = 0.998
    longest: int = 128
    bf16: bool = True


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids of one text pair and its segment numbers."""

    ids: list[int]
    segments: list[int]


def seed_everything(seed: int) -> None:
    """Seeds Python and torch, the two sources of chance here."""
    random.seed(seed)
    torch.manual_seed(seed)


def encode(tokenizer: PreTrainedTokenizerFast, pairs: Sequence[Pair], longest: int) -> list[Encoded]:
    """Token ids of each pair, the longer text cut first."""
    coded = tokenizer(
        [pair.text_a for pair in pairs],
        [pair.text_b for pair in pairs],
        truncation="longest_first",
        max_length=longest,
        return_token_type_ids=True,
        return_attention_mask=False,
    )
    return [
        Encoded(ids, segments)
        for ids, segments in zip(coded["input_ids"], coded["token_type_ids"], strict=True)
    ]


def collate(encoded: Sequence[Encoded]) -> dict[str, Tensor]:
    """Right-padded model inputs of one batch."""
    width = max(len(item.ids) for item in encoded)
    ids = torch.zeros((len(encoded), width), dtype=torch.long)
    segments = torch.zeros_like(ids)
    mask = torch.zeros_like(ids)
    for row, item in enumerate(encoded):
        ids[row, : len(item.ids)] = torch.tensor(item.ids)
        segments[row, : len(item.ids)] = torch.tensor(item.segments)
        mask[row, : len(item.ids)] = 1
    return {"input_ids": ids, "token_type_ids": segments, "attention_mask": mask}


def bucketed(encoded: Sequence[Encoded], batch: int, rng: random.Random, window: int = 40) -> list[list[int]]:
    """Batches of row numbers of similar length, in random order."""
    rows = list(range(len(encoded)))
    rng.shuffle(rows)
    batches = []
    for start in range(0, len(rows), batch * window):
        chunk = sorted(rows[start : start + batch * window], key=lambda row: len(encoded[row].ids))
        batches += [chunk[i : i + batch] for i in range(0, len(chunk), batch)]
    rng.shuffle(batches)
    return batches


def logits(model: PreTrainedModel, encoded: Sequence[Encoded], batch: int = 64, bf16: bool = False) -> Tensor:
    """Logits of every pair in the given order, shape (n, k), float32."""
    model.eval()
    order = sorted(range(len(encoded)), key=lambda row: len(encoded[row].ids))
    out = torch.zeros((len(encoded), model.config.num_labels))
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            out[rows] = model(**collate([encoded[row] for row in rows])).logits.float()
    return out


Loss = Callable[[PreTrainedModel, dict[str, Tensor], int, Sequence[int]], Tensor]
"""Loss of one batch: model, inputs, epoch, row numbers."""


def train(
    model: PreTrainedModel,
    recipe: Recipe,
    epoch_data: Callable[[int], list[Encoded]],
    loss_of: Loss,
    after_epoch: Callable[[int, PreTrainedModel], None] | None = None,
    extra: Sequence[torch.nn.Parameter] = (),
) -> float:
    """Trains the model in place, leaves the averaged weights in it and returns the seconds it took.

    AdamW with linear warm-up and linear decay to zero, gradient norm clipped at 1, an exponential average
    of the weights (none where `average_decay` is 0). The batches of an epoch depend on the seed and the
    epoch number alone.

    Args:
        model: the classifier, fp32.
        recipe: seed, epochs, rates.
        epoch_data: the encoded pairs of an epoch; the same number in every epoch.
        loss_of: the loss of one batch.
        after_epoch: called with the epoch number and the model (raw weights) after each epoch.
        extra: parameters outside the model to train as well.
    """
    seed_everything(recipe.seed)
    started = time.monotonic()
    trained = [*model.parameters(), *extra]
    decayed = [p for p in trained if p.ndim > 1]
    plain = [p for p in trained if p.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": plain, "weight_decay": 0.0}],
        lr=recipe.peak_rate,
        fused=True,
    )
    average = [p.detach().clone() for p in model.parameters()]
    step = steps = 0
    for epoch in range(recipe.epochs):
        encoded = epoch_data(epoch)
        batches = bucketed(encoded, recipe.batch, random.Random(recipe.seed * 1000 + epoch))
        steps = len(batches) * recipe.epochs
        rising = max(1, round(recipe.warmup * steps))
        model.train()
        total = 0.0
        for number, rows in enumerate(batches, start=1):
            step += 1
            share = step / rising if step <= rising else (steps - step) / max(1, steps - rising)
            for group in optimizer.param_groups:
                group["lr"] = recipe.peak_rate * share
            with torch.autocast("cpu", torch.bfloat16, enabled=recipe.bf16):
                loss = loss_of(model, collate([encoded[row] for row in rows]), epoch, rows)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            if recipe.average_decay:
                weight = 1.0 - min(recipe.average_decay, step / (step + 10))
                torch._foreach_lerp_(average, [p.detach() for p in model.parameters()], weight)
            total += loss.item()
            if number % 100 == 0 or number == len(batches):
                _say(epoch, number, len(batches), total / number, time.monotonic() - started)
        if after_epoch is not None:
            after_epoch(epoch, model)
    if recipe.average_decay:
        for parameter, mean in zip(model.parameters(), average, strict=True):
            parameter.data.copy_(mean)
    model.eval()
    return time.monotonic() - started


def _say(epoch: int, number: int, count: int, loss: float, seconds: float) -> None:
    """One progress line on stderr."""
    print(
        f"epoch {epoch + 1}: batch {number}/{count}, loss {loss:.4f}, {seconds:.0f} s",
        file=sys.stderr,
        flush=True,
    )
