"""One evaluation, of models or of saved predictions, from its plan to the files in its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from trust_core.datasets.limits import Limits
from trust_core.domain.progress import Progress
from trust_core.domain.report import ControlReport, Report
from trust_core.domain.spec import Spec
from trust_core.models.policy import Policy
from trust_core.pipeline.files import write_files
from trust_core.pipeline.measuring import (
    CandidateResults,
    ModelResults,
    PredictionResults,
    measured_candidate,
)
from trust_core.pipeline.outcome import Outcome, Workplace
from trust_core.pipeline.plan import Plan, plan_models
from trust_core.pipeline.reporting import (
    model_info,
    resolved_spec,
    saved_model_info,
    saved_twin_info,
    twin_info,
    whole_report,
)
from trust_core.pipeline.saved import SavedPlan, plan_saved, saved_controls
from trust_core.pipeline.sliced import sliced
from trust_core.pipeline.splitting import split_reasons
from trust_core.pipeline.stopping import with_counts
from trust_core.pipeline.twin import with_twin
from trust_core.ports import Clock, ProgressSink
from trust_core.store.cache import ResultCache
from trust_core.store.folder import RunFolder


def planned(spec: Spec, *, limits: Limits, policy: Policy) -> Plan | SavedPlan:
    """The plan of a spec, whatever it starts from.

    Raises:
        TrustError: anything that the user has to mend first; nothing has been written yet.
    """
    if spec.from_predictions:
        return plan_saved(spec, limits=limits)
    return plan_models(spec, limits=limits, policy=policy)


def evaluated(
    plan: Plan | SavedPlan,
    run: RunFolder,
    *,
    policy: Policy,
    progress: ProgressSink,
    clock: Clock,
    cache: ResultCache | None = None,
) -> Report:
    """Carry a plan out and write the run's files, the report last; a cache saves what is known already."""
    began = clock()
    if isinstance(plan, Plan):
        # Here, and not above: models need torch, and saved predictions have no use for it.
        from trust_core.pipeline.run import run_models

        outcome = run_models(plan, Workplace(run, policy, progress, clock, cache))
        results: Sequence[ModelResults] = outcome.results
        rows: Sequence[int] = plan.explained[: outcome.explained]
        predicted: Mapping[str, PredictionResults] = outcome.predicted
        twin, known_twin = outcome.twin, twin_info(plan.twin)
        controls: Mapping[str, ControlReport] = outcome.controls
        models = [
            model_info(member, cost, truncated=result.predictions.truncated)
            for member, cost, result in zip(plan.members, outcome.costs, outcome.results, strict=True)
        ]
        device, timing = outcome.device, _timing(outcome, cache)
    else:
        results, rows, device, timing = plan.results, (), "none: saved predictions", {}
        predicted = {}
        controls, twin = saved_controls(plan)
        known_twin = saved_twin_info(plan.twin_file)
        models = [
            saved_model_info(file, "candidate" if index else "reference")
            for index, file in enumerate(plan.files)
        ]
    reference, *others = results
    candidates: dict[str, CandidateResults] = {}
    for done, candidate in enumerate(others):
        progress(Progress("Measuring", done, len(others), unit="candidates"))
        name = candidate.predictions.model
        found = measured_candidate(
            plan.spec, plan.texts, rows, reference, candidate, predicted=predicted.get(name)
        )
        if isinstance(plan, Plan) and plan.spec.stop_when_settled:
            found = with_counts(found, candidate, len(plan.explained))
        if twin is not None and twin.name != name:
            found = with_twin(plan.spec, found, twin)
        slices = sliced(plan.spec, plan.texts, reference, candidate, found)
        splits = split_reasons(plan.spec, plan.texts, rows, reference, candidate, found)
        candidates[name] = replace(found, slices=slices, splits=splits)
    progress(Progress("Measuring", len(others), len(others), unit="candidates"))
    resolved = resolved_spec(
        plan.spec,
        fingerprint=plan.fingerprint,
        models=models,
        texts=plan.texts,
        explained=len(rows) if reference.explanations or reference.published else 0,
        available=plan.available,
        data_hash=plan.data_hash,
        device=device,
    )
    timing = {**timing, "total_s": round(clock() - began, 3)}
    report = whole_report(
        plan.spec,
        resolved=resolved.model_copy(update={"twin": known_twin}),
        candidates=candidates,
        controls=controls,
        timing=timing,
        twin=twin,
    )
    write_files(run, plan.spec, report, plan.texts, rows, results, candidates)
    return report


def _timing(outcome: Outcome, cache: ResultCache | None) -> dict[str, Any]:
    found = (
        {} if cache is None else {**outcome.found, **({"problem": cache.problem} if cache.problem else {})}
    )
    return {
        "latency": {cost.name: cost.latency for cost in outcome.costs},
        "backends": {
            cost.name: {"backend": cost.backend, "deviation": cost.deviation, "note": cost.note}
            for cost in outcome.costs
        },
        "durations_s": {name: round(seconds, 3) for name, seconds in outcome.seconds.items()},
        "explain_s_per_text": outcome.explain_s_per_text,
        **({"known_before": found} if found else {}),
    }
