"""Explanations in rounds: every model explains the same next texts, so that all know the same at any time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from trust_core.domain.attributions import Explanation, PublishedFeatures
from trust_core.domain.predictions import Predictions
from trust_core.explain.methods import GRADIENTS, canonical_name
from trust_core.explain.published import PublishedExplainer
from trust_core.explain.settings import Settings
from trust_core.models.gradients import without_gradients
from trust_core.pipeline import work
from trust_core.pipeline.explaining import explainer_settings
from trust_core.pipeline.measuring import ModelResults
from trust_core.pipeline.outcome import Workplace
from trust_core.pipeline.plan import Plan, explains
from trust_core.pipeline.remembering import Memories

PUBLISHED_EXPLAINERS: Mapping[str, PublishedExplainer] = {"lime": "lime", "shap-partition": "shap"}
"""Our names of the explainers that the published protocols know."""


DOUBLING = 1.0
"""A round has as many texts as all before it: each tells something new."""

STOPPING = 0.25
"""A round has a quarter of the texts before it: what is explained in vain stays below a quarter."""


def round_ends(total: int, growth: float = DOUBLING) -> Iterator[int]:
    """After how many texts each round ends.

    Rounds end where chunks do, so that they change no batch.

    Args:
        total: all texts.
        growth: texts of a round as a share of those before it; a chunk at least.
    """
    end = 0
    while end < total:
        chunks = math.ceil(growth * end / work.EXPLAIN_CHUNK)
        end = min(end + max(1, chunks) * work.EXPLAIN_CHUNK, total)
        yield end


CONTROL_FOLDERS: Final = {"control-1": "C1", "control-2": "C2", "control-3": "C3", "control-5": "C5"}
"""Folders of the controls' explanations, and what the controls are called."""


@dataclass(frozen=True, slots=True)
class MemberWork:
    """What one model has said so far.

    Attributes:
        predictions: of all texts.
        explanations: by explainer.
        published: by explainer, where a published protocol was asked for.
    """

    predictions: Predictions
    explanations: Mapping[str, work.Growing[Explanation]]
    published: Mapping[PublishedExplainer, work.Growing[PublishedFeatures]]

    @property
    def results(self) -> ModelResults:
        """The results so far."""
        return ModelResults(
            self.predictions,
            {name: tuple(growing.found) for name, growing in self.explanations.items()},
            {name: tuple(growing.found) for name, growing in self.published.items()},
        )

    @property
    def pieces(self) -> Mapping[str, work.Growing[Explanation] | work.Growing[PublishedFeatures]]:
        """Everything that goes on in rounds, by explainer; a run has one protocol."""
        return {**self.explanations, **{str(name): piece for name, piece in self.published.items()}}

    @property
    def seconds_per_text(self) -> dict[str, float]:
        """Seconds of an explanation by explainer, of the texts that were explained in this start."""
        return {
            name: round(piece.seconds / piece.computed, 4)
            for name, piece in self.pieces.items()
            if piece.computed
        }


def member_work(
    plan: Plan, place: Workplace, index: int, predictions: Predictions, memories: Memories
) -> MemberWork:
    """The work of the member at this place, with nothing explained yet."""
    spec, folder, name = plan.spec, f"model-{index}", plan.members[index].name
    published: dict[PublishedExplainer, work.Growing[PublishedFeatures]] = {}
    if spec.protocol != "corrected" and plan.explains:
        for explainer in map(canonical_name, spec.explainers):
            published[PUBLISHED_EXPLAINERS[explainer]] = work.published_features(
                name,
                plan.texts,
                plan.explained,
                protocol=spec.protocol,
                explainer=PUBLISHED_EXPLAINERS[explainer],
                no_texts=spec.no_texts,
                shards=place.run.shards(folder, f"published-{explainer}"),
                clock=place.clock,
            )
    named = [canonical_name(one) for one in spec.explainers]
    if without_gradients(plan.members[index].inspected):
        named = [one for one in named if one not in GRADIENTS]
    corrected = corrected_work(plan, place, name, folder, plan.explained, memories, explainers=named)
    return MemberWork(predictions, corrected, published)


def corrected_work(
    plan: Plan,
    place: Workplace,
    name: str,
    folder: str,
    rows: Sequence[int],
    memories: Memories,
    *,
    settings: Settings | None = None,
    explainers: Sequence[str] | None = None,
) -> dict[str, work.Growing[Explanation]]:
    """Explanations by the corrected protocol, with nothing explained yet; none where it explains nothing.

    Args:
        plan: the plan.
        place: where shards go.
        name: the model's.
        folder: of its shards.
        rows: the texts.
        memories: what the model has said in earlier runs.
        settings: of the explainers, where they are not the spec's.
        explainers: canonical names, where they are not all of the spec's.
    """
    if not explains(plan.spec):
        return {}
    names = explainers if explainers is not None else [canonical_name(one) for one in plan.spec.explainers]
    if folder in CONTROL_FOLDERS:
        # A third opinion is no part of what the controls hold to account.
        names = [one for one in names if one not in GRADIENTS]
    return {
        explainer: work.explanations(
            work.phase_of(f"Explaining {name} by {work.TITLES[explainer]}", CONTROL_FOLDERS.get(folder, "")),
            plan.texts,
            rows,
            explainer=explainer,
            settings=settings or explainer_settings(plan.spec),
            shards=place.run.shards(folder, explainer),
            clock=place.clock,
            memories=memories,
        )
        for explainer in names
    }
