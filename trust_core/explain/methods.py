"""The explainers by name."""

from __future__ import annotations

from collections.abc import Callable

from trust_core.domain.requests import Explaining
from trust_core.domain.texts import SegmentedText
from trust_core.errors import SpecError, nearest
from trust_core.explain import lime_text, shap_text
from trust_core.explain.settings import Settings

Explain = Callable[[SegmentedText], Explaining]
"""Starts the explanation of one text."""

METHODS: dict[str, Callable[[Settings], Explain]] = {
    "lime": lime_text.explainer,
    "shap": shap_text.partition,
    "shap-partition": shap_text.partition,
    "shap-permutation": shap_text.permutation,
    "shap-exact": shap_text.exact,
}
"""Every explainer; `shap` means shap-partition."""

GRADIENTS = frozenset({"integrated-gradients"})
"""Explainers that read a model's gradients instead of asking for texts under masks. They do not vote."""

NOISE_FREE = frozenset({"shap", "shap-partition", "shap-exact", *GRADIENTS})
"""Explainers whose result depends on nothing that is drawn."""

_SHORT = {"shap": "shap-partition", "ig": "integrated-gradients"}


def canonical_name(name: str) -> str:
    """The name under which an explainer's results are filed: `shap` is shap-partition, `ig` the gradients.

    Raises:
        SpecError: there is no such explainer.
    """
    if name not in (*METHODS, *GRADIENTS, *_SHORT):
        raise SpecError(f"There is no explainer {name!r}.", allowed=nearest(name, (*METHODS, *GRADIENTS)))
    return _SHORT.get(name, name)


def method(name: str, settings: Settings) -> Explain:
    """The explainer of that name with these settings.

    Raises:
        SpecError: there is no such explainer.
    """
    return METHODS[name if name in METHODS else canonical_name(name)](settings)
