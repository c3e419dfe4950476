"""Reports with figures of confidence in use."""

from __future__ import annotations

from dataclasses import replace

from tests.support.behaviour_predictions import draw_pair
from trust_core.behaviour.confidence_use import confidence_use_findings, risk_coverage_curves
from trust_core.domain.report import CandidateReport, Report
from trust_core.domain.spec import Margins
from trust_core.report.assemble import measure_rows
from trust_core.report.verdict import verdict


def with_thresholds(report: Report, *, accepted_risk: float | None = None) -> Report:
    """The report with confidence in use measured on two simulated models, for every candidate."""
    gold, reference, simulated = draw_pair(400, 3, seed=4)
    curves = []
    candidates: list[CandidateReport] = []
    for candidate in report.candidates:
        theirs = replace(simulated, model=candidate.name)
        found = confidence_use_findings(
            gold, reference, theirs, accepted_risk=accepted_risk, resamples=200, seed=0
        )
        judged = verdict({"confidence_use": found}, Margins(), ("answers",)).dimensions["confidence_use"]
        candidates.append(
            candidate.model_copy(
                update={
                    "measures": (*candidate.measures, *measure_rows({"confidence_use": found})),
                    "verdict": candidate.verdict.model_copy(
                        update={"dimensions": {**candidate.verdict.dimensions, "confidence_use": judged}}
                    ),
                }
            )
        )
        curves += risk_coverage_curves(gold, reference, theirs)
    return report.model_copy(
        update={
            "candidates": tuple(candidates),
            "curves": report.curves.model_copy(update={"risk_coverage": tuple(curves)}),
        }
    )
