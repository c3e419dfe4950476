"""A tiny BERT with random weights, so large that words interact, behind the port of models."""

from __future__ import annotations

import gzip
import itertools
import re
from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForSequenceClassification

from trust_core.domain.texts import TextPair
from trust_core.models.classifier import TorchClassifier
from trust_core.models.tokenization import pair_tokenizer

_SPECIAL = {
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "mask_token": "[MASK]",
}


def tiny_bert(
    texts: Sequence[TextPair],
    *,
    layers: int = 2,
    width: int = 32,
    spread: float = 0.25,
    seed: int = 0,
    classes: tuple[str, ...] = ("entailment", "neutral", "contradiction"),
) -> TorchClassifier:
    """A classifier whose vocabulary is the words of `texts` and all single characters in them."""
    lines = [text.lower() for pair in texts for text in pair if text is not None]
    words = sorted({word for line in lines for word in re.findall(r"\w+|[^\w\s]", line)})
    characters = sorted({character for word in words for character in word})
    pieces = [*_SPECIAL.values(), *dict.fromkeys([*characters, *words]), *("##" + c for c in characters)]
    vocabulary = {piece: index for index, piece in enumerate(dict.fromkeys(pieces))}
    backend = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    backend.normalizer = normalizers.BertNormalizer(lowercase=True)
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    backend.post_processor = processors.BertProcessing(
        ("[SEP]", vocabulary["[SEP]"]), ("[CLS]", vocabulary["[CLS]"])
    )
    backend.add_special_tokens(list(_SPECIAL.values()))
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=max(2, width // 32),
        intermediate_size=4 * width,
        num_labels=len(classes),
        initializer_range=spread,
    )
    module = BertForSequenceClassification(config).eval().requires_grad_(False)
    tokenizer = pair_tokenizer(backend.to_str(), _SPECIAL, max_length=512, truncation_side="right")
    return TorchClassifier(
        "tiny", module, tokenizer, classes, order=range(len(classes)), type_ids_expected=True
    )


def real_pairs(folder: Path, count: int, *, file: str = "snli_test.tsv.gz") -> list[TextPair]:
    """The first distinct pairs of a data set in the folder of shared data."""
    with gzip.open(folder / file, "rt", encoding="utf-8") as lines:
        next(lines)
        rows = (line.rstrip("\n").split("\t") for line in lines)
        return list(itertools.islice(dict.fromkeys((row[0], row[1]) for row in rows), count))
