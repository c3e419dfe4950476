"""What an explainer says: a weight for every word and class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trust_core.domain.arrays import FloatArray, locked_floats

Half = Literal["all", "h1", "h2"]
"""Which samples an attribution was computed from: all of them, or one of two independent halves."""

Fidelity = Literal["local_r2", "additivity_gap"]


@dataclass(frozen=True, slots=True)
class Attribution:
    """The word weights of one text, one model, one explainer, one half.

    Attributes:
        text_id: the text's id.
        explainer: lime, shap-partition, shap-permutation or shap-exact.
        half: the samples it was computed from. A noise-free explainer gives `all` alone.
        weights: (w, k) signed weight of each word for each class, on the spec's scale.
        base: (k,) model output with all words removed (LIME: the intercept of the fit).
        full: (k,) model output of the unperturbed text.
        fidelity: (k,) local R2 (LIME) or sum(weights) - (full - base) (SHAP).
        fidelity_kind: which of the two.
        passes: texts that had to be predicted for it, before deduplication.
        complete: False where a budget ended the work early.
    """

    text_id: str
    explainer: str
    half: Half
    weights: FloatArray
    base: FloatArray
    full: FloatArray
    fidelity: FloatArray
    fidelity_kind: Fidelity
    passes: int
    complete: bool = True

    def __post_init__(self) -> None:
        for name in ("weights", "base", "full", "fidelity"):
            object.__setattr__(self, name, locked_floats(getattr(self, name)))


@dataclass(frozen=True, slots=True)
class PublishedFeatures:
    """What one explainer of a published protocol says of one text and one model.

    Attributes:
        text_id: the text's id.
        explainer: lime or shap, in that protocol's settings.
        seed: the protocol's seed.
        features: the protocol's features, strings, in its order; a string may come twice.
        weights: (f,) their weights for the protocol's class.
    """

    text_id: str
    explainer: str
    seed: int
    features: tuple[str, ...]
    weights: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", locked_floats(self.weights))
        if self.weights.shape != (len(self.features),):
            raise ValueError(f"{len(self.features)} features with weights of shape {self.weights.shape}")


@dataclass(frozen=True, slots=True)
class Explanation:
    """All attributions of one text by one explainer and one model.

    Attributes:
        whole: the weights that are shown.
        halves: the two independent halves, or None for a noise-free explainer,
            whose halves both equal `whole`.
    """

    whole: Attribution
    halves: tuple[Attribution, Attribution] | None

    @property
    def text_id(self) -> str:
        """The text's id."""
        return self.whole.text_id

    @property
    def noise_free(self) -> bool:
        """Whether repeating the explainer would give the same weights."""
        return self.halves is None

    @property
    def attributions(self) -> tuple[Attribution, ...]:
        """`whole`, then the halves where there are any."""
        return (self.whole,) if self.halves is None else (self.whole, *self.halves)

    def half(self, which: Literal["h1", "h2"]) -> Attribution:
        """The attribution of a half; of a noise-free explainer, `whole`."""
        if self.halves is None:
            return self.whole
        return self.halves[0] if which == "h1" else self.halves[1]
