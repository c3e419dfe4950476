"""One text, explained by two models side by side: nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trust_core.domain.arrays import FloatArray
from trust_core.domain.attributions import Explanation
from trust_core.domain.spec import Explainer, LabelMap, Spec
from trust_core.domain.spec_reading import read_part
from trust_core.domain.texts import SegmentedText, TextPair
from trust_core.explain.methods import canonical_name, method
from trust_core.inference.pool import explain
from trust_core.models.device import choose_device
from trust_core.models.inspection import inspect_model
from trust_core.models.labels import canonical_classes, match_labels
from trust_core.models.policy import Policy
from trust_core.perturb.words import segment
from trust_core.pipeline.explaining import explainer_settings
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
    """

    text: SegmentedText
    classes: tuple[str, ...]
    models: tuple[str, ...]
    probabilities: tuple[FloatArray, ...]
    explanations: tuple[Explanation, ...]

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
) -> ExplainedText:
    """Explain one text by both models.

    Raises:
        SpecError: a seed out of its range, or one name for both models.
        ModelError: a model that cannot be used.
        LabelError: the two models' classes cannot be matched.
    """
    given = {"reference": reference, "candidates": (candidate,), "data": {"source": "one text"}, "seed": seed}
    spec = read_part(Spec, {**given, "label_map": label_map}, source="the command line")
    name = canonical_name(explainer)
    text = segment("text", pair)
    probabilities: list[FloatArray] = []
    explanations: list[Explanation] = []
    classes, members = _members(spec, policy)
    device = choose_device(spec.device)
    for member in members:
        with ResidentModel(member, classes, device=device, batch_tokens=spec.batch_tokens) as model:
            probabilities.append(model.engine.probabilities([pair])[0])
            explanations += explain(
                [text], method(name, explainer_settings(spec)), model.engine, rule=spec.mask
            )
    return ExplainedText(text, classes, (reference, candidate), tuple(probabilities), tuple(explanations))


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
