"""Low-rank factorisation: each linear layer keeps its largest singular values."""

from __future__ import annotations

from copy import deepcopy
from math import ceil

import torch
from torch import Tensor, nn

from trust_core.models.compress.linear_layers import inner_layers
from trust_core.models.pretrained import PreTrainedModel


@torch.no_grad()
def factor_layers(model: PreTrainedModel, fraction: float) -> PreTrainedModel:
    """A copy whose inner linear layers keep ceil(fraction * min(in, out)) singular values.

    A layer becomes two (in -> rank -> out) where that takes fewer numbers; else it stays one layer with
    the matrix of that rank, which computes the same. The decomposition runs in float64.

    Args:
        model: the model; not changed.
        fraction: share of each layer's rank, in (0, 1].
    """
    factored: PreTrainedModel = deepcopy(model)
    for found in inner_layers(factored):
        rows, columns = found.layer.weight.shape
        rank = ceil(fraction * min(rows, columns))
        first, second = _factors(found.layer.weight, rank)
        if rank * (rows + columns) < rows * columns:
            setattr(found.parent, found.attribute, _two_layers(first, second, found.layer))
        else:
            found.layer.weight.copy_((second.double() @ first.double()).to(found.layer.weight.dtype))
    return factored


@torch.no_grad()
def multiply_factors(model: PreTrainedModel) -> PreTrainedModel:
    """A copy of a factored model with one dense layer in place of each two: the same function."""
    dense: PreTrainedModel = deepcopy(model)
    pairs = [(name, module) for name, module in dense.named_modules() if isinstance(module, FactoredLinear)]
    for name, pair in pairs:
        path, _, attribute = name.rpartition(".")
        setattr(dense.get_submodule(path), attribute, pair.product())
    return dense


class FactoredLinear(nn.Module):
    """A linear layer of low rank as two layers: in -> rank without bias, rank -> out with the layer's bias.

    Attributes:
        lower: (rank, in).
        upper: (out, rank), with the bias.
    """

    def __init__(self, lower: nn.Linear, upper: nn.Linear) -> None:
        super().__init__()
        self.lower = lower
        self.upper = upper

    def forward(self, inputs: Tensor) -> Tensor:
        """(..., in) to (..., out)."""
        outputs: Tensor = self.upper(self.lower(inputs))
        return outputs

    @torch.no_grad()
    def product(self) -> nn.Linear:
        """The one layer that computes the same."""
        upper = self.upper
        layer = nn.Linear(self.lower.in_features, upper.out_features, bias=upper.bias is not None)
        layer.weight.copy_((upper.weight.double() @ self.lower.weight.double()).to(layer.weight.dtype))
        if upper.bias is not None:
            layer.bias.copy_(upper.bias)
        return layer.to(upper.weight.device).requires_grad_(upper.weight.requires_grad)


def _factors(weight: Tensor, rank: int) -> tuple[Tensor, Tensor]:
    """(rank, in) and (out, rank) whose product is the nearest matrix of that rank."""
    left, values, right = torch.linalg.svd(weight.double(), full_matrices=False)
    root = values[:rank].sqrt()
    return (root[:, None] * right[:rank]).to(weight.dtype), (left[:, :rank] * root).to(weight.dtype)


def _two_layers(first: Tensor, second: Tensor, layer: nn.Linear) -> FactoredLinear:
    rank = first.shape[0]
    lower = nn.Linear(layer.in_features, rank, bias=False)
    upper = nn.Linear(rank, layer.out_features, bias=layer.bias is not None)
    lower.weight.copy_(first)
    upper.weight.copy_(second)
    if layer.bias is not None:
        upper.bias.copy_(layer.bias)
    pair = FactoredLinear(lower, upper).to(layer.weight.device)
    pair.requires_grad_(layer.weight.requires_grad)
    return pair
