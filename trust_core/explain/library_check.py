"""One text explained twice over the same model: by the unmodified library, and by our explainer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from trust_core.domain.arrays import BoolArray, FloatArray, IntArray
from trust_core.domain.attributions import Attribution, Explanation
from trust_core.domain.texts import SegmentedText
from trust_core.errors import SpecError
from trust_core.explain import lime_text, reference, shap_text
from trust_core.explain.methods import Explain, canonical_name
from trust_core.explain.settings import Settings

FEWEST_WORDS = {"lime": 1, "shap-partition": 2, "shap-permutation": 1}
"""The explainers that a library has as well, and the words that it asks for."""

LIBRARIES = {"lime": "lime", "shap-partition": "shap", "shap-permutation": "shap"}

NEAR = 1e-5
"""Words whose weights lie nearer than this may change places."""

TOP = 10


@dataclass(frozen=True, slots=True)
class LibraryCheck:
    """What the library says of a text, and what our explainer says where it asks the model the same.

    Attributes:
        library: its name and release.
        theirs: the library's weights.
        ours: ours, from the masks or orders that the library drew.
    """

    library: str
    theirs: Attribution
    ours: Attribution

    @property
    def largest_difference(self) -> float:
        """The largest difference of a weight, over all words and classes, on the explained scale."""
        return float(np.abs(self.theirs.weights - self.ours.weights).max())

    def same_order(self, of_class: int) -> bool:
        """Whether the `TOP` words of a class stand in the same order, but for those nearer than `NEAR`."""
        first, second = (
            np.argsort(-np.abs(one.weights[:, of_class]), kind="stable")[:TOP]
            for one in (self.theirs, self.ours)
        )
        size = np.abs(self.theirs.weights[:, of_class])
        return bool((np.abs(size[first] - size[second]) < NEAR).all())


class Asked:
    """A predict function that remembers what it was asked."""

    def __init__(self, predict: reference.MaskedPredict) -> None:
        self._predict = predict
        self.keep: list[BoolArray] = []

    def __call__(self, keep: BoolArray) -> FloatArray:
        """Answer, and remember the question."""
        self.keep.append(keep)
        return self._predict(keep)


def library_check(
    text: SegmentedText,
    explainer: str,
    settings: Settings,
    *,
    predict: reference.MaskedPredict,
    run: Callable[[Explain], Explanation],
) -> LibraryCheck:
    """Explain a text by the library, and by ours with what the library drew.

    Args:
        text: the text.
        explainer: by name.
        settings: of both.
        predict: probabilities of the text's masked versions.
        run: our engine on this text.

    Raises:
        SpecError: an explainer that no library has, or fewer words than it asks for.
    """
    name = canonical_name(explainer)
    if name not in LIBRARIES:
        raise SpecError(
            f"No library is held against {explainer!r}.", allowed=f"One of {', '.join(LIBRARIES)}."
        )
    if len(text) < FEWEST_WORDS[name]:
        raise SpecError(
            f"The text has {len(text)} words.",
            allowed=f"The {LIBRARIES[name]} package explains texts of {FEWEST_WORDS[name]} words or more.",
        )
    asked = Asked(predict)
    if name == "lime":
        theirs = reference.lime(text, asked, settings)
        ours = lime_on({text.id: asked.keep}, settings)
    elif name == "shap-permutation":
        theirs = reference.shap_permutation(text, asked, settings)
        ours = permutation_on({text.id: asked.keep}, settings)
    else:
        theirs = reference.shap_partition(text, asked, settings)
        ours = shap_text.partition(settings)
    library = LIBRARIES[name]
    return LibraryCheck(f"{library} {version(library)}", theirs, run(ours).whole)


def lime_on(asked: dict[str, list[BoolArray]], settings: Settings) -> Explain:
    """Our LIME on the masks that lime asked for, by text."""
    cut = settings.samples // 2
    return lime_text.explainer(
        settings, masks=lambda text: (asked[text.id][-1][:cut], asked[text.id][-1][cut:])
    )


def permutation_on(asked: dict[str, list[BoolArray]], settings: Settings) -> Explain:
    """Our permutation SHAP on the orders that shap drew, by text."""
    drawn = {name: orders_in(np.concatenate(keep)) for name, keep in asked.items()}
    cut = settings.permutations // 2
    return shap_text.permutation(settings, orders=lambda text: (drawn[text.id][:cut], drawn[text.id][cut:]))


def orders_in(keep: BoolArray) -> IntArray:
    """(p, w) the orders in which shap added the words, read off the masks (s, w) that it asked for."""
    w = keep.shape[1]
    found = []
    for start in np.flatnonzero(~keep.any(axis=1)).tolist():
        steps = np.diff(keep[start : start + w + 1].astype(np.int64), axis=0)
        if len(steps) == w and (steps.sum(axis=1) == 1).all() and (steps >= 0).all():
            found.append(steps.argmax(axis=1))
    return np.array(found)
