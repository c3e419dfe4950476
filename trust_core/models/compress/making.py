"""Apply a recipe to a model."""

from __future__ import annotations

from trust_core.models.compress.int8 import quantise_layers
from trust_core.models.compress.layers import keep_layers
from trust_core.models.compress.low_rank import factor_layers
from trust_core.models.compress.prune import prune_weights
from trust_core.models.compress.recipe import Recipe
from trust_core.models.compress.rounded_weights import round_weights
from trust_core.models.compress.shuffled_head import shuffle_head
from trust_core.models.pretrained import PreTrainedModel


def make_model(model: PreTrainedModel, recipe: Recipe) -> PreTrainedModel:
    """The model that `recipe` makes from `model`, which stays as it is; the same bytes every time.

    Raises:
        SpecError: the recipe cannot be applied to a model of this kind.
    """
    match recipe.method:
        case "int8":
            return quantise_layers(model)
        case "prune":
            return prune_weights(model, recipe.fraction)
        case "low-rank":
            return factor_layers(model, recipe.fraction)
        case "layers":
            return keep_layers(model, recipe.layers)
        case "shuffled-head":
            return shuffle_head(model, recipe.seed)
        case "bf16":
            return round_weights(model)
