"""A whole evaluation of models: work, measure, control, judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trust_core.domain.attributions import Explanation, PublishedFeatures
from trust_core.domain.report import ControlReport
from trust_core.domain.spec import Spec
from trust_core.explain.methods import NOISE_FREE, canonical_name
from trust_core.explain.published import PublishedExplainer
from trust_core.explain.settings import Settings
from trust_core.models.device import choose_device, limit_threads
from trust_core.pipeline import controls, work
from trust_core.pipeline.costs import model_cost
from trust_core.pipeline.measuring import ModelResults
from trust_core.pipeline.outcome import ModelCost, Outcome, Workplace
from trust_core.pipeline.plan import Member, Plan, explains
from trust_core.pipeline.resident import ResidentModel
from trust_core.report.controls import skipped_control
from trust_core.stats.seeds import derived_seed

_PUBLISHED_EXPLAINERS: dict[str, PublishedExplainer] = {"lime": "lime", "shap-partition": "shap"}


def run_models(plan: Plan, place: Workplace) -> Outcome:
    """Do all work that needs a model, one model resident at a time.

    Work that an earlier start has finished is read, not repeated.
    """
    spec = plan.spec
    device = choose_device(spec.device)
    limit_threads(spec.threads)
    results: list[ModelResults] = []
    costs: list[ModelCost] = []
    seconds: dict[str, float] = {}
    again: dict[str, tuple[Explanation, ...]] = {}
    for index, member in enumerate(plan.members):
        began = place.clock()
        with ResidentModel(
            member, plan.texts.classes, device=device, batch_tokens=spec.batch_tokens
        ) as model:
            done = _results(plan, model, place, f"model-{index}", plan.explained)
            published = _published(plan, model, place, f"model-{index}")
            cost = model_cost(model, plan.texts, place.run, f"model-{index}", place.clock)
            if index == 0:
                again = _explained_again(plan, model, place)
        results.append(replace(done, published=published, cost=cost.findings(member.role)))
        costs.append(cost)
        seconds[member.name] = place.clock() - began
    began = place.clock()
    reports = _controls(plan, place, results[0], again)
    seconds["controls"] = place.clock() - began
    return Outcome(tuple(results), tuple(costs), reports, device.description, seconds)


def explainer_settings(spec: Spec, *, seed: int | None = None) -> Settings:
    """What the spec tells its explainers; another seed for control C1."""
    return Settings(
        seed=spec.seed if seed is None else seed,
        samples=spec.lime.samples,
        permutations=spec.shap.permutations,
        budget=spec.shap.budget,
        scale=spec.scale,
        rule=spec.mask,
    )


def _results(
    plan: Plan, model: ResidentModel, place: Workplace, folder: str, rows: Sequence[int]
) -> ModelResults:
    spec = plan.spec
    predictions = work.predictions(model, plan.texts, place.run.shards(folder, "predictions"), place.progress)
    names = [canonical_name(name) for name in spec.explainers]
    explanations = {
        name: work.explanations(
            model,
            plan.texts,
            rows,
            explainer=name,
            settings=explainer_settings(spec),
            shards=place.run.shards(folder, name),
            progress=place.progress,
        )
        for name in names
        if explains(spec)
    }
    return ModelResults(predictions, explanations)


def _published(
    plan: Plan, model: ResidentModel, place: Workplace, folder: str
) -> dict[PublishedExplainer, tuple[PublishedFeatures, ...]]:
    """The model's explanations by a published protocol, if the spec asks for one."""
    spec = plan.spec
    if spec.protocol == "corrected" or "reasons" not in spec.dimensions or not plan.explained:
        return {}
    return {
        _PUBLISHED_EXPLAINERS[name]: work.published_features(
            model,
            plan.texts,
            plan.explained,
            protocol=spec.protocol,
            explainer=_PUBLISHED_EXPLAINERS[name],
            no_texts=spec.no_texts,
            shards=place.run.shards(folder, f"published-{name}"),
            progress=place.progress,
        )
        for name in (canonical_name(given) for given in spec.explainers)
    }


def _explained_again(
    plan: Plan, model: ResidentModel, place: Workplace
) -> dict[str, tuple[Explanation, ...]]:
    """The control texts explained with other seeds, by every explainer that draws."""
    spec = plan.spec
    if not explains(spec):
        return {}
    settings = explainer_settings(spec, seed=derived_seed(spec.seed, "C1") % 2**31)
    return {
        name: work.explanations(
            model,
            plan.texts,
            plan.control_rows,
            explainer=name,
            settings=settings,
            shards=place.run.shards("control-1", name),
            progress=place.progress,
        )
        for name in (canonical_name(given) for given in spec.explainers)
        if name not in NOISE_FREE
    }


def _controls(
    plan: Plan, place: Workplace, reference: ModelResults, again: dict[str, tuple[Explanation, ...]]
) -> dict[str, ControlReport]:
    spec, texts, rows = plan.spec, plan.texts, plan.control_rows
    ours = controls.first_explanations(reference, len(rows))
    reports = {"C0": controls.identity(spec, texts, rows, ours)}
    reports["C1"] = controls.ceiling(spec, texts, rows, ours, again)
    member: Member | None = controls.broken_member(plan.members, place.policy)
    if member is None:
        reports["C5"] = skipped_control("No model of this run has weights that could be shuffled.")
        return reports
    device = choose_device(spec.device)
    with ResidentModel(member, texts.classes, device=device, batch_tokens=spec.batch_tokens) as model:
        shuffled = _results(plan, model, place, "control-5", rows)
    reports["C5"] = controls.broken(spec, texts, rows, ours, shuffled)
    return reports
