"""From what the models said to the report and the tables of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trust_core.domain.report import (
    CandidateReport,
    ControlReport,
    Curves,
    DataInfo,
    ModelInfo,
    Report,
    Resolved,
)
from trust_core.domain.spec import NOT_IN_FINGERPRINT, Spec
from trust_core.domain.texts import NO_LABEL, TextSet
from trust_core.explain.methods import canonical_name
from trust_core.pipeline.command import reproducing_command
from trust_core.pipeline.measuring import CandidateResults
from trust_core.pipeline.outcome import ModelCost
from trust_core.pipeline.plan import Member
from trust_core.pipeline.versions import versions
from trust_core.report.assemble import assemble_report, candidate_report
from trust_core.report.controls import failed
from trust_core.report.verdict import verdict


def whole_report(
    spec: Spec,
    *,
    resolved: Resolved,
    candidates: Mapping[str, CandidateResults],
    controls: Mapping[str, ControlReport],
    timing: Mapping[str, Any],
) -> Report:
    """The report of a run.

    Args:
        spec: as given.
        resolved: as carried out.
        candidates: figures by the candidate's name, in the spec's order.
        controls: by name; one that came out wrong makes every verdict inconclusive.
        timing: what differs from run to run.
    """
    wrong = failed(controls)
    parts: list[CandidateReport] = [
        candidate_report(
            name,
            found.by_dimension,
            verdict(found.by_dimension, spec.margins, spec.dimensions, controls_failed=wrong),
            slices=found.slices,
        )
        for name, found in candidates.items()
    ]
    return assemble_report(
        spec=spec.model_dump(mode="json", by_alias=True),
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
            name: value
            for name, value in spec.model_dump(mode="json", by_alias=True).items()
            if name not in NOT_IN_FINGERPRINT and name not in {"reference", "candidates", "data"}
        },
        command=reproducing_command(spec),
    )
