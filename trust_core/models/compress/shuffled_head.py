"""A model broken on purpose: its head answers with the wrong classes (control C5, which must fail)."""

from __future__ import annotations

from copy import deepcopy

import torch

from trust_core.models.compress.linear_layers import output_layer
from trust_core.models.pretrained import PreTrainedModel


@torch.no_grad()
def shuffle_head(model: PreTrainedModel, seed: int) -> PreTrainedModel:
    """A copy whose output layer has its class rows rotated, so that no class keeps its own row.

    A free shuffle could by chance leave the answers nearly alone; a rotation by 1 to k - 1 places cannot:
    the copy never predicts what the model predicts. Weights and biases move together.

    Args:
        model: the model; not changed.
        seed: picks the rotation.
    """
    broken: PreTrainedModel = deepcopy(model)
    layer = output_layer(broken).layer
    places = 1 + seed % (layer.out_features - 1)
    layer.weight.copy_(layer.weight.roll(places, dims=0))
    if layer.bias is not None:
        layer.bias.copy_(layer.bias.roll(places, dims=0))
    return broken
