"""From findings and verdicts to the rows and parts of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.catalogue.entry import DIMENSIONS, Dimension
from trust_core.domain.measures import Findings, Measure
from trust_core.domain.report import (
    CandidateReport,
    ControlReport,
    Curves,
    MeasureRow,
    Report,
    Resolved,
    SliceReport,
    Verdict,
)
from trust_core.report.criteria import CRITERIA, METHOD

_PLACE: Final = {key: place for place, key in enumerate(CATALOGUE)}


def measure_rows(findings: Mapping[Dimension, Findings]) -> tuple[MeasureRow, ...]:
    """Every figure as a row: what votes first, then in the catalogue's order; units from the catalogue.

    Rows of one key keep the order in which they were found.
    """
    measures = [
        measure
        for dimension in DIMENSIONS
        if dimension in findings
        for measure in findings[dimension].measures
    ]
    return tuple(
        MeasureRow.of_measure(measure, CATALOGUE[measure.key].unit) for measure in sorted(measures, key=_rank)
    )


def _rank(measure: Measure) -> tuple[bool, int]:
    return measure.key not in CRITERIA, _PLACE[measure.key]


def candidate_report(
    name: str,
    findings: Mapping[Dimension, Findings],
    verdict: Verdict,
    *,
    slices: SliceReport | None = None,
    reasons_by_answers: Sequence[MeasureRow] = (),
) -> CandidateReport:
    """One candidate's part of the report. Only `verdict` depends on the margins."""
    notes = dict.fromkeys(
        note for dimension in DIMENSIONS if dimension in findings for note in findings[dimension].notes
    )
    return CandidateReport(
        name=name,
        verdict=verdict,
        measures=measure_rows(findings),
        notes=tuple(notes),
        slices=slices,
        reasons_by_answers=tuple(reasons_by_answers),
    )


def assemble_report(
    *,
    spec: Mapping[str, Any],
    resolved: Resolved,
    versions: Mapping[str, str],
    timing: Mapping[str, Any],
    controls: Mapping[str, ControlReport],
    curves: Curves,
    candidates: Sequence[CandidateReport],
    notes: Sequence[str] = (),
) -> Report:
    """The whole report; its first note says how the verdict is reached.

    Args:
        spec: the spec as given.
        resolved: the spec as carried out.
        versions: of the libraries that took part, by name.
        timing: latency, throughput, memory and durations; the one part that differs between two runs.
        controls: by name.
        curves: what the charts draw.
        candidates: in the spec's order.
        notes: what else a reader should know.
    """
    return Report(
        spec=dict(spec),
        resolved=resolved,
        versions=dict(sorted(versions.items())),
        timing=dict(timing),
        controls=dict(sorted(controls.items())),
        curves=curves,
        candidates=tuple(candidates),
        notes=tuple(dict.fromkeys((METHOD, *notes))),
    )
