"""From a spec to the settings of its explainers."""

from __future__ import annotations

from trust_core.domain.spec import Spec
from trust_core.explain.settings import Settings


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
