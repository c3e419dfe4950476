"""The CORP diagram on the report's page, from the run's table of predictions."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from trust_core.calibration.diagram import claims
from trust_core.charts.isotonic_diagram import isotonic_alt, isotonic_diagram, isotonic_table
from trust_core.domain.measures import MIN_TEXTS
from trust_core.domain.predictions import Predictions
from trust_core.domain.report import Report
from trust_core.export.isotonic import CAPTION, isotonic_view
from trust_core.export.page_charts import PageChart, chart
from trust_core.export.worked_texts import RunTables


def isotonic_charts(
    report: Report, candidate: str, tables: RunTables | None, *, key: str
) -> tuple[PageChart, ...]:
    """The diagram of the reference and a candidate; none without labels, tables or enough texts."""
    if tables is None or not report.resolved.data.labelled:
        return ()
    reference = next((m.name for m in report.resolved.models if m.role == "reference"), "reference")
    labels = dict(zip(tables.texts["id"].to_pylist(), tables.texts["gold"].to_pylist(), strict=True))
    classes = report.resolved.data.classes
    models = [_predictions(tables, name, classes) for name in (reference, candidate)]
    # A run that goes on may have come farther with one model than with the other.
    shared = set(models[0].ids) & set(models[1].ids)
    names = [name for name in models[0].ids if name in shared and labels.get(name) in classes]
    if len(names) < MIN_TEXTS:
        return ()
    gold = np.array([classes.index(labels[name]) for name in names], dtype=np.int64)
    says = []
    for model in models:
        rows = {name: row for row, name in enumerate(model.ids)}
        says.append(claims(model.take([rows[name] for name in names]), gold))
    view = isotonic_view((says[0], says[1]), (reference, candidate), seed=int(report.spec.get("seed") or 0))
    return (
        chart(
            key,
            "Reliability, isotonic (CORP)",
            isotonic_alt(view),
            isotonic_table(view),
            lambda theme: isotonic_diagram(view, theme=theme),
            caption=CAPTION,
        ),
    )


def _predictions(tables: RunTables, model: str, classes: tuple[str, ...]) -> Predictions:
    """What one model answered, from the run's table."""
    rows = tables.predictions.filter(pc.field("model") == model)
    columns = [rows[f"p_{name}"].to_numpy() for name in classes]
    return Predictions(model, tuple(rows["id"].to_pylist()), classes, np.column_stack(columns))
