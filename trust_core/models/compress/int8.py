"""int8: linear layers with 8-bit weights and activations (torchao, dynamic)."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator
from copy import deepcopy

import torch
from torch import nn

from trust_core.errors import SpecError
from trust_core.models.compress.linear_layers import inner_layers
from trust_core.models.pretrained import PreTrainedModel


@torch.no_grad()
def quantise_layers(model: PreTrainedModel) -> PreTrainedModel:
    """A copy whose inner linear layers compute in int8.

    Weights: symmetric, one scale for each output row, fixed here. Activations: symmetric, one scale for
    each token, taken when the model runs; so a text's answer does not depend on the batch that it is in.

    Args:
        model: the model; not changed.
    """
    quantised: PreTrainedModel = deepcopy(model)
    wanted = {found.layer for found in inner_layers(quantised)}
    with quiet_torchao():
        # Late: importing torchao takes seconds and slows every later import of transformers.
        from torchao.quantization import Int8DynamicActivationInt8WeightConfig, quantize_

        quantize_(
            quantised,
            Int8DynamicActivationInt8WeightConfig(),
            filter_fn=lambda module, _name: module in wanted,
        )
    if not any(is_quantised(module) for module in wanted):
        raise SpecError(
            f"torchao quantised no layer of {type(model).__name__}.", allowed="Use prune, low-rank or layers."
        )
    quantised.requires_grad_(False)
    return quantised


def is_quantised(module: nn.Module) -> bool:
    """Whether a layer's weight is one of torchao's quantised tensors."""
    return isinstance(module, nn.Linear) and type(module.weight.data) is not torch.Tensor


@contextlib.contextmanager
def quiet_torchao() -> Iterator[None]:
    """Keep torchao's import from reporting on extensions that it does not need here."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
