"""Everything that can be known before an evaluation runs, with all problems at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType

from trust_core.datasets.columns import Texts
from trust_core.datasets.limits import Limits
from trust_core.datasets.sources import texts_from
from trust_core.domain.preflight import CostEstimate, DataCheck, ModelCheck, PreflightReport, Problem, problem
from trust_core.domain.spec import Spec
from trust_core.domain.texts import TextPair, TextSet
from trust_core.errors import TrustError
from trust_core.models.device import choose_device
from trust_core.models.inspection import InspectedModel, inspect_model
from trust_core.models.labels import NamedClasses, canonical_classes, match_gold, match_labels
from trust_core.models.loader import resident
from trust_core.models.policy import Policy
from trust_core.pipeline import plan
from trust_core.pipeline.estimate import estimate
from trust_core.pipeline.plan import Plan
from trust_core.pipeline.saved import plan_saved
from trust_core.ports import Encoded

SAMPLE = 500
"""Texts whose length is looked at."""

LARGEST_TRIAL = 3 * 1024**3
"""Bytes of a model that is loaded on trial; a larger one takes too long for somebody who waits."""


@dataclass(slots=True)
class _Findings:
    """What has been found so far."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def about(self, name: str) -> _Collected:
        """Takes down an error as a problem with this name, and goes on."""
        return _Collected(self.problems, name)


@dataclass(slots=True)
class _Collected:
    """A `with` block whose errors become problems."""

    problems: list[Problem]
    name: str

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, TrustError):
            return False
        found = problem(self.name, error)
        if all(found.what != known.what for known in self.problems):
            self.problems.append(found)
        return True


def preflight(
    spec: Spec, *, limits: Limits, policy: Policy, rate_on: Callable[[str], float | None] = lambda _: None
) -> PreflightReport:
    """Look at models, data and settings of an evaluation without running it.

    Models are loaded on trial, one after the other, so that missing weights come to light now.

    Args:
        spec: the evaluation.
        limits: what data may be read.
        policy: what models may be loaded.
        rate_on: how fast a device, by its description, has been in earlier runs; None: nobody knows.
    """
    findings = _Findings()
    if spec.from_predictions:
        return _of_predictions(spec, limits, findings)
    texts: Texts | None = None
    with findings.about("data"):
        if spec.data is not None:
            texts = texts_from(spec.data, limits)
    inspected = _inspected(spec, policy, findings)
    classes = _matched(spec, texts, inspected, findings)
    models = tuple(
        _model_check(_role(spec, index, name), name, model, texts, findings)
        for index, (name, model) in enumerate(inspected)
    )
    chosen: Plan | None = None
    if not findings.problems:
        # By the very function that the run begins with: what it refuses, nobody needs to wait for.
        with findings.about("spec"):
            chosen = plan.plan_models(spec, limits=limits, policy=policy)
    data = None if texts is None else _data_check(spec, texts, chosen)
    return PreflightReport(
        problems=tuple(findings.problems),
        notes=tuple(findings.notes),
        models=models,
        data=data,
        classes=classes,
        cost=_cost(chosen, rate_on) if chosen else None,
        fingerprint=chosen.fingerprint if chosen else "",
        name=chosen.name if chosen else "",
    )


def _cost(chosen: Plan, rate_on: Callable[[str], float | None]) -> CostEstimate:
    device = choose_device(chosen.spec.device)
    return estimate(chosen, device=device, rate=rate_on(device.description))


def _of_predictions(spec: Spec, limits: Limits, findings: _Findings) -> PreflightReport:
    with findings.about("data"):
        made = plan_saved(spec, limits=limits)
        texts = made.texts
        data = DataCheck(
            source=texts.source,
            n=made.available,
            predicted=len(texts),
            explained=0,
            labelled=texts.labelled,
            labels=texts.classes if texts.labelled else (),
            class_counts=_counts(texts),
            notes=texts.notes,
        )
        return PreflightReport(
            problems=(),
            data=data,
            classes=texts.classes,
            fingerprint=made.fingerprint,
            name=made.name,
        )
    return PreflightReport(problems=tuple(findings.problems))


def _inspected(spec: Spec, policy: Policy, findings: _Findings) -> list[tuple[str, InspectedModel]]:
    """The models whose files can be read, the reference first."""
    found: list[tuple[str, InspectedModel]] = []
    reference: InspectedModel | None = None
    name = spec.reference or ""
    with findings.about(name):
        reference = inspect_model(name, policy=policy)
        found.append((name, reference))
    for candidate in spec.candidates:
        if reference is None and candidate.startswith("ref:"):
            findings.notes.append(f"{candidate} is made from the reference, which cannot be read.")
            continue
        with findings.about(candidate):
            found.append((candidate, inspect_model(candidate, policy=policy, base=reference)))
    twin = spec.twin_name
    if twin is not None and twin not in spec.candidates and reference is not None:
        with findings.about(twin):
            known = plan.inspected_twin(spec, reference, policy)
            found += [] if known is None else [(twin, known)]
    return found


