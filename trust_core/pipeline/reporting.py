"""From what the models said to the report and the tables of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trust_core.datasets.predictions_file import SavedPredictions
from trust_core.domain.report import (
    CandidateReport,
    ControlReport,
    Curves,
    DataInfo,
    ModelInfo,
    Report,
    Resolved,
    TwinInfo,
)
from trust_core.domain.spec import NOT_IN_FINGERPRINT, Spec
from trust_core.domain.texts import NO_LABEL, TextSet
from trust_core.domain.uploads import all_called
from trust_core.explain.methods import canonical_name
from trust_core.pipeline.command import reproducing_command
from trust_core.pipeline.measuring import CandidateResults
from trust_core.pipeline.outcome import ModelCost
from trust_core.pipeline.plan import Member, Role
from trust_core.pipeline.twin import TwinResults, applied_margins
from trust_core.pipeline.versions import versions
from trust_core.report.assemble import assemble_report, candidate_report
from trust_core.report.controls import failed
from trust_core.report.retraining import beside_twin, margin_note
from trust_core.report.verdict import verdict

SAVED = "saved predictions"
"""Source of a model of which nothing is known but what it said."""


def whole_report(
    spec: Spec,
    *,
    resolved: Resolved,
    candidates: Mapping[str, CandidateResults],
    controls: Mapping[str, ControlReport],
    timing: Mapping[str, Any],
    twin: TwinResults | None = None,
) -> Report:
    """The report of a run.

    Args:
        spec: as given.
        resolved: as carried out.
        candidates: figures by the candidate's name, in the spec's order.
        controls: by name; one that came out wrong makes every verdict inconclusive.
        timing: what differs from run to run.
        twin: what the reference's twin shows; every figure then stands beside the twin's.
    """
    wrong = failed(controls)
    applied = applied_margins(spec, twin)
    parts: list[CandidateReport] = []
    for name, found in candidates.items():
        # The twin itself would fit any margin that is made from it.
        margins = spec.margins if twin is not None and name == twin.name else applied
        judged = verdict(found.by_dimension, margins, spec.dimensions, controls_failed=wrong)
        part = candidate_report(
            name, found.by_dimension, judged, slices=found.slices, reasons_by_answers=found.splits
        )
        parts.append(part if twin is None else beside_twin(part, twin.retraining))
    notes = []
    if twin is not None and spec.margins_from_twin:
        notes.append(margin_note(spec.margins, applied, twin.retraining))
        settings = {**resolved.settings, "margins": applied.model_dump()}
        resolved = resolved.model_copy(update={"settings": settings})
    return assemble_report(
        spec=all_called(spec.model_dump(mode="json", by_alias=True)),
        resolved=resolved,
        versions=versions(),
        timing=timing,
        controls=controls,
        curves=Curves(
            reliability=tuple(curve for found in candidates.values() for curve in found.reliability),
            k_sweep=tuple(sweep for found in candidates.values() for sweep in found.sweeps),
            risk_coverage=tuple(curve for found in candidates.values() for curve in found.risk_coverage),
        ),
        candidates=parts,
        notes=notes,
    )


def model_info(member: Member, cost: ModelCost | None, *, truncated: int) -> ModelInfo:
    """What the report says of a model; its size is left out where it is not known yet."""
    facts = member.inspected.facts
    return ModelInfo(
        name=member.name,
        role=member.role,
        source=facts.kind,
        content_hash=facts.content_hash,
        architecture=facts.architecture,
        parameters=None if cost is None else cost.parameters,
        size_bytes=None if cost is None else cost.memory_bytes,
        dtype=None if cost is None else cost.dtype,
        backend=None if cost is None else cost.backend,
        max_length=facts.max_length,
        revision=facts.revision or None,
        licence=facts.licence or None,
        truncated=truncated,
    )


def twin_info(twin: Member | None) -> TwinInfo | None:
    """What the report says of the reference's twin; None without one."""
    if twin is None:
        return None
    facts = twin.inspected.facts
    return TwinInfo(
        name=twin.name,
        source=facts.kind,
        content_hash=facts.content_hash,
        architecture=facts.architecture,
        revision=facts.revision or None,
        licence=facts.licence or None,
    )


def saved_twin_info(twin: SavedPredictions | None) -> TwinInfo | None:
    """Likewise of a file of its predictions."""
    if twin is None:
        return None
    return TwinInfo(name=twin.source, source=SAVED, content_hash=twin.content_hash)


def saved_model_info(file: SavedPredictions, role: Role) -> ModelInfo:
    """What the report says of a file of saved predictions."""
    return ModelInfo(name=file.source, role=role, source=SAVED, content_hash=file.content_hash)


def resolved_spec(
    spec: Spec,
    *,
    fingerprint: str,
    models: Sequence[ModelInfo],
    texts: TextSet,
    explained: int,
    available: int,
    data_hash: str,
    device: str,
) -> Resolved:
    """The spec as it was carried out."""
    counts = {name: int((texts.gold == at).sum()) for at, name in enumerate(texts.classes)}
    return Resolved(
        fingerprint=fingerprint,
        models=tuple(models),
        data=DataInfo(
            source=texts.source,
            content_hash=data_hash,
            n=available,
            predicted=len(texts),
            explained=explained,
            classes=texts.classes,
            class_counts=counts if bool((texts.gold != NO_LABEL).any()) else {},
            labelled=texts.labelled,
            notes=texts.notes,
        ),
        device=device,
        explainers=tuple(canonical_name(name) for name in spec.explainers),
        settings={
            name: all_called(value)
            for name, value in spec.model_dump(mode="json", by_alias=True).items()
            if name not in NOT_IN_FINGERPRINT and name not in {"reference", "candidates", "data"}
        },
        command=reproducing_command(spec),
    )
