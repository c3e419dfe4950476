"""Fewer layers: only the listed encoder layers stay."""

from __future__ import annotations

from copy import deepcopy

from torch import nn

from trust_core.errors import SpecError
from trust_core.models.pretrained import PreTrainedModel


def keep_layers(model: PreTrainedModel, layers: tuple[int, ...]) -> PreTrainedModel:
    """A copy with the listed layers alone, in their order; everything else stays.

    Args:
        model: the model; not changed.
        layers: layer numbers, rising, counted from 0.

    Raises:
        SpecError: a layer that is not there, or a model whose layers share their weights.
    """
    name, stack = _layer_stack(model)
    written = ",".join(map(str, layers))
    outside = [layer for layer in layers if layer >= len(stack)]
    if outside:
        raise SpecError(
            f"layers={written} names layer {outside[0]}; the model has {len(stack)} layers.",
            allowed=f"Layers are counted from 0 to {len(stack) - 1}.",
        )
    shorter: PreTrainedModel = deepcopy(model)
    path, _, attribute = name.rpartition(".")
    stack = shorter.get_submodule(name)
    setattr(shorter.get_submodule(path), attribute, nn.ModuleList(stack[layer] for layer in layers))
    config = shorter.config
    kinds = getattr(config, "layer_types", None)
    config.num_hidden_layers = len(layers)
    if isinstance(kinds, list):
        config.layer_types = [kinds[layer] for layer in layers]
    return shorter


def _layer_stack(model: PreTrainedModel) -> tuple[str, nn.ModuleList]:
    """The list of layers and its dotted name: the only list as long as the config says the model is deep."""
    depth = getattr(model.config, "num_hidden_layers", 0)
    stacks = [
        (name, module)
        for name, module in model.named_modules()
        if isinstance(module, nn.ModuleList) and len(module) == depth
    ]
    shared = getattr(model.config, "num_hidden_groups", depth) != depth
    if len(stacks) != 1 or shared:
        why = "its layers share their weights" if shared else "it has no single list of layers"
        raise SpecError(
            f"Layers of {type(model).__name__} cannot be left out: {why}.",
            allowed="Use int8, prune or low-rank with this model.",
        )
    return stacks[0]
