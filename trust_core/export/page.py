"""What the report's page shows, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.catalogue.entry import DIMENSIONS, Dimension
from trust_core.domain.report import CandidateReport, ControlReport, DimensionVerdict, MeasureRow, Report
from trust_core.domain.uploads import called
from trust_core.export.choice_text import Choice, choice
from trust_core.export.costs import cost_text
from trust_core.export.figure_text import FigureText
from trust_core.export.foreign_text import titles
from trust_core.export.ladder_text import LadderTable, ladder_table
from trust_core.export.latency_note import backends
from trust_core.export.page_charts import (
    PageChart,
    choice_chart,
    forest_chart,
    reliability_charts,
    sweep_charts,
)
from trust_core.export.page_figures import FigureRow, figure_rows, latency_rows
from trust_core.export.page_isotonic import isotonic_charts
from trust_core.export.page_slices import SlicesView, slices_view
from trust_core.export.page_splits import SplitTable, split_table
from trust_core.export.page_thresholds import threshold_charts
from trust_core.export.planning_text import missing_rows
from trust_core.export.worked_texts import RunTables, WorkedText, worked_texts
from trust_core.report.advice import EXPLAINED, next_steps
from trust_core.report.controls import CONTROLS, cannot_judge, control_sentence, failed
from trust_core.report.criteria import CRITERIA
from trust_core.report.explainers import explainers_side_by_side
from trust_core.report.ladder import outcome
from trust_core.report.recalibration import recalibration_sentences
from trust_core.report.retraining import PAIRED

QUESTIONS: Final[Mapping[Dimension, str]] = {
    "answers": "Does it give the same answers?",
    "reasons": "Does it give them for the same reasons?",
    "reliability": "Is its confidence worth the same?",
    "confidence_use": "Does a tuned threshold still hold?",
    "cost": "What is gained?",
}

TWO_LEVELS: Final = (
    "The sentences give 90 % intervals, off which two one-sided tests at 5 % are read; the tables of figures "
    "give 95 % intervals of the same measures."
)
"""Why a measure has two intervals."""

LIMITS: Final = (
    (
        "The verdict speaks of texts like the ones tested. On other topics, other lengths or another "
        "language the candidate may behave otherwise."
    ),
    (
        "Equivalent means: as far apart as the margins allow, at the most. It does not mean identical, and "
        "it does not mean that the reference is good."
    ),
    (
        "Reasons are what LIME and SHAP say of single words. They describe how an answer reacts when words "
        "are taken away, not how a model thinks, and they miss what words do only together."
    ),
    (
        "An interval covers the chance of drawing these texts. It does not cover wrong labels, or texts "
        "that also stood in the training data."
    ),
    "Not settled is an answer too: these texts cannot tell. It is no mild form of equivalent.",
)
"""What the figures cannot say."""


@dataclass(frozen=True, slots=True)
class DimensionView:
    """One dimension of one candidate: verdict, then the figures that vote, then the others.

    `said` are sentences that put several figures together.
    """

    id: str
    title: str
    verdict: DimensionVerdict
    voting: tuple[FigureRow, ...]
    others: tuple[FigureRow, ...]
    charts: tuple[PageChart, ...]
    said: tuple[str, ...] = ()
    splits: SplitTable | None = None


@dataclass(frozen=True, slots=True)
class CandidateView:
    """One candidate's part of the page; `title` is its name, short."""

    id: str
    title: str
    report: CandidateReport
    next_steps: tuple[str, ...]
    forest: PageChart | None
    dimensions: tuple[DimensionView, ...]
    worked: tuple[WorkedText, ...]
    slices: SlicesView | None
    missing: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ControlView:
    """One control, in words and figures."""

    name: str
    title: str
    why: str
    outcome: str
    report: ControlReport
    rows: tuple[FigureRow, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page."""

    report: Report
    reference: str
    failed: tuple[str, ...]
    cannot_judge: str
    ladder: LadderTable | None
    candidates: tuple[CandidateView, ...]
    controls: tuple[ControlView, ...]
    margins: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, str], ...]
    timing: tuple[tuple[str, str], ...]
    latency: Mapping[str, FigureText]
    backends: Mapping[str, str]
    limits: tuple[str, ...]
    texts_left_out: bool
    choice: Choice | None
    choice_chart: PageChart | None

    @property
    def charts(self) -> tuple[PageChart, ...]:
        """Every chart on the page."""
        first = () if self.choice_chart is None else (self.choice_chart,)
        return first + tuple(
            chart
            for candidate in self.candidates
            for chart in (
                *(() if candidate.forest is None else (candidate.forest,)),
                *(chart for dimension in candidate.dimensions for chart in dimension.charts),
            )
        )


def lay_out(report: Report, tables: RunTables | None = None) -> Page:
    """The page of a report; with the run's tables, a few explained texts are shown as well."""
    reference = next((m.name for m in report.resolved.models if m.role == "reference"), "reference")
    wrong = failed(report.controls)
    margins = dict(_flat(report.resolved.settings.get("margins") or report.spec.get("margins", {})))
    if not report.spec.get("margins_from_twin"):
        margins.pop(PAIRED, None)
    return Page(
        report=report,
        reference=titles(report_names(report)).get(reference, reference),
        failed=wrong,
        cannot_judge=cannot_judge(report.controls),
        ladder=ladder_table(report, report.candidates),
        candidates=tuple(
            _candidate(report, candidate, at, reference, tables, wrong)
            for at, candidate in enumerate(report.candidates, start=1)
        ),
        controls=tuple(
            ControlView(
                name,
                CONTROLS.get(name, name),
                control_sentence(control),
                outcome(name, control),
                control,
                figure_rows(control.measures),
            )
            for name, control in report.controls.items()
        ),
        margins=tuple(
            (criterion.title, criterion.bound(float(margins[key])))
            for key, criterion in CRITERIA.items()
            if key in margins
        ),
        settings=tuple(
            (name, value)
            for name, value in _flat(report.resolved.settings)
            if not name.startswith("margins.")
        ),
        timing=_flat(report.timing),
        latency={
            model.name: text
            for model in report.resolved.models
            if (text := cost_text(report, model, "latency")) is not None
        },
        backends=backends(report),
        limits=LIMITS,
        texts_left_out=tables is None or bool(report.spec.get("no_texts")),
        choice=choice(report),
        choice_chart=choice_chart(report, key="choice-chart"),
    )


def report_names(report: Report) -> tuple[str, ...]:
    """Names of all models of a report."""
    names = [model.name for model in report.resolved.models]
    return tuple(dict.fromkeys((*names, *(candidate.name for candidate in report.candidates))))


def _candidate(
    report: Report,
    candidate: CandidateReport,
    at: int,
    reference: str,
    tables: RunTables | None,
    wrong: Sequence[str],
) -> CandidateView:
    prefix = f"c{at}"
    worked: list[WorkedText] = []
    if tables is not None and not report.spec.get("no_texts"):
        for explainer in report.resolved.explainers:
            worked += worked_texts(tables, reference=reference, candidate=candidate.name, explainer=explainer)
    return CandidateView(
        id=prefix,
        title=titles(report_names(report))[candidate.name],
        report=candidate,
        next_steps=next_steps(
            candidate.verdict,
            controls_failed=wrong,
            explained_by=f"“{EXPLAINED}” in the app, --explain-limit on the command line",
        ),
        forest=forest_chart(candidate, key=f"{prefix}-forest"),
        dimensions=tuple(
            _dimension(report, candidate, dimension, prefix, tables)
            for dimension in DIMENSIONS
            if dimension in candidate.verdict.dimensions
        ),
        worked=tuple(worked),
        slices=slices_view(candidate.slices),
        missing=missing_rows(candidate),
    )


def _dimension(
    report: Report,
    candidate: CandidateReport,
    dimension: Dimension,
    prefix: str,
    tables: RunTables | None,
) -> DimensionView:
    rows = [row for row in candidate.measures if _dimension_of(row) == dimension]
    others = figure_rows(row for row in rows if row.key not in CRITERIA)
    if dimension == "cost":
        others += latency_rows(report, candidate.name)
    charts: tuple[PageChart, ...] = ()
    said: tuple[str, ...] = ()
    splits: SplitTable | None = None
    if dimension == "reliability":
        said = recalibration_sentences(rows, report.spec.get("margins", {}))
        charts = (
            *reliability_charts(report, candidate.name, prefix=f"{prefix}-reliability"),
            *isotonic_charts(report, candidate.name, tables, key=f"{prefix}-isotonic"),
        )
    elif dimension == "reasons":
        charts = sweep_charts(report, candidate.name, prefix=f"{prefix}-sweep")
        said = tuple(filter(None, (explainers_side_by_side(candidate.verdict),)))
        splits = split_table(candidate.reasons_by_answers)
    elif dimension == "confidence_use":
        charts = threshold_charts(report, candidate, key=f"{prefix}-risk-coverage")
    return DimensionView(
        id=f"{prefix}-{dimension}",
        title=QUESTIONS[dimension],
        verdict=candidate.verdict.dimensions[dimension],
        voting=figure_rows(row for row in rows if row.key in CRITERIA),
        others=others,
        charts=charts,
        said=said,
        splits=splits,
    )


def _dimension_of(row: MeasureRow) -> Dimension | None:
    if row.key in CATALOGUE:
        return CATALOGUE[row.key].dimension
    return CRITERIA[row.key].dimension if row.key in CRITERIA else None


def _flat(value: Any, name: str = "") -> tuple[tuple[str, str], ...]:
    """Nested settings as (dotted name, value)."""
    if isinstance(value, dict):
        return tuple(
            pair
            for key, inner in value.items()
            for pair in _flat(inner, f"{name}.{key}" if name else str(key))
        )
    if isinstance(value, list | tuple):
        return ((name, ", ".join(called(str(item)) for item in value)),)
    return ((name, f"{value:.6g}" if isinstance(value, float) else called(str(value))),)
