"""The files of a finished run, each written whole; the report comes last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trust_core.domain.arrays import IntArray
from trust_core.domain.report import Report
from trust_core.domain.spec import Spec
from trust_core.domain.texts import TextSet
from trust_core.export.frames import (
    attributions_table,
    pairs_table,
    parquet_bytes,
    predictions_table,
    texts_table,
)
from trust_core.export.html import report_html
from trust_core.export.report_json import report_json
from trust_core.export.tables import latex_table, markdown_table
from trust_core.export.worked_texts import RunTables
from trust_core.perturb.words import segment
from trust_core.pipeline.measuring import CandidateResults, ModelResults
from trust_core.pipeline.plan import explained_classes
from trust_core.store.folder import RunFolder

Files = dict[str, bytes]
"""Contents by the file's name."""


def write_files(
    run: RunFolder,
    spec: Spec,
    report: Report,
    texts: TextSet,
    rows: Sequence[int],
    results: Sequence[ModelResults],
    candidates: Mapping[str, CandidateResults],
) -> None:
    """Write everything that a run leaves behind.

    Args:
        run: its folder.
        spec: as given.
        report: what it found.
        texts: the texts that were predicted.
        rows: those of them that were explained.
        results: what the reference, then each candidate said.
        candidates: figures by the candidate's name.
    """
    tables = run_tables(spec, texts, rows, results, candidates)
    for name, content in table_files(tables).items():
        run.write(name, content)
    run.write("table.md", markdown_table(report))
    run.write("table.tex", latex_table(report))
    run.write("report.html", report_html(report, tables))
    # Last: a run with a report is finished.
    run.write("report.json", report_json(report))
    run.remove_work()


def table_files(tables: RunTables) -> Files:
    """The tables as Parquet files."""
    return {
        "texts.parquet": parquet_bytes(tables.texts),
        "predictions.parquet": parquet_bytes(tables.predictions),
        "pairs.parquet": parquet_bytes(tables.pairs),
        "attributions.parquet": parquet_bytes(tables.attributions),
    }


def run_tables(
    spec: Spec,
    texts: TextSet,
    rows: Sequence[int],
    results: Sequence[ModelResults],
    candidates: Mapping[str, CandidateResults],
) -> RunTables:
    """The four tables; the arguments are those of `write_files`."""
    reference, *others = results
    predicted = reference.predictions.predicted

    def classes_of(own: IntArray) -> dict[str, str]:
        chosen = explained_classes(spec, texts, rows, reference=predicted, own=own)
        return {texts.ids[row]: texts.classes[at] for row, at in zip(rows, chosen.tolist(), strict=True)}

    pairs = texts.pairs
    return RunTables(
        texts=texts_table(texts, no_texts=spec.no_texts),
        predictions=predictions_table([result.predictions for result in results]),
        pairs=pairs_table(
            texts.gold,
            reference.predictions,
            [other.predictions for other in others],
            explained=classes_of(predicted),
            candidate_classes={
                other.predictions.model: classes_of(other.predictions.predicted) for other in others
            },
            alignments={
                name: {
                    explainer: dict(zip(reasons.text_ids, reasons.adjusted.tolist(), strict=True))
                    for explainer, reasons in found.reasons.items()
                }
                for name, found in candidates.items()
            },
            explainers=tuple(reference.explanations),
        ),
        attributions=attributions_table(
            {texts.ids[row]: segment(texts.ids[row], pairs[row]) for row in rows},
            {
                result.predictions.model: [one for found in result.explanations.values() for one in found]
                for result in results
            },
            classes=texts.classes,
            scale=spec.scale,
            no_texts=spec.no_texts,
        ),
    )
