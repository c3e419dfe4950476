"""One text, explained by two models side by side: nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trust_core.domain.arrays import FloatArray
from trust_core.domain.attributions import Explanation
from trust_core.domain.spec import Explainer, LabelMap, Spec
from trust_core.domain.spec_reading import read_part
from trust_core.domain.texts import SegmentedText, TextPair
from trust_core.explain.library_check import LibraryCheck, library_check
from trust_core.explain.methods import canonical_name
from trust_core.explain.settings import Settings
from trust_core.inference.engine import Engine
from trust_core.inference.pool import explain
from trust_core.models.device import choose_device
from trust_core.models.inspection import inspect_model
from trust_core.models.labels import canonical_classes, match_labels
from trust_core.models.policy import Policy
from trust_core.perturb.masks import MaskRule
from trust_core.perturb.words import segment
from trust_core.pipeline.explaining import explained, explainer_settings
from trust_core.pipeline.plan import Member, party
from trust_core.pipeline.resident import ResidentModel


@dataclass(frozen=True, slots=True)
class ExplainedText:
    """What two models say of one text, and why.

    Attributes:
        text: the text with its words.
        classes: class names, k of them.
        models: names of reference and candidate.
        probabilities: (k,) of reference and candidate.
        explanations: of reference and candidate, from the same masks.
        checks: of reference and candidate against the library, where that was asked for.
    """

    text: SegmentedText
    classes: tuple[str, ...]
    models: tuple[str, ...]
    probabilities: tuple[FloatArray, ...]
    explanations: tuple[Explanation, ...]
    checks: tuple[LibraryCheck, ...] = ()

    @property
    def explained_class(self) -> int:
        """The class that the reference predicts: the one explained for both."""
        return int(self.probabilities[0].argmax())


def explained_text(
    pair: TextPair,
    *,
    reference: str,
    candidate: str,
    explainer: Explainer,
    seed: int,
    label_map: LabelMap,
    policy: Policy,
    check: bool = False,
) -> ExplainedText:
    """Explain one text by both models; `check` has the library explain it as well.

    Raises:
        SpecError: a seed out of its range, one name for both models, or a text too short for the library.
        ModelError: a model that cannot be used.
        LabelError: the two models' classes cannot be matched.
    """
    given = {"reference": reference, "candidates": (candidate,), "data": {"source": "one text"}, "seed": seed}
    spec = read_part(Spec, {**given, "label_map": label_map}, source="The command line")
    name = canonical_name(explainer)
    text = segment("text", pair)
    probabilities: list[FloatArray] = []
    explanations: list[Explanation] = []
    checks: list[LibraryCheck] = []
    classes, members = _members(spec, policy)
    device, settings = choose_device(spec.device), explainer_settings(spec)
    for member in members:
        with ResidentModel(member, classes, device=device, batch_tokens=spec.batch_tokens) as model:
            probabilities.append(model.engine.probabilities([pair])[0])
            explanations += explained(model, [text], name, settings)
            if check:
                checks.append(_checked(text, name, settings, model.engine, spec.mask))
    models = (reference, candidate)
    return ExplainedText(text, classes, models, tuple(probabilities), tuple(explanations), tuple(checks))


def _checked(
    text: SegmentedText, name: str, settings: Settings, engine: Engine, rule: MaskRule
) -> LibraryCheck:
    return library_check(
        text,
        name,
        settings,
        predict=lambda keep: engine.predict_masked([(text, keep)], rule=rule)[0],
        run=lambda explainer: next(explain([text], explainer, engine, rule=rule)),
    )


def _members(spec: Spec, policy: Policy) -> tuple[tuple[str, ...], Sequence[Member]]:
    (candidate,) = spec.candidates
    reference = spec.reference or ""
    ours = inspect_model(reference, policy=policy)
    theirs = inspect_model(candidate, policy=policy, base=ours)
    parties = [
        party(spec, 0, reference, ours.facts.labels),
        party(spec, 1, candidate, theirs.facts.labels),
    ]
    classes = canonical_classes(parties)
    columns = [match_labels(party, classes) for party in parties]
    return classes, (
        Member(reference, "reference", ours, columns[0]),
        Member(candidate, "candidate", theirs, columns[1]),
    )
