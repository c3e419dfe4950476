"""What is known while a run still goes on: the report and the tables so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trust_core.domain.measures import Findings, Measure, NotMeasured, Of
from trust_core.domain.report import CandidateReport, Report
from trust_core.export.report_json import report_json
from trust_core.pipeline.files import run_tables, table_files
from trust_core.pipeline.measuring import (
    CandidateResults,
    ModelResults,
    PredictionResults,
    measured_candidate,
    measured_predictions,
)
from trust_core.pipeline.plan import Plan
from trust_core.pipeline.reporting import model_info, resolved_spec, whole_report
from trust_core.report.controls import CONTROLS, skipped_control
from trust_core.store.folder import RunFolder

NOT_YET = NotMeasured("the run has not come this far", "the run to go on")
"""Stands for every figure that a later part of the run will bring."""

_SIZES = ("parameters", "nonzero_parameters", "size_mb")
"""Figures of the dimension cost."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known at some time of a run.

    Attributes:
        results: what the reference, then each candidate has said.
        rows: the texts that are explained.
        candidates: figures by the candidate's name.
        report: the report, each verdict as if the run ended here.
    """

    results: tuple[ModelResults, ...]
    rows: tuple[int, ...]
    candidates: Mapping[str, CandidateResults]
    report: Report


class PartialReports:
    """Writes what is known so far.

    What the predictions say does not change while texts are explained, so it is measured once.

    Args:
        plan: the run's.
        run: its folder.
        device: where the work is done, in words.

    Attributes:
        predicted: what the predictions say, by the candidate's name.
    """

    def __init__(self, plan: Plan, run: RunFolder, *, device: str) -> None:
        self.predicted: dict[str, PredictionResults] = {}
        self._plan = plan
        self._run = run
        self._device = device

    def known(self, results: Sequence[ModelResults], explained: int) -> Known:
        """What is known by now.

        Args:
            results: what the reference, then each candidate has said so far.
            explained: how many texts have been explained.
        """
        plan = self._plan
        rows = plan.explained[:explained]
        reference, *others = (_so_far(result, at) for at, result in enumerate(results))
        candidates: dict[str, CandidateResults] = {}
        for other in others:
            name = other.predictions.model
            if name not in self.predicted:
                self.predicted[name] = measured_predictions(
                    plan.spec, plan.texts, reference.predictions, other.predictions
                )
            candidates[name] = measured_candidate(
                plan.spec,
                plan.texts,
                rows,
                reference,
                other,
                predicted=self.predicted[name],
                missing=NOT_YET if plan.explains and not explained else None,
            )
        report = whole_report(
            plan.spec,
            resolved=resolved_spec(
                plan.spec,
                fingerprint=plan.fingerprint,
                models=[
                    model_info(member, None, truncated=result.predictions.truncated)
                    for member, result in zip(plan.members, results, strict=True)
                ],
                texts=plan.texts,
                explained=explained,
                available=plan.available,
                data_hash=plan.data_hash,
                device=self._device,
            ),
            candidates=candidates,
            controls={name: skipped_control(f"Not measured: {NOT_YET.reason}.") for name in CONTROLS},
            timing={},
        )
        return Known((reference, *others), rows, candidates, report)

    def write(self, known: Known) -> None:
        """Write the report and the tables of what is known."""
        plan = self._plan
        said = ""
        if plan.explains:
            said = f"{len(known.rows)} of {len(plan.explained)} texts are explained so far"
        undecided = tuple(_undecided(candidate, said) for candidate in known.report.candidates)
        report = known.report.model_copy(update={"candidates": undecided})
        tables = run_tables(plan.spec, plan.texts, known.rows, known.results, known.candidates)
        self._run.write_partial({**table_files(tables), "report.json": report_json(report)})


def _so_far(result: ModelResults, place: int) -> ModelResults:
    """The results without what has not begun; the sizes of the model are to come."""
    of: Of = "candidate" if place else "reference"
    return ModelResults(
        result.predictions,
        {name: found for name, found in result.explanations.items() if found},
        {name: found for name, found in result.published.items() if found},
        Findings(tuple(Measure(key, of, NOT_YET) for key in _SIZES)),
    )


def _undecided(candidate: CandidateReport, said: str) -> CandidateReport:
    """The candidate with nothing decided: that is for the end of the run."""
    verdict = candidate.verdict
    dimensions = dict(verdict.dimensions)
    reasons = dimensions["reasons"]
    if reasons.status in ("equivalent", "different"):
        why = f"{said}, which decides nothing yet. {reasons.why}"
        dimensions["reasons"] = reasons.model_copy(update={"status": "inconclusive", "why": why})
    so_far = f": {said}" if said else ""
    why = f"The run goes on{so_far}. What is known would read: {verdict.why}"
    decided = verdict.model_copy(update={"overall": "inconclusive", "why": why, "dimensions": dimensions})
    return candidate.model_copy(update={"verdict": decided})
