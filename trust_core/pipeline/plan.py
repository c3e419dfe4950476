"""What will be done: texts, models and their classes checked and named before any model is built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from trust_core.datasets.columns import Texts
from trust_core.datasets.limits import Limits
from trust_core.datasets.sampling import random_order, stratified_rows
from trust_core.datasets.sources import texts_from
from trust_core.domain.arrays import IntArray
from trust_core.domain.spec import GOLD, OWN_PREDICTION, REFERENCE_PREDICTION, Spec
from trust_core.domain.texts import TextSet
from trust_core.errors import LabelError, RowErrors, RowProblem, SpecError, nearest
from trust_core.explain.shap_text import EXACT_WORDS
from trust_core.models.inspection import InspectedModel, inspect_model
from trust_core.models.labels import NamedClasses, canonical_classes, match_gold, match_labels
from trust_core.models.names import bundled_models
from trust_core.models.policy import Policy
from trust_core.perturb.words import segment
from trust_core.pipeline.fingerprint import fingerprint
from trust_core.pipeline.slicing import check_slices

Role = Literal["reference", "candidate"]

NAMED = 10
"""So many texts at fault are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Member:
    """A model that takes part.

    Attributes:
        name: its name in the report: as the user wrote it.
        role: reference or candidate.
        inspected: its files and facts.
        columns: for each canonical class, its position among the model's own labels.
    """

    name: str
    role: Role
    inspected: InspectedModel
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """One evaluation, resolved.

    Attributes:
        spec: as given.
        fingerprint: names the run.
        name: for lists of runs.
        members: the reference, then the candidates.
        texts: those that are predicted.
        explained: rows of `texts` that are explained, in random order; the controls take the first ones.
        available: texts before sampling.
        data_hash: of all of them.
        twin: the reference trained again, for control C3; None: there is none.
    """

    spec: Spec
    fingerprint: str
    name: str
    members: tuple[Member, ...]
    texts: TextSet
    explained: tuple[int, ...]
    available: int
    data_hash: str
    twin: Member | None = None

    @property
    def explains(self) -> bool:
        """Whether the run explains anything, by whatever protocol."""
        return "reasons" in self.spec.dimensions and bool(self.explained)

    @property
    def control_rows(self) -> tuple[int, ...]:
        """Rows of `texts` that the controls explain."""
        return self.explained[: self.spec.control_texts]


def plan_models(spec: Spec, *, limits: Limits, policy: Policy) -> Plan:
    """Resolve a spec that names models.

    Raises:
        TrustError: anything that the user has to mend first; nothing has been built or written yet.
    """
    if spec.data is None or spec.reference is None:
        raise SpecError("The spec names no data or no reference.")
    texts = texts_from(spec.data, limits)
    reference = inspect_model(spec.reference, policy=policy)
    inspected = [
        (spec.reference, reference),
        *((name, inspect_model(name, policy=policy, base=reference)) for name in spec.candidates),
    ]
    parties = [party(spec, index, name, model.facts.labels) for index, (name, model) in enumerate(inspected)]
    twin = inspected_twin(spec, reference, policy)
    if twin is not None:
        parties.append(twin_party(spec, twin))
    columns, sampled = matched_texts(spec, texts, parties)
    check_explained_class(spec, sampled)
    check_protocol(spec, sampled)
    explained = explained_rows(spec, sampled)
    check_k(spec, sampled, explained)
    check_exact(spec, sampled, explained)
    check_slices(spec.slices, sampled.metadata)
    return Plan(
        spec=spec,
        fingerprint=fingerprint(
            spec,
            data_hash=texts.whole_hash,
            model_hashes=[model.facts.content_hash for _, model in inspected],
            twin_hash=None if twin is None else twin.facts.content_hash,
        ),
        name=f"{', '.join(spec.candidates)} against {spec.reference}",
        members=tuple(
            Member(name, "candidate" if index else "reference", model, columns[index])
            for index, (name, model) in enumerate(inspected)
        ),
        texts=sampled,
        explained=explained,
        available=len(texts.ids),
        data_hash=texts.content_hash,
        twin=None if twin is None else Member(twin.facts.written, "candidate", twin, columns[-1]),
    )


