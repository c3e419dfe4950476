"""Tiny random checkpoints of every family that the loader takes, with tokenizers made on the spot."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from tokenizers.trainers import BpeTrainer, UnigramTrainer
from transformers import (
    AlbertConfig,
    AutoModelForSequenceClassification,
    BertConfig,
    DebertaV2Config,
    DistilBertConfig,
    ElectraConfig,
    GPT2Config,
    LlamaConfig,
    PreTrainedTokenizerFast,
    RobertaConfig,
)

NLI = ("entailment", "neutral", "contradiction")
SENTENCES = [
    "A man is riding a brown horse on the beach.",
    "Nobody is outdoors, and 3 dogs are not asleep!",
    "The woman who sings was heard by two children.",
    "It rained in Paris before the train left; it didn't snow.",
    "[SEP] <s> </s> [MASK] <unk> & - ( ) / \" ' : ? 0 1 2 4 5 6 7 8 9",
    "the quick fox jumps over lazy dogs while big vultures quiz exams",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz",
]
SIZES: dict[str, Any] = {
    "vocab_size": 400,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 4,
}
SIZES |= {"num_attention_heads": 4, "max_position_embeddings": 64, "initializer_range": 0.4}


def _word_pieces(words: Iterable[str]) -> list[str]:
    """Every character, every short word, the first three letters of the longer ones and what follows them.

    Trained vocabularies differ from process to process, and with their numbers every random model.
    """
    pieces = set()
    for word in words:
        pieces |= set(word) | {f"##{letter}" for letter in word}
        pieces |= {word} if len(word) <= 5 else {word[:3], f"##{word[3:]}"}
    return sorted(pieces)


def word_piece_tokenizer() -> PreTrainedTokenizerFast:
    """A tokenizer as BERT's: lower case, WordPiece, [CLS] a [SEP] b [SEP]."""
    lower, split = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer()
    words = [word for line in SENTENCES for word, _ in split.pre_tokenize_str(lower.normalize_str(line))]
    numbered = {
        piece: at
        for at, piece in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *_word_pieces(words)])
    }
    tokenizer = Tokenizer(models.WordPiece(numbered, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = lower, split
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )


def byte_level_tokenizer(*, roberta: bool) -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer, as RoBERTa's (<s> a </s></s> b </s>) or as GPT-2's (no template at all)."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"] if roberta else ["<|endoftext|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = BpeTrainer(vocab_size=390, special_tokens=specials, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    if not roberta:
        return PreTrainedTokenizerFast(
            tokenizer_object=tokenizer,
            unk_token="<|endoftext|>",
            bos_token="<|endoftext|>",
            eos_token="<|endoftext|>",
        )
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        mask_token="<mask>",
        model_input_names=["input_ids", "attention_mask"],
    )


def unigram_tokenizer() -> PreTrainedTokenizerFast:
    """A tokenizer as SentencePiece makes them: its special tokens are pieces of the vocabulary itself."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    specials = ["[PAD]", "[CLS]", "[SEP]", "<unk>", "[MASK]"]
    trainer = UnigramTrainer(vocab_size=200, special_tokens=specials, unk_token="<unk>")
    tokenizer.train_from_iterator(SENTENCES, trainer)
    # The trainer's scores, and with them the numbers, differ from process to process: these do not.
    pieces = sorted({piece for piece, _ in json.loads(tokenizer.to_str())["model"]["vocab"]} - set(specials))
    numbered = [(piece, -10 - 0.01 * at) for at, piece in enumerate([*specials, *pieces])]
    tokenizer.model = models.Unigram(numbered, unk_id=specials.index("<unk>"))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 1), ("[SEP]", 2)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="<unk>",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )


def llama_tokenizer() -> PreTrainedTokenizerFast:
    """A tokenizer of a decoder: <s> first, no padding token, no mask token."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    specials = ["<unk>", "<s>", "</s>"]
    tokenizer.train_from_iterator(SENTENCES, BpeTrainer(vocab_size=300, special_tokens=specials))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", bos_token="<s>", eos_token="</s>"
    )


def _family(name: str) -> tuple[Any, PreTrainedTokenizerFast]:
    small = {key: value for key, value in SIZES.items() if key not in ("hidden_size", "intermediate_size")}
    match name:
        case "bert":
            return BertConfig(**SIZES), word_piece_tokenizer()
        case "minilm":
            return BertConfig(
                **SIZES | {"hidden_size": 48, "num_attention_heads": 12}
            ), word_piece_tokenizer()
        case "distilbert":
            config = DistilBertConfig(
                vocab_size=400, dim=32, hidden_dim=64, n_layers=4, n_heads=4, max_position_embeddings=64
            )
            config.initializer_range = 0.4
            tokenizer = word_piece_tokenizer()
            tokenizer.model_input_names = ["input_ids", "attention_mask"]
            return config, tokenizer
        case "electra":
            return ElectraConfig(**SIZES, embedding_size=16), word_piece_tokenizer()
        case "roberta":
            sizes = SIZES | {"max_position_embeddings": 66, "type_vocab_size": 1}
            return RobertaConfig(**sizes, pad_token_id=1), byte_level_tokenizer(roberta=True)
        case "albert":
            return AlbertConfig(**SIZES, embedding_size=16), unigram_tokenizer()
        case "deberta-v2":
            sizes = SIZES | {"type_vocab_size": 0, "relative_attention": True, "pos_att_type": ["p2c", "c2p"]}
            return DebertaV2Config(**sizes, position_biased_input=False), unigram_tokenizer()
        case "gpt2":
            return GPT2Config(
                vocab_size=400,
                n_embd=32,
                n_layer=4,
                n_head=4,
                n_positions=64,
                initializer_range=0.4,
                bos_token_id=0,
                eos_token_id=0,
            ), byte_level_tokenizer(roberta=False)
        case "llama":
            return LlamaConfig(**SIZES, num_key_value_heads=2, pad_token_id=None), llama_tokenizer()
    raise KeyError((name, small))


FAMILIES = ("bert", "minilm", "distilbert", "electra", "roberta", "albert", "deberta-v2", "gpt2", "llama")


def make_checkpoint(
    folder: Path,
    family: str = "bert",
    *,
    labels: tuple[str, ...] = NLI,
    seed: int = 0,
    half: bool = False,
    shard: str | None = None,
) -> Path:
    """Write a tiny random classifier with its tokenizer to `folder`, as transformers writes them."""
    config, tokenizer = _family(family)
    config.id2label = dict(enumerate(labels))
    config.label2id = {name: index for index, name in enumerate(labels)}
    torch.manual_seed(seed)
    model = AutoModelForSequenceClassification.from_config(config).eval()
    if half:
        model = model.half()
    model.save_pretrained(folder, **({"max_shard_size": shard} if shard else {}))
    tokenizer.save_pretrained(folder)
    return folder
