"""Evaluation of saved predictions: no model, no explanation, everything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trust_core.datasets.columns import Texts
from trust_core.datasets.limits import Limits
from trust_core.datasets.predictions_file import (
    SavedPredictions,
    counted,
    joined,
    same_ids,
    saved_predictions,
)
from trust_core.datasets.sources import texts_from
from trust_core.domain.predictions import Predictions
from trust_core.domain.report import ControlReport
from trust_core.domain.spec import Spec
from trust_core.domain.texts import TextSet
from trust_core.domain.uploads import distinct
from trust_core.errors import PredictionsError, SpecError
from trust_core.models.labels import NamedClasses
from trust_core.pipeline import controls
from trust_core.pipeline.fingerprint import fingerprint
from trust_core.pipeline.measuring import NO_MODELS, ModelResults, shuffled_rows
from trust_core.pipeline.plan import matched_texts
from trust_core.pipeline.slicing import check_slices
from trust_core.pipeline.twin import TwinResults
from trust_core.report.controls import skipped_control
from trust_core.stats.seeds import derived_rng


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """An evaluation of saved predictions, resolved.

    Attributes:
        spec: as given.
        fingerprint: names the run.
        name: for lists of runs.
        files: the reference's file, then the candidates'.
        texts: the texts that were predicted; empty strings where no `data` brings them.
        results: of the reference, then of each candidate.
        available: texts before sampling.
        data_hash: of ids, texts and labels.
        twin_file, twin: the file of the reference's twin and what it says; None without one.
    """

    spec: Spec
    fingerprint: str
    name: str
    files: tuple[SavedPredictions, ...]
    texts: TextSet
    results: tuple[ModelResults, ...]
    available: int
    data_hash: str
    twin_file: SavedPredictions | None = None
    twin: ModelResults | None = None


def plan_saved(spec: Spec, *, limits: Limits) -> SavedPlan:
    """Resolve a spec that names files of saved predictions.

    Raises:
        TrustError: anything that the user has to mend first.
    """
    if spec.reference_predictions is None:
        raise SpecError("The spec names no saved predictions of the reference.")
    if spec.protocol != "corrected":
        raise SpecError(
            f"The protocol {spec.protocol} explains texts, and saved predictions hold no models.",
            allowed="Saved predictions go with --protocol corrected.",
        )
    given = [spec.reference_predictions, *spec.candidate_predictions]
    if spec.twin_predictions is not None:
        given.append(spec.twin_predictions)
    read = [saved_predictions(name, limits) for name in given]
    # Two uploads may have one name.
    names = distinct([file.source for file in read])
    files = joined([replace(file, source=name) for file, name in zip(read, names, strict=True)])
    texts = _texts(spec, files, limits)
    parties = [
        NamedClasses(
            f"file {file.source!r}",
            file.names,
            spec.label_map.reference if _as_reference(spec, index) else spec.label_map.candidate,
            "reference" if _as_reference(spec, index) else "candidate",
        )
        for index, file in enumerate(files)
    ]
    columns, sampled = matched_texts(spec, texts, parties)
    check_slices(spec.slices, sampled.metadata)
    row_of = {text_id: row for row, text_id in enumerate(files[0].ids)}
    rows = [row_of[text_id] for text_id in sampled.ids]
    results = [
        ModelResults(_predictions(file.take(rows), order, sampled.classes))
        for file, order in zip(files, columns, strict=True)
    ]
    compared = 1 + len(spec.candidate_predictions)
    twin_file = files[compared] if len(files) > compared else None
    return SavedPlan(
        spec=spec,
        fingerprint=fingerprint(
            spec,
            data_hash=texts.whole_hash,
            model_hashes=[file.content_hash for file in files[:compared]],
            twin_hash=None if twin_file is None else twin_file.content_hash,
        ),
        name=f"{', '.join(names[1:compared])} against {names[0]}",
        files=tuple(files[:compared]),
        texts=sampled,
        results=tuple(results[:compared]),
        available=len(texts.ids),
        data_hash=texts.content_hash,
        twin_file=twin_file,
        twin=None if twin_file is None else results[compared],
    )


def saved_controls(plan: SavedPlan) -> tuple[dict[str, ControlReport], TwinResults | None]:
    """The ladder that predictions allow, and what the twin shows where there is one.

    C0; C3 by the predictions of the twin; C5 by exchanging the texts of the first candidate's predictions. C1
    and C2 need models.
    """
    reference, candidate = plan.results[0], plan.results[1]
    exchanged = shuffled_rows(candidate.predictions, derived_rng(plan.spec.seed, "C5"))
    c3, twin = controls.NO_TWIN_GIVEN, None
    if plan.twin is not None:
        c3, twin = controls.retrained(plan.spec, plan.texts, (), reference, plan.twin)
    return {
        "C0": controls.identity(plan.spec, plan.texts, (), reference),
        "C1": skipped_control(f"Not measured: {NO_MODELS.reason}.", needs=NO_MODELS.needs),
        "C2": skipped_control(
            "Not measured: saved predictions hold no weights that could be rounded.", needs=NO_MODELS.needs
        ),
        "C3": c3,
        "C5": controls.broken(
            plan.spec, plan.texts, (), reference, replace(candidate, predictions=exchanged)
        ),
    }, twin


def _as_reference(spec: Spec, index: int) -> bool:
    """Whether a file names its classes like the reference's: it, and its twin, which comes last."""
    return index == 0 or index > len(spec.candidate_predictions)


