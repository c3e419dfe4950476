"""How a model is made from another one, as the user writes it: `int8`, `prune=0.5`, `layers=0,2,4`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast, get_args

from trust_core.errors import SpecError, nearest

Method = Literal["int8", "prune", "low-rank", "layers", "shuffled-head", "bf16"]

CONTROL_METHODS: frozenset[str] = frozenset({"shuffled-head", "bf16"})
"""Methods that make a model for a control, broken or rounded: written `control:`, never a candidate."""

_EXAMPLES = "Write int8, prune=0.5, low-rank=0.5 or layers=0,2,4."


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to make a model from another.

    Attributes:
        method: which.
        fraction: prune: the share of each linear layer's weights set to 0, in (0, 1);
            low-rank: the share of each linear layer's rank that stays, in (0, 1]; else 0.
        layers: layers: which of the encoder's layers stay, in their order; else empty.
        seed: shuffled-head: which shuffle; else 0.
    """

    method: Method
    fraction: float = 0.0
    layers: tuple[int, ...] = ()
    seed: int = 0

    @property
    def text(self) -> str:
        """The recipe in its one written form: equal recipes have equal texts."""
        match self.method:
            case "int8" | "bf16":
                return self.method
            case "prune" | "low-rank":
                return f"{self.method}={self.fraction:g}"
            case "layers":
                return f"{self.method}=" + ",".join(str(layer) for layer in self.layers)
            case "shuffled-head":
                return f"{self.method}={self.seed}"


def parse_recipe(written: str) -> Recipe:
    """The recipe that `written` describes; the part after `ref:` or `control:`.

    Raises:
        SpecError: an unknown method, or a value that the method cannot take.
    """
    method, sign, value = written.partition("=")
    if method not in get_args(Method):
        offered = [known for known in get_args(Method) if known not in CONTROL_METHODS]
        raise SpecError(
            f"There is no compression method {method!r}. {nearest(method, offered)}", allowed=_EXAMPLES
        )
    known = cast(Method, method)
    match known:
        case "int8" | "bf16":
            if sign:
                raise SpecError(f"{known} takes no value, but {value!r} was given.", allowed=_EXAMPLES)
            return Recipe(known)
        case "prune" | "low-rank":
            return Recipe(known, fraction=_fraction(known, value))
        case "layers":
            return Recipe(known, layers=_layers(value))
        case "shuffled-head":
            return Recipe(known, seed=_seed(value if sign else "0"))


def _fraction(method: Method, value: str) -> float:
    try:
        fraction = float(value)
    except ValueError:
        fraction = -1.0
    allowed = 0.0 < fraction < 1.0 or (method == "low-rank" and fraction == 1.0)
    if not allowed:
        upper = "above 0 and at most 1" if method == "low-rank" else "above 0 and below 1"
        raise SpecError(
            f"{method}={value} does not work." if value else f"{method} needs a fraction.",
            allowed=f"The fraction must be {upper}, as in {method}=0.5.",
        )
    return fraction


def _layers(value: str) -> tuple[int, ...]:
    parts = [part.strip() for part in value.split(",")]
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise SpecError(
            f"layers={value} does not work." if value else "layers needs numbers.",
            allowed="Name the layers that stay by number, counted from 0, as in layers=0,2,4.",
        )
    layers = tuple(int(part) for part in parts)
    if list(layers) != sorted(set(layers)):
        raise SpecError(
            f"layers={value} does not work.", allowed="The layers must be in rising order, each once."
        )
    return layers


def _seed(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise SpecError(
            f"shuffled-head={value} does not work.", allowed="The seed must be a whole number from 0."
        )
    return int(value)
