"""A model that differs from its base by rounding alone (control C2, which should pass)."""

from __future__ import annotations

from copy import deepcopy

import torch

from trust_core.models.pretrained import PreTrainedModel


@torch.no_grad()
def round_weights(model: PreTrainedModel) -> PreTrainedModel:
    """A copy whose weights are those that bfloat16 can hold: 8 significant bits in place of 24.

    It computes like its base, in the same precision and on the same backend, so it is as fast. Of a model
    that was saved in bfloat16 nothing changes.

    Args:
        model: the model; not changed.
    """
    rounded: PreTrainedModel = deepcopy(model)
    for weights in rounded.parameters():
        weights.copy_(weights.to(torch.bfloat16).to(weights.dtype))
    return rounded