def _predictions(file: SavedPredictions, order: Sequence[int], classes: tuple[str, ...]) -> Predictions:
    columns = list(order)
    return Predictions(
        model=file.source,
        ids=file.ids,
        classes=classes,
        probabilities=file.probabilities[:, columns],
        logits=None if file.logits is None else file.logits[:, columns],
    )


def _texts(spec: Spec, files: Sequence[SavedPredictions], limits: Limits) -> Texts:
    """The texts of the predictions: from `data` where given, else ids and labels alone."""
    first = files[0]
    labels = next((file.labels for file in files if file.labels is not None), None)
    if spec.data is None:
        return Texts(first.source, first.ids, ("",) * len(first.ids), None, labels, first.metadata, ())
    texts = texts_from(spec.data, limits)
    if spec.data.subset:
        texts, labels = _some_of(texts, first, labels)
        ordered = texts
    else:
        same_ids(first.source, first.ids, texts.source, texts.ids)
        row_of = {text_id: row for row, text_id in enumerate(texts.ids)}
        ordered = texts.take([row_of[text_id] for text_id in first.ids])
    if labels is None or ordered.labels is None:
        return replace(ordered, labels=ordered.labels or labels)
    mapping = spec.label_map.data
    clash = [
        text_id
        for text_id, ours, theirs in zip(ordered.ids, ordered.labels, labels, strict=True)
        if mapping.get(ours, ours) != mapping.get(theirs, theirs)
    ]
    if clash:
        shown = ", ".join(clash[:10])
        raise PredictionsError(
            f"{counted(len(clash), 'text has', 'texts have')} another label in "
            f"{texts.source} than in {first.source}: {shown}.",
            remedy="Both must come from the same labelled texts; map names with --label-map.",
        )
    return ordered


def _some_of(
    texts: Texts, first: SavedPredictions, labels: tuple[str, ...] | None
) -> tuple[Texts, tuple[str, ...] | None]:
    """The texts, which are some of those predicted, with the labels that the predictions bring for them.

    Raises:
        PredictionsError: a text was not predicted.
    """
    row_of = {text_id: row for row, text_id in enumerate(first.ids)}
    strange = [text_id for text_id in texts.ids if text_id not in row_of]
    if strange:
        raise PredictionsError(
            f"{counted(len(strange), 'text', 'texts')} of {texts.source} were not predicted in "
            f"{first.source}: {', '.join(strange[:10])}.",
            allowed="With data.subset every text of the data must be among those predicted.",
        )
    left_out = len(first.ids) - len(texts.ids)
    note = f"{left_out:,} of {len(first.ids):,} predicted texts are not in {texts.source} and are left out."
    kept = None if labels is None else tuple(labels[row_of[text_id]] for text_id in texts.ids)
    return replace(texts, notes=(*texts.notes, *([note] if left_out else []))), kept
