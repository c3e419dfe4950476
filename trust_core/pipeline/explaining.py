"""From a spec to the settings of its explainers, and from a model and texts to explanations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trust_core.domain.attributions import Attribution, Explanation
from trust_core.domain.spec import Spec
from trust_core.domain.texts import SegmentedText
from trust_core.errors import SpecError
from trust_core.explain.methods import GRADIENTS, method
from trust_core.explain.settings import GRADIENT_STEPS, Settings
from trust_core.inference.pool import explain
from trust_core.models.gradients import integrated_gradients, without_gradients
from trust_core.pipeline.resident import ResidentModel


def explainer_settings(spec: Spec, *, seed: int | None = None) -> Settings:
    """What the spec tells its explainers; another seed for control C1."""
    return Settings(
        seed=spec.seed if seed is None else seed,
        samples=spec.lime.samples,
        sampling=spec.lime.sampling,
        permutations=spec.shap.permutations,
        budget=spec.shap.budget,
        scale=spec.scale,
        rule=spec.mask,
    )


def explained(
    model: ResidentModel, texts: Iterable[SegmentedText], explainer: str, settings: Settings
) -> Iterator[Explanation]:
    """Explanations of texts by any explainer, in the order of the texts.

    Args:
        model: the model.
        texts: the texts.
        explainer: its canonical name.
        settings: what it is told.

    Raises:
        SpecError: the explainer needs gradients that the model does not have.
    """
    if explainer not in GRADIENTS:
        yield from explain(texts, method(explainer, settings), model.engine, rule=settings.rule)
        return
    why = without_gradients(model.member.inspected)
    if why:
        raise SpecError(
            f"{model.member.name!r} cannot be explained by {explainer}: {why}.",
            allowed="Explainers that only ask for answers: lime, shap, shap-permutation, shap-exact.",
        )
    for text in texts:
        found = integrated_gradients(model.network, text, scale=settings.scale, steps=GRADIENT_STEPS)
        whole = Attribution(
            text_id=text.id,
            explainer=explainer,
            half="all",
            weights=found.weights,
            base=found.base,
            full=found.full,
            fidelity=found.weights.sum(axis=0) - (found.full - found.base),
            fidelity_kind="additivity_gap",
            passes=GRADIENT_STEPS * len(found.full),
        )
        yield Explanation(whole, None)