def _matched(
    spec: Spec,
    texts: Texts | None,
    inspected: Sequence[tuple[str, InspectedModel]],
    findings: _Findings,
) -> tuple[str, ...]:
    """The canonical classes; every party whose names do not match them is a problem of its own."""
    parties = [
        (
            name,
            plan.twin_party(spec, model)
            if _is_twin(spec, name)
            else plan.party(spec, int(name != spec.reference), name, model.facts.labels),
        )
        for name, model in inspected
    ]
    data = None
    if texts is not None and texts.labels is not None:
        data = NamedClasses(f"data {texts.source!r}", texts.label_names, spec.label_map.data, "data")
    if not parties:
        return ()
    classes: tuple[str, ...] = ()
    with findings.about("models"):
        # As `matched_texts` does: with more names than any model has classes, the models name them.
        most = max(len(party.names) for _, party in parties)
        fits = data is not None and len({data.mapping.get(n, n) for n in data.names}) <= most
        models = [party for _, party in parties]
        known = [data] if data is not None else []
        classes = canonical_classes([*known, *models] if fits else [*models, *known])
    if not classes:
        return ()
    for name, party in parties:
        with findings.about(name):
            match_labels(party, classes)
    if data is not None and len(data.names) <= len(classes):
        with findings.about("data"):
            match_gold(data, classes)
    return classes


def _is_twin(spec: Spec, name: str) -> bool:
    return name == spec.twin_name and name not in spec.candidates


def _role(spec: Spec, index: int, name: str) -> str:
    if _is_twin(spec, name):
        return "twin"
    return "candidate" if index else "reference"


def _model_check(
    role: str, name: str, model: InspectedModel, texts: Texts | None, findings: _Findings
) -> ModelCheck:
    facts = model.facts
    size: int | None = None
    parameters: int | None = None
    dtype, truncated = "", None
    if facts.stored_bytes > LARGEST_TRIAL:
        findings.notes.append(
            f"{name} is too large to be loaded on trial: its weights are checked in the run."
        )
    else:
        with findings.about(name), resident(model, device=choose_device("cpu")) as loaded:
            size, parameters = loaded.footprint.memory_bytes, loaded.footprint.parameters
            dtype = loaded.footprint.dtype
            truncated = _truncated_share(loaded.classifier.encode, texts)
    if truncated:
        findings.notes.append(
            f"{name} reads {facts.max_length} tokens: {truncated:.1%} of the texts are longer and are cut."
        )
    if facts.kind in ("hub", "folder") and not facts.licence:
        findings.notes.append(f"{name} states no licence: ask its makers whether you may use it.")
    return ModelCheck(
        name=name,
        role=role,
        source=facts.kind,
        architecture=facts.architecture,
        labels=facts.labels,
        weights=facts.weights,
        size_bytes=size,
        parameters=parameters,
        dtype=dtype,
        max_length=facts.max_length,
        licence=facts.licence,
        revision=facts.revision,
        truncated_share=truncated,
    )


def _truncated_share(
    encode: Callable[[Sequence[TextPair]], Sequence[Encoded]], texts: Texts | None
) -> float | None:
    """The share of a sample of the texts that a model cannot read to the end."""
    if texts is None or not texts.ids:
        return None
    step = max(1, len(texts.ids) // SAMPLE)
    rows = range(0, len(texts.ids), step)
    encoded = encode([_pair(texts, row) for row in rows])
    return sum(one.truncated for one in encoded) / len(rows)


def _data_check(spec: Spec, texts: Texts, chosen: Plan | None) -> DataCheck:
    return DataCheck(
        source=texts.source,
        n=len(texts.ids),
        predicted=0 if chosen is None else len(chosen.texts),
        explained=len(chosen.explained) if chosen is not None and plan.explains(spec) else 0,
        labelled=texts.labels is not None,
        labels=texts.label_names,
        class_counts={} if chosen is None else _counts(chosen.texts),
        notes=texts.notes,
    )


def _counts(texts: TextSet) -> dict[str, int]:
    return (
        {name: int((texts.gold == at).sum()) for at, name in enumerate(texts.classes)}
        if texts.labelled
        else {}
    )


def _pair(texts: Texts, row: int) -> TextPair:
    return texts.text_a[row], None if texts.text_b is None else texts.text_b[row]
