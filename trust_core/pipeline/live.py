"""Models that stay loaded between questions: one text at a time, asked by somebody who waits."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from trust_core.domain.arrays import FloatArray
from trust_core.domain.attributions import Explanation
from trust_core.domain.report import ModelInfo
from trust_core.domain.spec import Spec
from trust_core.domain.texts import SegmentedText, TextPair
from trust_core.errors import RunConflict, SpecError
from trust_core.explain.methods import canonical_name
from trust_core.explain.settings import Settings
from trust_core.explain.shap_text import EXACT_WORDS
from trust_core.models.device import choose_device, limit_threads
from trust_core.models.inspection import InspectedModel, inspect_model
from trust_core.models.labels import match_labels
from trust_core.models.pieces import word_pieces
from trust_core.models.policy import Policy
from trust_core.models.tokenizer_reading import read_tokenizer
from trust_core.pipeline.explaining import explained, explainer_settings
from trust_core.pipeline.plan import Member, party
from trust_core.pipeline.resident import ResidentModel, compute_of

MOST_PAIRS = 2
"""Pairs of models that stay loaded."""

FEWEST_SAMPLES = 20

Pieces = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the models of a run come from.

    Attributes:
        classes: of the run, k of them.
        known: its models, as the report describes them.
        policy: what may be loaded.
        find: a model's name in the run -> what it is to be looked up by.
    """

    classes: tuple[str, ...]
    known: tuple[ModelInfo, ...]
    policy: Policy
    find: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class LivePair:
    """Reference and candidate of a run, loaded.

    Attributes:
        spec: of the run.
        classes: of the run, k of them.
        models: reference, candidate.
        stack: closes them.
    """

    spec: Spec
    classes: tuple[str, ...]
    models: tuple[ResidentModel, ResidentModel]
    stack: ExitStack

    @property
    def changed(self) -> bool:
        """Whether the files of one of them are not those that were read."""
        return any(model.member.inspected.checkpoint.changed for model in self.models)

    @property
    def names(self) -> tuple[str, str]:
        """Their names in the report."""
        return self.models[0].member.name, self.models[1].member.name

    def probabilities(self, pairs: Sequence[TextPair]) -> tuple[FloatArray, FloatArray]:
        """(n, k) of reference and candidate; loads the models even where there are no texts."""
        first, second = (
            model.engine.probabilities(pairs) if pairs else _nothing(model, len(self.classes))
            for model in self.models
        )
        return first, second

    def explanations(
        self, text: SegmentedText, explainers: Sequence[str], *, samples: int
    ) -> dict[str, tuple[Explanation, Explanation]]:
        """Explanations by reference and candidate, by explainer, with the run's settings.

        Args:
            text: what is explained.
            explainers: by name.
            samples: the most perturbed texts for each explainer and model.

        Raises:
            SpecError: no such explainer, or too many words for it.
        """
        found = {}
        for given in explainers:
            name = canonical_name(given)
            if name == "shap-exact" and len(text) > EXACT_WORDS:
                raise SpecError(
                    f"The text has {len(text)} words.",
                    allowed=f"shap-exact takes texts of at most {EXACT_WORDS}.",
                )
            settings = limited(explainer_settings(self.spec), words=len(text), samples=samples)
            first, second = (next(explained(model, [text], name, settings)) for model in self.models)
            found[name] = (first, second)
        return found

    def pieces(self, pair: TextPair) -> tuple[Pieces, Pieces]:
        """Where the tokenizers of reference and candidate cut a text."""
        first, second = (
            word_pieces(read_tokenizer(model.member.inspected).pairs, pair) for model in self.models
        )
        return first, second


class LiveModels:
    """The pairs of models that were asked last; those before them are let go."""

    def __init__(self) -> None:
        self._pairs: OrderedDict[str, LivePair] = OrderedDict()

    def pair(self, spec: Spec, candidate: str, origin: Origin) -> LivePair:
        """Reference and candidate of a run.

        Args:
            spec: of the run.
            candidate: its name.
            origin: where the models come from.

        Raises:
            TrustError: a model that is not here, may not be loaded, or has changed since the run.
        """
        key = f"{spec.model_dump_json()}\0{candidate}\0{origin.classes}\0{origin.policy}"
        found = self._pairs.get(key)
        if found is not None and not found.changed:
            self._pairs.move_to_end(key)
            return found
        if found is not None:
            self._pairs.pop(key).stack.close()
        members = _members(spec, candidate, origin)
        while len(self._pairs) >= MOST_PAIRS:
            self._pairs.popitem(last=False)[1].stack.close()
        limit_threads(spec.threads)
        device, stack = choose_device(spec.device), ExitStack()
        compute = compute_of(spec, origin.policy)
        first, second = (
            stack.enter_context(
                ResidentModel(
                    member,
                    origin.classes,
                    device=device,
                    batch_tokens=spec.batch_tokens,
                    compute=compute,
                    make_room=partial(self._let_go_but, key),
                )
            )
            for member in members
        )
        self._pairs[key] = LivePair(spec, origin.classes, (first, second), stack)
        return self._pairs[key]

    def _let_go_but(self, key: str) -> bool:
        """Let all other pairs go; whether one of them was loaded."""
        others = [self._pairs.pop(other) for other in list(self._pairs) if other != key]
        freed = any(model.bytes for pair in others for model in pair.models)
        for pair in others:
            pair.stack.close()
        return freed


def limited(settings: Settings, *, words: int, samples: int) -> Settings:
    """The settings of a run with no more perturbed texts than somebody who waits can wait for."""
    most = max(FEWEST_SAMPLES, samples // 2 * 2)
    orders = max(2, most // (words + 1) // 2 * 2)
    return replace(
        settings,
        samples=min(settings.samples, most),
        permutations=min(settings.permutations, orders),
        budget=most if settings.budget is None else min(settings.budget, most),
    )


def _members(spec: Spec, candidate: str, origin: Origin) -> tuple[Member, Member]:
    reference = spec.reference or ""
    ours = inspect_model(origin.find(reference), policy=origin.policy)
    theirs = inspect_model(origin.find(candidate), policy=origin.policy, base=ours)
    return _member(spec, 0, reference, ours, origin), _member(spec, 1, candidate, theirs, origin)


def _member(spec: Spec, index: int, name: str, inspected: InspectedModel, origin: Origin) -> Member:
    then = [info.content_hash for info in origin.known if info.name == name]
    if then and inspected.facts.content_hash not in then:
        raise RunConflict(
            f"The model {name!r} has changed since the run: its answers would be those of another model.",
            remedy="Run the evaluation again.",
        )
    columns = match_labels(party(spec, index, name, inspected.facts.labels), origin.classes)
    return Member(name, "candidate" if index else "reference", inspected, columns)


def _nothing(model: ResidentModel, classes: int) -> FloatArray:
    model.engine.probabilities([("", None)])
    return np.zeros((0, classes))
