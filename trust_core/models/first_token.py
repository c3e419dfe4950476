"""The last layer of an encoder for the first token alone, where the head reads nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from trust_core.models.pretrained import PreTrainedModel

_READS_FIRST = frozenset({"bert", "camembert", "electra", "roberta", "xlm-roberta"})
"""Model types built of BERT's layers whose classification head reads the first token alone."""


class FirstTokenLayer(nn.Module):
    """One of BERT's layers that answers for the first token; the others are only looked at.

    Args:
        layer: the whole layer. Inputs have no padding, so no token is hidden from another.
    """

    def __init__(self, layer: Any) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, hidden_states: Tensor, *_: Any, **__: Any) -> Tensor:
        """(b, 1, h) of (b, t, h)."""
        attention = self.layer.attention
        heads = attention.self
        first = hidden_states[:, :1]

        def split(values: Tensor) -> Tensor:
            shape = (*values.shape[:-1], -1, heads.attention_head_size)
            return values.view(shape).transpose(1, 2)

        seen = scaled_dot_product_attention(
            split(heads.query(first)),
            split(heads.key(hidden_states)),
            split(heads.value(hidden_states)),
            scale=heads.scaling,
        )
        joined = attention.output(seen.transpose(1, 2).flatten(2), first)
        answer: Tensor = self.layer.output(self.layer.intermediate(joined), joined)
        return answer


@contextmanager
def last_layer_for_first_token(network: PreTrainedModel) -> Iterator[None]:
    """Leave out of the last layer what nothing reads, in a `with` block; other networks stay whole."""
    config = network.config
    if (
        config.model_type not in _READS_FIRST
        or getattr(config, "is_decoder", False)
        or not config.num_hidden_layers
    ):
        yield
        return
    layers = network.base_model.encoder.layer
    whole = layers[-1]
    layers[-1] = FirstTokenLayer(whole)
    try:
        yield
    finally:
        layers[-1] = whole