def matched_texts(
    spec: Spec, texts: Texts, parties: Sequence[NamedClasses]
) -> tuple[list[tuple[int, ...]], TextSet]:
    """Each party's columns for the canonical classes, and the sample of texts with gold classes.

    Raises:
        LabelError: names cannot be matched without a guess.
        RowErrors: a few rows have a label that is no class.
    """
    data = NamedClasses(f"data {texts.source!r}", texts.label_names, spec.label_map.data, "data")
    # More names than any model has classes: some rows are broken, so the models name the classes.
    named = {spec.label_map.data.get(name, name) for name in texts.label_names}
    fits = len(named) <= max(len(party.names) for party in parties)
    known = [data] if texts.labels else []
    classes = canonical_classes([*known, *parties] if fits else [*parties, *known])
    columns = [match_labels(party, classes) for party in parties]
    labelled = texts.with_classes(classes, _gold_index(data, classes, texts))
    rows = stratified_rows(labelled.gold, spec.limit, labelled.ids, seed=spec.seed)
    # Resamples and batches go by rows: in the order of the ids, the order of the file changes no figure.
    return columns, labelled.take(sorted(rows, key=lambda row: (len(labelled.ids[row]), labelled.ids[row])))


def explained_rows(spec: Spec, texts: TextSet) -> tuple[int, ...]:
    """Rows of the texts that are explained, in a random order of their own."""
    return tuple(random_order(texts.ids, seed=spec.seed, stage="explain")[: spec.most_explained])


def check_explained_class(spec: Spec, texts: TextSet) -> None:
    """Refuse a class to explain that these texts do not have.

    Raises:
        SpecError: an unknown class, or gold classes of unlabelled texts.
    """
    named = (REFERENCE_PREDICTION, OWN_PREDICTION, GOLD, *texts.classes)
    if spec.explained_class not in named:
        raise SpecError(
            f"class is {spec.explained_class!r}, which is no class.",
            allowed=nearest(spec.explained_class, named),
        )
    if spec.explained_class == GOLD and not texts.labelled:
        raise SpecError(
            "class is gold, but the texts have no gold labels.",
            allowed=f"Explain {REFERENCE_PREDICTION}, {OWN_PREDICTION} or a class by its name.",
        )


def check_k(spec: Spec, texts: TextSet, rows: Sequence[int]) -> None:
    """Refuse a fixed K that leaves no explained text to compare.

    Raises:
        SpecError: none of the explained texts has more than K words.
    """
    if spec.k.fixed is None or not rows or not explains(spec):
        return
    pairs = texts.pairs
    longest = max(len(segment(texts.ids[row], pairs[row])) for row in rows)
    if longest <= spec.k.fixed:
        raise SpecError(
            f"k.fixed is {spec.k.fixed}, but none of the {len(rows)} explained texts has more words.",
            allowed=f"K must be smaller than the number of words: the longest has {longest}.",
            remedy="Set a smaller k.fixed, or leave it out: k.fraction adapts to each text.",
        )


def check_exact(spec: Spec, texts: TextSet, rows: Sequence[int]) -> None:
    """Refuse shap-exact for texts whose masked texts are too many.

    Raises:
        SpecError: explained texts have more words; the first of them are named.
    """
    if "shap-exact" not in spec.explainers or not explains(spec):
        return
    pairs = texts.pairs
    counts = {texts.ids[row]: len(segment(texts.ids[row], pairs[row])) for row in sorted(rows)}
    long = [f"{text_id!r} ({w})" for text_id, w in counts.items() if w > EXACT_WORDS]
    if long:
        rest = f" and {len(long) - NAMED} more" if len(long) > NAMED else ""
        raise SpecError(
            f"{len(long)} of the {len(rows)} explained texts have too many words for shap-exact:"
            f" {', '.join(long[:NAMED])}{rest}.",
            allowed=f"shap-exact takes texts of at most {EXACT_WORDS} words.",
            remedy="Use the explainer shap-partition or shap-permutation, or shorter texts.",
        )


def explains(spec: Spec) -> bool:
    """Whether a run explains anything by the corrected protocol."""
    return "reasons" in spec.dimensions and spec.most_explained != 0 and spec.protocol == "corrected"


