"""Figures of parts of the texts for reports that were written without a run."""

from __future__ import annotations

import numpy as np

from trust_core.behaviour.slice_parts import cut_texts
from trust_core.domain.predictions import Predictions
from trust_core.domain.report import Report, SliceReport
from trust_core.export.worked_texts import RunTables
from trust_core.pipeline.slicing import PairOnTexts, slice_report


def slices_of_tables(tables: RunTables, candidate: str, *, names: tuple[str, ...] = ("auto",)) -> SliceReport:
    """The parts of a candidate's texts, from the tables of a run."""
    texts, frame = tables.texts.to_pandas(), tables.predictions.to_pandas()
    classes = tuple(name.removeprefix("p_") for name in frame.columns if name.startswith("p_"))
    by_model = {
        str(model): Predictions(
            str(model), tuple(texts["id"]), classes, part[[f"p_{name}" for name in classes]].to_numpy()
        )
        for model, part in frame.groupby("model", sort=False)
    }
    reference = next(iter(by_model.values()))
    cut = cut_texts(
        list(zip(texts["text_a"], texts["text_b"], strict=True)),
        gold=texts["gold"].tolist(),
        answers=[classes[at] for at in reference.predicted],
        columns={},
    )
    gold = np.array([classes.index(name) for name in texts["gold"]])
    return slice_report(names, cut, PairOnTexts(gold, reference, by_model[candidate], resamples=200))


def with_slices(report: Report, tables: RunTables) -> Report:
    """The report with the parts of its candidates' texts; it speaks of as many texts as the tables."""
    candidates = tuple(
        one.model_copy(update={"slices": slices_of_tables(tables, one.name)}) for one in report.candidates
    )
    data = report.resolved.data.model_copy(update={"predicted": tables.texts.num_rows})
    resolved = report.resolved.model_copy(update={"data": data})
    return report.model_copy(update={"candidates": candidates, "resolved": resolved})
