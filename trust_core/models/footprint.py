"""What a loaded network takes: parameters, bytes, arithmetic."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from trust_core.models.compress.int8 import is_quantised
from trust_core.models.facts import Footprint


def measure_footprint(module: nn.Module, device: str) -> Footprint:
    """Count what a network computes with; weights that two layers share count once."""
    parameters = list(module.parameters())
    held = [part for tensor in (*parameters, *module.buffers()) for part in _plain_parts(tensor)]
    return Footprint(
        parameters=sum(parameter.numel() for parameter in parameters),
        nonzero_parameters=sum(_count_nonzero(parameter) for parameter in parameters),
        memory_bytes=sum({part.data_ptr(): part.numel() * part.element_size() for part in held}.values()),
        dtype="int8" if any(is_quantised(layer) for layer in module.modules()) else "float32",
        device=device,
    )


def _plain_parts(tensor: Tensor) -> Iterator[Tensor]:
    """The tensors that lie in memory: a quantised one is made of integers and scales."""
    flatten = getattr(tensor, "__tensor_flatten__", None)
    if flatten is None:
        yield tensor
        return
    names, _ = flatten()
    for name in names:
        yield from _plain_parts(getattr(tensor, name))


def _count_nonzero(parameter: Tensor) -> int:
    if type(parameter.data) is not torch.Tensor:
        parameter = parameter.dequantize()
    return int(torch.count_nonzero(parameter))
