"""The chart of confidence in use on the report's page."""

from __future__ import annotations

from trust_core.charts.risk_coverage import (
    mark_on,
    risk_coverage,
    risk_coverage_alt,
    risk_coverage_table,
)
from trust_core.domain.report import CandidateReport, Report
from trust_core.export.page_charts import PageChart, chart


def threshold_charts(report: Report, candidate: CandidateReport, *, key: str) -> tuple[PageChart, ...]:
    """Risk over coverage of the reference and a candidate, with the tuned threshold; none without curves."""
    curves = tuple(curve for curve in report.curves.risk_coverage if curve.candidate == candidate.name)
    if not any(curve.n for curve in curves):
        return ()
    reference = next((m.name for m in report.resolved.models if m.role == "reference"), "reference")
    names = tuple(reference if curve.of == "reference" else candidate.name for curve in curves)
    tuned = next((row.value for row in candidate.measures if row.key == "threshold"), None)
    found = [] if tuned is None else [mark_on(curve, tuned) for curve in curves]
    marks = tuple(mark for mark in found if mark is not None)
    return (
        chart(
            key,
            "Risk over coverage",
            risk_coverage_alt(curves, names, marks),
            risk_coverage_table(curves, names),
            lambda theme: risk_coverage(curves, names, marks, theme=theme),
        ),
    )
