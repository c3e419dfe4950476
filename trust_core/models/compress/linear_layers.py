"""The linear layers of a classifier, and the last of them, which gives the logits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from torch import nn

from trust_core.errors import SpecError
from trust_core.models.pretrained import PreTrainedModel


@dataclass(frozen=True, slots=True)
class LinearLayer:
    """A linear layer and where it hangs.

    Attributes:
        name: its dotted name in the model.
        parent: the module that holds it.
        attribute: under which name.
        layer: the layer, weight (out, in).
    """

    name: str
    parent: nn.Module
    attribute: str
    layer: nn.Linear


def inner_layers(model: PreTrainedModel) -> list[LinearLayer]:
    """Every linear layer but the output layer, in the model's order.

    The output layer stays as it is in every method: it is tiny, and each of its rows is a class.

    Raises:
        SpecError: there is none (GPT-2, for one, has layers of its own kind).
    """
    last = output_layer(model)
    layers = [found for found in _linear_layers(model) if found.layer is not last.layer]
    if not layers:
        raise SpecError(
            f"{type(model).__name__} has no linear layers that could be compressed (torch.nn.Linear).",
            allowed="BERT, DistilBERT, RoBERTa, ALBERT, ELECTRA, DeBERTa and Llama kinds work.",
        )
    return layers


def output_layer(model: PreTrainedModel) -> LinearLayer:
    """The layer that gives the logits: the last linear one with a row for each class."""
    rows = [found for found in _linear_layers(model) if found.layer.out_features == model.config.num_labels]
    if not rows:
        raise SpecError(
            f"{type(model).__name__} has no linear output layer with {model.config.num_labels} rows."
        )
    return rows[-1]


def _linear_layers(model: nn.Module) -> Iterator[LinearLayer]:
    for name, module in model.named_modules():
        if isinstance(module, nn.Linear):
            path, _, attribute = name.rpartition(".")
            yield LinearLayer(name, model.get_submodule(path), attribute, module)
