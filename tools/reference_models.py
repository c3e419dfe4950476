"""Fine-tuning the reference classifiers of the two demo tasks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import (
    AutoTokenizer,
    BertForSequenceClassification,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from tools.pair_files import Pair, redraw_full_stops
from tools.training import Encoded, Recipe, encode, logits, train
from tools.training_data import NLI_LABELS, PI_LABELS, TaskData, swap_sides
from tools.vocabulary import reorder_embeddings

POSITIONS = 256
TRAINING_PIECES = 64
NLI_RECIPE = Recipe(seed=11, epochs=3, peak_rate=1e-4)
PI_RECIPE = Recipe(seed=21, epochs=6, peak_rate=8e-5)


def _encoder(source: Path, labels: Sequence[str], seed: int) -> BertForSequenceClassification:
    """The source encoder with a fresh head, without dropout."""
    torch.manual_seed(seed)
    return BertForSequenceClassification.from_pretrained(
        source,
        local_files_only=True,
        num_labels=len(labels),
        attn_implementation="eager",
        attention_probs_dropout_prob=0.0,
        hidden_dropout_prob=0.0,
        id2label=dict(enumerate(labels)),
        label2id={name: number for number, name in enumerate(labels)},
    )


def _accuracy_report(
    tokenizer: PreTrainedTokenizerFast, pairs: Sequence[Pair]
) -> Callable[[int, PreTrainedModel], None]:
    """A function that prints the accuracy on the given pairs after an epoch; nothing is chosen by it."""
    encoded = encode(tokenizer, pairs, 128)
    labels = torch.tensor([pair.label for pair in pairs])

    def report(epoch: int, model: PreTrainedModel) -> None:
        right = (logits(model, encoded, bf16=True).argmax(-1) == labels).float().mean()
        print(f"after epoch {epoch + 1}: accuracy {right.item():.4f}", file=sys.stderr, flush=True)

    return report


def _hard_label_loss(
    labels: Tensor,
) -> Callable[[PreTrainedModel, dict[str, Tensor], int, Sequence[int]], Tensor]:
    """Cross-entropy to the gold labels of the rows."""

    def loss_of(
        model: PreTrainedModel, inputs: dict[str, Tensor], _epoch: int, rows: Sequence[int]
    ) -> Tensor:
        return cross_entropy(model(**inputs).logits.float(), labels[list(rows)])

    return loss_of


def nli_reference(
    source: Path, tokenizer_folder: Path, data: TaskData, seed: int
) -> tuple[PreTrainedModel, float]:
    """The NLI classifier of one seed (head and order) and the seconds of its training.

    Args:
        source: folder of the sentence encoder.
        tokenizer_folder: folder of the trimmed tokenizer of the task.
        data: the task's pairs; pairs longer than 64 word pieces are left out of training.
        seed: of the head and of the order of the pairs.
    """
    tokenizer = AutoTokenizer.from_pretrained(tokenizer_folder, local_files_only=True)
    full = AutoTokenizer.from_pretrained(source, local_files_only=True).get_vocab()
    model = _encoder(source, NLI_LABELS, seed)
    reorder_embeddings(model, full, _pieces(tokenizer), POSITIONS)
    lengths = [len(item.ids) for item in encode(tokenizer, data.train, 128)]
    pairs = [pair for pair, n in zip(data.train, lengths, strict=True) if n <= TRAINING_PIECES]
    recipe = Recipe(seed, NLI_RECIPE.epochs, NLI_RECIPE.peak_rate)
    seconds = train(
        model,
        recipe,
        lambda epoch: encode(tokenizer, redraw_full_stops(pairs, seed * 100 + epoch), 128),
        _hard_label_loss(torch.tensor([pair.label for pair in pairs])),
        _accuracy_report(tokenizer, data.dev),
    )
    return model, seconds


def pi_reference(
    source: Path, nli_folder: Path, tokenizer_folder: Path, pairs: Sequence[Pair]
) -> tuple[PreTrainedModel, float]:
    """The paraphrase classifier, fine-tuned from the NLI reference, and the seconds of its training.

    Word embeddings come from the NLI reference where its vocabulary has the piece, else from the source
    encoder.

    Args:
        source: folder of the sentence encoder.
        nli_folder: folder of the stored NLI reference.
        tokenizer_folder: folder of the trimmed tokenizer of the task.
        pairs: the pairs to train on.
    """
    tokenizer = AutoTokenizer.from_pretrained(tokenizer_folder, local_files_only=True)
    full = AutoTokenizer.from_pretrained(source, local_files_only=True).get_vocab()
    model = _encoder(source, PI_LABELS, PI_RECIPE.seed)
    pieces = _pieces(tokenizer)
    reorder_embeddings(model, full, pieces, POSITIONS)
    tuned = BertForSequenceClassification.from_pretrained(
        nli_folder, local_files_only=True, dtype=torch.float32
    )
    known = AutoTokenizer.from_pretrained(nli_folder, local_files_only=True).get_vocab()
    words = model.bert.embeddings.word_embeddings.weight.data.clone()
    learned = tuned.bert.embeddings.word_embeddings.weight.data
    for row, piece in enumerate(pieces):
        if piece in known:
            words[row] = learned[known[piece]]
    state = tuned.bert.state_dict()
    state["embeddings.word_embeddings.weight"] = words
    model.bert.load_state_dict(state)
    return model, train_pi(model, tokenizer, pairs, PI_RECIPE)


def train_pi(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, pairs: Sequence[Pair], recipe: Recipe
) -> float:
    """Trains a paraphrase classifier in place; full stops and sides are drawn anew in every epoch."""

    def epoch_data(epoch: int) -> list[Encoded]:
        drawn = swap_sides(redraw_full_stops(pairs, recipe.seed * 100 + epoch), recipe.seed * 100 + epoch)
        return encode(tokenizer, drawn, 128)

    return train(model, recipe, epoch_data, _hard_label_loss(torch.tensor([pair.label for pair in pairs])))


def _pieces(tokenizer: PreTrainedTokenizerFast) -> list[str]:
    """The pieces of a tokenizer in the order of their numbers."""
    return [piece for piece, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])]
