"""Magnitude pruning: the smallest weights of each linear layer become 0."""

from __future__ import annotations

from copy import deepcopy

import torch

from trust_core.models.compress.linear_layers import inner_layers
from trust_core.models.pretrained import PreTrainedModel


@torch.no_grad()
def prune_weights(model: PreTrainedModel, fraction: float) -> PreTrainedModel:
    """A copy in which, in each inner linear layer, round(fraction * size) weights of least magnitude are 0.

    Of equal magnitudes the first in memory goes first, so the result is the same every time. Biases,
    embeddings and the output layer stay. The zeros are stored: the model is no smaller and no faster.

    Args:
        model: the model; not changed.
        fraction: share of each layer's weights, in (0, 1).
    """
    pruned: PreTrainedModel = deepcopy(model)
    for found in inner_layers(pruned):
        weights = found.layer.weight.data.view(-1)
        count = round(fraction * weights.numel())
        weights[torch.sort(weights.abs(), stable=True).indices[:count]] = 0.0
    return pruned
