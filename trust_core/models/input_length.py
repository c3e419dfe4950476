"""How long a model's input may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CEILING = 512
"""Longest input that is used, whatever a model could take; longer texts are cut, and counted."""

_OFFSET_TYPES = frozenset(
    {
        "camembert",
        "data2vec-text",
        "ibert",
        "longformer",
        "luke",
        "mluke",
        "mpnet",
        "roberta",
        "roberta-prelayernorm",
        "xlm-roberta",
        "xlm-roberta-xl",
        "xmod",
    }
)
"""Model types whose positions start after the padding id: that many rows of the table are never used."""

_LENGTH_KEYS = ("max_position_embeddings", "n_positions", "max_sequence_length")


def longest_input(config: Mapping[str, Any], tokenizer_config: Mapping[str, Any]) -> int:
    """Tokens that fit, special tokens included: the least of what model, tokenizer and CEILING allow."""
    limits = [CEILING]
    for key in _LENGTH_KEYS:
        rows = config.get(key)
        if isinstance(rows, int) and rows > 0:
            padding = config.get("pad_token_id", 1)
            offset = (padding if isinstance(padding, int) else 1) + 1
            limits.append(rows - offset if config.get("model_type") in _OFFSET_TYPES else rows)
    stated = tokenizer_config.get("model_max_length")
    if isinstance(stated, int | float) and 0 < stated <= CEILING:
        limits.append(int(stated))
    return max(1, min(limits))
