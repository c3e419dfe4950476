"""Tables of a run on enough texts for intervals, for the tests of the pages Reliability and Reasons."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from scipy.special import softmax

from tests.support.export_tables import run_tables, text_set
from trust_core.domain.predictions import Predictions
from trust_core.domain.report import Report
from trust_core.export.frames import pairs_table, predictions_table
from trust_core.export.worked_texts import RunTables

EXPLAINERS = ("lime", "shap-partition")


def many_tables(
    report: Report, *, n: int = 60, explained: int = 40, labelled: bool = True, no_texts: bool = False
) -> RunTables:
    """Tables for the models of a report: n texts, the first `explained` of them explained."""
    names = [model.name for model in report.resolved.models]
    classes = report.resolved.data.classes
    rng = np.random.default_rng(0)
    gold = rng.integers(0, len(classes), size=n)
    texts = text_set(
        tuple((f"Number {at} rides a bicycle.", f"Somebody rides, {at}.", int(gold[at])) for at in range(n)),
        classes=classes,
        ids=tuple(f"id-{at:03d}" for at in range(n)),
    )
    shared = 1.5 * np.eye(len(classes))[gold] + rng.standard_normal((n, len(classes)))
    models = [
        Predictions(
            name,
            texts.ids,
            classes,
            softmax(2 * shared + 0.6 * rng.standard_normal(shared.shape), axis=1),
        )
        for name in names
    ]
    chosen = texts.ids[:explained]
    tables = run_tables(
        names[0],
        tuple(names[1:]),
        texts=texts.take(range(explained)),
        explainers=EXPLAINERS,
        no_texts=no_texts,
    )
    alignments = {
        name: {
            explainer: dict(zip(chosen, np.round(rng.uniform(-0.2, 1.0, explained), 2).tolist(), strict=True))
            for explainer in EXPLAINERS
        }
        for name in names[1:]
    }
    answers = {
        model.model: {one: classes[at] for one, at in zip(texts.ids, model.predicted.tolist(), strict=True)}
        for model in models
    }
    # What is explained is the class that the reference predicts, for both models.
    of_reference = {name: answers[names[0]][name] for name in chosen}
    whole = run_tables(names[0], tuple(names[1:]), texts=texts, no_texts=no_texts).texts
    if not labelled:
        whole = whole.set_column(whole.column_names.index("gold"), "gold", pa.nulls(n, pa.string()))
    return RunTables(
        texts=whole,
        predictions=predictions_table(models),
        pairs=pairs_table(
            texts.gold,
            models[0],
            models[1:],
            explained=of_reference,
            candidate_classes=dict.fromkeys(names[1:], of_reference),
            alignments=alignments,
            explainers=EXPLAINERS if explained else (),
        ),
        attributions=tables.attributions,
    )
