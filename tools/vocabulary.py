"""Trimming a word-piece vocabulary, the tokenizer files and the embedding matrix together."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from transformers import AutoTokenizer, PreTrainedModel, PreTrainedTokenizerFast

SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def trimmed_pieces(
    tokenizer: PreTrainedTokenizerFast, texts: Iterable[str], size: int, common: int
) -> list[str]:
    """At most `size` pieces: specials, single characters, the most common words, then what the texts use.

    The source vocabulary lists whole words from the most to the least common in its pre-training corpus
    (books and an encyclopedia), so its own order is the list of common English words.

    Args:
        tokenizer: the source tokenizer, a BERT word-piece one.
        texts: the training texts that are counted.
        size: how many pieces to keep.
        common: how many of the source's most common whole words are kept whether or not the texts use them.
    """
    source = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    counts: Counter[str] = Counter()
    backend = tokenizer.backend_tokenizer
    for encoding in backend.encode_batch(list(texts), add_special_tokens=False):
        counts.update(encoding.tokens)
    kept = dict.fromkeys(SPECIALS)
    kept |= dict.fromkeys(piece for piece, _ in source if len(piece.removeprefix("##")) == 1)
    words = [piece for piece, _ in source if piece.isalpha() and len(piece) > 1]
    kept |= dict.fromkeys(words[:common])
    used = sorted((piece for piece in counts if piece not in kept), key=lambda piece: (-counts[piece], piece))
    room = size - len(kept)
    kept |= dict.fromkeys(used[:room])
    for piece, _ in source:
        if len(kept) >= size:
            break
        if piece not in kept and not piece.startswith("[unused"):
            kept[piece] = None
    order = dict(source)
    return [*SPECIALS, *sorted((p for p in kept if p not in SPECIALS), key=order.__getitem__)]


def write_tokenizer(source: Path, pieces: Sequence[str], target: Path, longest: int) -> None:
    """Writes fast-tokenizer files for the trimmed pieces; `longest` becomes model_max_length."""
    target.mkdir(parents=True, exist_ok=True)
    tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=True)
    tokenizer.save_pretrained(target)
    content = json.loads((target / "tokenizer.json").read_text("utf-8"))
    numbers = {piece: number for number, piece in enumerate(pieces)}
    content["model"]["vocab"] = numbers
    content["padding"] = None
    content["truncation"] = None
    for added in content["added_tokens"]:
        added["id"] = numbers[added["content"]]
    for name, special in content["post_processor"].get("special_tokens", {}).items():
        special["ids"] = [numbers[name]]
    for pair_key in ("sep", "cls"):
        if pair_key in content["post_processor"]:
            content["post_processor"][pair_key][1] = numbers[content["post_processor"][pair_key][0]]
    (target / "tokenizer.json").write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
    settings = {
        "tokenizer_class": "BertTokenizer",
        "do_lower_case": True,
        "strip_accents": None,
        "tokenize_chinese_chars": True,
        "model_max_length": longest,
        "cls_token": "[CLS]",
        "mask_token": "[MASK]",
        "pad_token": "[PAD]",
        "sep_token": "[SEP]",
        "unk_token": "[UNK]",
    }
    (target / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", "utf-8")
    (target / "vocab.txt").write_text("\n".join(pieces) + "\n", "utf-8")


def reorder_embeddings(
    model: PreTrainedModel, old: dict[str, int], pieces: Sequence[str], longest: int
) -> None:
    """Gives the model, in place, the word embeddings of `pieces` in their order and `longest` positions."""
    embeddings = model.base_model.embeddings
    rows = torch.tensor([old[piece] for piece in pieces])
    words = torch.nn.Embedding(len(pieces), embeddings.word_embeddings.embedding_dim, padding_idx=0)
    words.weight.data.copy_(embeddings.word_embeddings.weight.data[rows])
    embeddings.word_embeddings = words
    positions = torch.nn.Embedding(longest, words.embedding_dim)
    positions.weight.data.copy_(embeddings.position_embeddings.weight.data[:longest])
    embeddings.position_embeddings = positions
    embeddings.register_buffer("position_ids", torch.arange(longest).expand((1, -1)), persistent=False)
    if "token_type_ids" in dict(embeddings.named_buffers()):
        embeddings.register_buffer(
            "token_type_ids", torch.zeros((1, longest), dtype=torch.long), persistent=False
        )
    model.config.vocab_size = len(pieces)
    model.config.max_position_embeddings = longest
