"""What is known about a model: before it is built (facts), and once it is loaded (footprint)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trust_core.models.forward import Forward
from trust_core.ports import Classifier

WeightsFormat = Literal["safetensors", "onnx"]


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a checkpoint's files say, read without building the model.

    Attributes:
        written: how the user named it.
        kind: bundled, folder, hub or derived.
        content_hash: SHA-256 of weights, config and tokenizer; of a derived model, of its base's
            and the recipe.
        revision: the hub commit; empty elsewhere.
        architecture: the class that the config names; the model type where it names none.
        labels: class names in the model's own order, k of them.
        weights: how they are stored.
        stored_bytes: weights on disk; of a derived model, of the model that it is made from.
        max_length: longest input in tokens, special tokens included.
        licence: as the model card states it; empty where it does not.
        recipe: how a derived model is made; empty elsewhere.
    """

    written: str
    kind: Literal["bundled", "folder", "hub", "derived"]
    content_hash: str
    revision: str
    architecture: str
    labels: tuple[str, ...]
    weights: WeightsFormat
    stored_bytes: int
    max_length: int
    licence: str
    recipe: str = ""


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a loaded model takes.

    Attributes:
        parameters: numbers that the model computes with; a factored layer counts its factors.
            None for an ONNX graph, which mixes them with other constants.
        nonzero_parameters: how many of them are not 0 (a pruned model stores the zeros, too); None likewise.
        memory_bytes: parameters and buffers as they lie in memory; of an ONNX graph, its files.
        dtype: of the arithmetic: `float32`, `int8` (float32 between the layers), or `onnx` (the graph says).
        device: where it lies: `cpu` or `cuda:0`.
    """

    parameters: int | None
    nonzero_parameters: int | None
    memory_bytes: int
    dtype: str
    device: str


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model ready to answer."""

    name: str
    classifier: Classifier
    facts: ModelFacts
    footprint: Footprint
    forward: Forward
