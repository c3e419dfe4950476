"""The fine-tuning script, run on a tiny random encoder and a local file."""

import csv
import gzip
import json
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertConfig,
    BertModel,
    PreTrainedTokenizerFast,
)

from tools.finetune import main

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "red", "blue", "cat", "dog", "a", "the", "sees"]


@pytest.fixture
def encoder(tmp_path: Path) -> Path:
    """A folder with a random one-layer encoder and a word-level tokenizer."""
    folder = tmp_path / "encoder"
    numbers = {piece: number for number, piece in enumerate(PIECES)}
    backend = Tokenizer(WordPiece(numbers, unk_token="[UNK]"))
    backend.pre_tokenizer = Whitespace()
    backend.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(PIECES),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
    )
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    """Forty pairs whose label says whether both texts name the same colour."""
    path = tmp_path / "pairs.tsv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(["text_a", "text_b", "label"])
        for row in range(40):
            one, other = ("red", "blue")[row % 2], ("red", "blue")[row // 2 % 2]
            words = " the" * (row // 4)
            label = "same" if one == other else "different"
            writer.writerow([f"a {one} cat{words}", f"the {other} dog{words}", label])
    return path


def arguments(encoder: Path, pairs: Path, out: Path) -> list[str]:
    """The command line of a short run."""
    given = [
        "--encoder",
        str(encoder),
        "--train",
        str(pairs),
        "--dev",
        str(pairs),
        "--labels",
        "different,same",
    ]
    return [
        *given,
        "--epochs",
        "2",
        "--rate",
        "1e-3",
        "--batch",
        "8",
        "--max-length",
        "32",
        "--out",
        str(out),
    ]


def test_writes_a_model_that_loads_with_its_label_names(encoder: Path, pairs: Path, tmp_path: Path) -> None:
    """The best epoch is stored as safetensors, with class names, tokenizer and figures."""
    out = tmp_path / "model"
    assert main(arguments(encoder, pairs, out)) == 0
    model = AutoModelForSequenceClassification.from_pretrained(out)
    assert model.config.id2label == {0: "different", 1: "same"}
    assert AutoTokenizer.from_pretrained(out).model_max_length == 32
    assert not list(out.glob("*.bin"))
    figures = json.loads((out / "training.json").read_text("utf-8"))
    assert len(figures["dev_accuracy"]) == 2
    assert figures["dev_accuracy"][figures["kept_epoch"] - 1] == max(figures["dev_accuracy"])


def test_same_seed_gives_the_same_weights(encoder: Path, pairs: Path, tmp_path: Path) -> None:
    """Two runs with one seed store byte-identical weights."""
    for name in ("one", "two"):
        assert main(arguments(encoder, pairs, tmp_path / name)) == 0
    one, two = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("one", "two"))
    assert one == two


def test_refuses_a_run_without_data(
    encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a preset or a training file the script says what to give and exits with 2."""
    assert main(["--encoder", str(encoder), "--out", str(tmp_path / "model")]) == 2
    assert "--data" in capsys.readouterr().err