def check_protocol(spec: Spec, texts: TextSet) -> None:
    """Refuse a published protocol for texts that it is not defined for.

    Raises:
        SpecError: no gold labels, no pairs, other explainers, or for paraphrases other classes.
    """
    if spec.protocol == "corrected":
        return
    reasons = []
    if not texts.labelled:
        reasons.append("it needs gold labels")
    if texts.text_b is None:
        reasons.append("it needs pairs of texts")
    if spec.protocol == "published-pi" and texts.classes != ("not_paraphrase", "paraphrase"):
        reasons.append(f"it needs the classes not_paraphrase and paraphrase, not {', '.join(texts.classes)}")
    if not set(spec.explainers) <= {"lime", "shap", "shap-partition"}:
        reasons.append("it knows the explainers lime and shap alone")
    if reasons:
        raise SpecError(f"The protocol {spec.protocol} cannot be used here: {'; '.join(reasons)}.")


def explained_classes(
    spec: Spec, texts: TextSet, rows: Sequence[int], *, reference: IntArray, own: IntArray
) -> IntArray:
    """(m,) the class that is explained of each of these rows.

    Args:
        spec: says which.
        texts: the texts that were predicted.
        rows: m rows of them.
        reference: (n,) classes that the reference predicts.
        own: (n,) classes that the model predicts whose explanations are read.
    """
    index = list(rows)
    chosen: Mapping[str, IntArray] = {REFERENCE_PREDICTION: reference, OWN_PREDICTION: own, GOLD: texts.gold}
    if spec.explained_class in chosen:
        return chosen[spec.explained_class][index]
    return np.full(len(index), texts.classes.index(spec.explained_class), dtype=np.int64)


def party(spec: Spec, index: int, name: str, labels: tuple[str, ...]) -> NamedClasses:
    """A model's label names with the section of the label map that is its own; index 0 is the reference."""
    # A model that is made from the reference has the reference's label names.
    as_reference = index == 0 or name.startswith("ref:")
    mapping = spec.label_map.reference if as_reference else spec.label_map.candidate
    section = "reference" if as_reference else "candidate"
    return NamedClasses(f"{'candidate' if index else 'reference'} {name!r}", labels, mapping, section)


def inspected_twin(spec: Spec, reference: InspectedModel, policy: Policy) -> InspectedModel | None:
    """The twin that the spec names, or that comes with a bundled reference; None where there is none.

    Raises:
        TrustError: it cannot be used, or it is the reference.
    """
    name = spec.twin_name
    if name is None or (spec.twin is None and name not in bundled_models()):
        return None
    twin = inspect_model(name, policy=policy)
    if twin.facts.content_hash == reference.facts.content_hash:
        raise SpecError(
            f"twin {name!r} is the reference itself under another name.",
            allowed="A twin is the reference trained again with another seed.",
        )
    return twin


def twin_party(spec: Spec, twin: InspectedModel) -> NamedClasses:
    """The twin's label names; it was trained like the reference, whose section of the label map it shares."""
    return NamedClasses(
        f"twin {twin.facts.written!r}", twin.facts.labels, spec.label_map.reference, "reference"
    )


def _gold_index(data: NamedClasses, classes: tuple[str, ...], texts: Texts) -> Mapping[str, int]:
    try:
        return match_gold(data, classes)
    except LabelError:
        if texts.labels is None:
            raise
        unknown = [name for name in data.names if not _matches(data, name, classes)]
        rows = [
            # An id that is the row's number says nothing new.
            RowProblem(
                row,
                texts.label_column,
                f"{label!r} is not a class",
                text_id="" if text_id == str(row) else text_id,
            )
            for row, (label, text_id) in enumerate(zip(texts.labels, texts.ids, strict=True), 1)
            if label in unknown
        ]
        # Where a whole class is unknown the names differ; where single rows are, the rows are broken.
        if not unknown or len(unknown) == len(data.names) or len(rows) > len(texts.ids) // 10:
            raise
        raise RowErrors(
            texts.source,
            rows,
            remedy=f"Allowed: {', '.join(classes)}. Mend the rows, or map the names with --label-map.",
        ) from None


def _matches(data: NamedClasses, name: str, classes: tuple[str, ...]) -> bool:
    mapping = {name: data.mapping[name]} if name in data.mapping else {}
    try:
        match_gold(NamedClasses(data.party, (name,), mapping, data.section), classes)
    except LabelError:
        return False
    return True
