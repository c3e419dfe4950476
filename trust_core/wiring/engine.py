"""The composition root of everything that may load models: the command line, jobs and the Python API."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from trust_core.domain.preflight import PreflightReport
from trust_core.domain.progress import Progress
from trust_core.domain.report import Report
from trust_core.domain.spec import Explainer, LabelMap, Spec
from trust_core.domain.texts import TextPair
from trust_core.ports import Clock, ProgressSink
from trust_core.settings import Settings, settings_from
from trust_core.store.cache import ResultCache
from trust_core.store.folder import RunFolder, load_report, open_run
from trust_core.store.rates import keep_rate, known_rate
from trust_core.store.registry import Registry

if TYPE_CHECKING:
    from trust_core.models.policy import Policy
    from trust_core.pipeline.plan import Plan
    from trust_core.pipeline.saved import SavedPlan
    from trust_core.pipeline.single import ExplainedText

Origin = Literal["typed", "given"]
"""Who named the models: see `trust_core.models.policy`."""


def evaluate(
    spec: Spec,
    out: str | Path,
    *,
    settings: Settings | None = None,
    progress: ProgressSink | None = None,
    clock: Clock = time.perf_counter,
    origin: Origin = "typed",
) -> Report:
    """Run an evaluation, or go on with one, and write its folder.

    Args:
        spec: what to evaluate.
        out: the run's folder: new, empty, or that of the same evaluation, which then goes on where it
            stopped; a finished one is read.
        settings: of the machine; None takes them from the TRUST_* variables.
        progress: is told how far the run has come.
        clock: counts seconds, for figures under `timing`.
        origin: who named the models: a person at the command line, or the app.

    Returns:
        The report, as it is in `out`/report.json.

    Raises:
        TrustError: something that the caller can mend; what is finished is kept.
    """
    # Here, and not above: planning and running import torch, and `runs list` has no use for it.
    from trust_core.datasets.limits import Limits
    from trust_core.pipeline.evaluation import evaluated, planned

    machine = settings or settings_from(os.environ)
    limits = Limits(machine.max_data_bytes, machine.max_rows, machine.data_roots)
    policy = _policy(machine, origin)
    plan = planned(spec, limits=limits, policy=policy)
    run = open_run(
        Path(out),
        fingerprint=plan.fingerprint,
        spec=spec.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        name=plan.name,
        directory=Path.cwd(),
    )
    registry = Registry(machine.home)
    if run.finished:
        # A kill right after the report may have left the shards.
        run.remove_work()
        report = load_report(run.path)
    else:
        with run.claimed(), _registered(registry, run, plan.name):
            report = evaluated(
                plan,
                run,
                policy=policy,
                progress=progress or _unheard,
                clock=clock,
                cache=_cache(machine),
            )
        _keep_rate(plan, report, machine)
    overall = ", ".join(f"{c.name}: {c.verdict.overall}" for c in report.candidates)
    registry.record(run.path, fingerprint=run.fingerprint, name=plan.name, state="done", overall=overall)
    return report


def check(spec: Spec, *, settings: Settings | None = None, origin: Origin = "typed") -> PreflightReport:
    """Look at models, data and settings of an evaluation without running it.

    Args:
        spec: what would be evaluated.
        settings: of the machine; None takes them from the TRUST_* variables.
        origin: who named the models.

    Returns:
        Every problem at once, what the run would be, and how long it would take.
    """
    # Here, and not above: looking at models imports torch.
    from trust_core.datasets.limits import Limits
    from trust_core.pipeline.preflight import preflight

    known = settings_from(os.environ) if settings is None else settings
    return preflight(
        spec,
        limits=Limits(known.max_data_bytes, known.max_rows, known.data_roots),
        policy=_policy(known, origin),
        rate_on=partial(known_rate, known.home),
    )


def explain(
    pair: TextPair,
    *,
    reference: str,
    candidate: str,
    explainer: Explainer,
    seed: int,
    settings: Settings,
    label_map: LabelMap | None = None,
    check: bool = False,
) -> ExplainedText:
    """Explain one text by two models; a label map names the classes of either.

    With `check` the unmodified lime or shap package explains it as well, which is slow.

    Raises:
        TrustError: something that the caller can mend.
    """
    from trust_core.pipeline.single import explained_text

    return explained_text(
        pair,
        reference=reference,
        candidate=candidate,
        explainer=explainer,
        seed=seed,
        label_map=label_map or LabelMap(),
        policy=_policy(settings),
        check=check,
    )


def compress(model: str, recipe: str, out: Path, *, settings: Settings) -> int:
    """Write a compressed version of a model as a folder; returns the bytes that it takes in memory.

    Args:
        model: bundled name, folder or hub id.
        recipe: `int8`, `prune=0.5`, `low-rank=0.5` or `layers=0,2,4`.
        out: a folder that does not exist yet, or is empty.
        settings: of the machine.

    Raises:
        TrustError: something that the caller can mend.
    """
    from trust_core.models.compress.recipe import parse_recipe
    from trust_core.models.compress.saving import save_compressed
    from trust_core.models.inspection import inspect_model

    made = parse_recipe(recipe)
    return save_compressed(inspect_model(model, policy=_policy(settings)), made, out).memory_bytes


def _policy(settings: Settings, origin: Origin = "typed") -> Policy:
    from trust_core.models.policy import Policy

    return Policy(
        origin=origin,
        roots=settings.model_roots,
        max_bytes=settings.max_model_bytes,
        cache=settings.home / "cache",
        openvino=settings.openvino,
    )


def _keep_rate(plan: Plan | SavedPlan, report: Report, settings: Settings) -> None:
    """Remember how fast the models were, for estimates of later runs."""
    from trust_core.pipeline.saved import SavedPlan

    if isinstance(plan, SavedPlan):
        return
    # Only now: it imports torch, and saved predictions have no use for it.
    from trust_core.pipeline.estimate import observed_rate

    spent = report.timing.get("explain_s_per_text", {})
    rate = observed_rate(plan, [spent.get(member.name, {}) for member in plan.members])
    if rate is not None:
        keep_rate(settings.home, report.resolved.device, rate)


def _cache(settings: Settings) -> ResultCache | None:
    """Results of earlier runs, unless the settings do without."""
    if settings.cache_bytes == 0:
        return None
    return ResultCache(settings.home / "cache" / "results.sqlite", max_bytes=settings.cache_bytes)


def _unheard(progress: Progress) -> None:
    del progress


@contextmanager
def _registered(registry: Registry, run: RunFolder, name: str) -> Iterator[None]:
    """Enter the run in the registry, and what has become of it if it does not come to its end."""
    line = {"fingerprint": run.fingerprint, "name": name}
    registry.record(run.path, **line, state="running")
    try:
        yield
    except KeyboardInterrupt:
        registry.record(run.path, **line, state="interrupted")
        raise
    except Exception as error:
        said = str(error).splitlines() or [type(error).__name__]
        registry.record(run.path, **line, state="failed", message=said[0][:300])
        raise
