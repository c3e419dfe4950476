"""A model's tokenizer from its files."""

from __future__ import annotations

from dataclasses import dataclass

from trust_core.errors import ModelRefused
from trust_core.models.inspection import InspectedModel
from trust_core.models.pretrained import AutoTokenizer
from trust_core.models.tokenization import PairTokenizer, pair_tokenizer


@dataclass(frozen=True, slots=True)
class ModelTokenizer:
    """A tokenizer, and whether it hands segment ids to its model."""

    pairs: PairTokenizer
    gives_types: bool


def read_tokenizer(inspected: InspectedModel) -> ModelTokenizer:
    """The tokenizer of an inspected model.

    Raises:
        ModelRefused: it cannot be read, or has no fast form (tokenizer.json).
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            inspected.checkpoint.folder, trust_remote_code=False, local_files_only=True
        )
        backend = tokenizer.backend_tokenizer.to_str()
    except Exception as error:
        raise ModelRefused(
            inspected.facts.written,
            [f"its tokenizer cannot be read, or has no fast form: {first_line(error)}"],
            remedy="Save it with a transformers version that writes tokenizer.json.",
        ) from error
    special = {
        role: str(token) for role, token in tokenizer.special_tokens_map.items() if isinstance(token, str)
    }
    pairs = pair_tokenizer(
        backend, special, max_length=inspected.facts.max_length, truncation_side=tokenizer.truncation_side
    )
    return ModelTokenizer(pairs, "token_type_ids" in tokenizer.model_input_names)


def first_line(error: BaseException) -> str:
    """The first line of a library's message, cut to a length that a message can carry."""
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:300]
