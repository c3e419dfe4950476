"""The pieces of work that need a model: done in chunks, each kept as soon as it is done."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import numpy as np

from trust_core.alignment.published import SPECIAL
from trust_core.domain.attributions import Explanation, PublishedFeatures
from trust_core.domain.predictions import Predictions
from trust_core.domain.progress import Progress
from trust_core.domain.texts import TextPair, TextSet
from trust_core.explain.methods import GRADIENTS
from trust_core.explain.published import SEEDS, PublishedExplainer, PublishedProtocol
from trust_core.explain.published import explain as explain_as_published
from trust_core.explain.settings import Settings
from trust_core.perturb.words import segment
from trust_core.pipeline.explaining import explained
from trust_core.pipeline.memory import give_back
from trust_core.pipeline.remembering import Memories, PredictedText
from trust_core.pipeline.resident import ResidentModel
from trust_core.ports import Clock, ProgressSink
from trust_core.store.shards import Shards

PREDICT_CHUNK = 512
EXPLAIN_CHUNK = 16
"""Texts a shard: the most that a kill loses. Fixed, so that a resumed run has the same batches."""

TITLES = {
    "lime": "LIME",
    "shap-partition": "SHAP",
    "shap-permutation": "SHAP",
    "shap-exact": "SHAP",
    "integrated-gradients": "integrated gradients",
}

Found = TypeVar("Found")
"""What a piece of work makes."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of work: where its shards are, what it is called, and how much of it there is.

    Attributes:
        shards: its results.
        phase: what progress calls it.
        total: rows of the whole piece.
        chunk: rows a shard.
        resumed: rows that an earlier start has finished.
    """

    shards: Shards
    phase: str
    total: int
    chunk: int
    resumed: int

    def spans(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """The first row of each chunk from `begin` to `end`, and the one past its last."""
        for start in range(begin, end, self.chunk):
            yield start, min(start + self.chunk, self.total)

    def finish(
        self, do: Callable[[int, int], None], begin: int, end: int, progress: ProgressSink
    ) -> Iterator[tuple[int, int]]:
        """Do every chunk from `begin` to `end` that is not there yet; yields the spans that were done."""
        done = max(begin, min(self.resumed, end))
        progress(Progress(self.phase, done, self.total, self.resumed))
        for start, stop in self.spans(begin, end):
            if self.shards.finished(start, stop):
                continue
            do(start, stop)
            give_back()
            done = max(done, stop)
            progress(Progress(self.phase, done, self.total, self.resumed))
            yield start, stop


def piece(shards: Shards, phase: str, total: int, chunk: int) -> Piece:
    """A piece of work, with what an earlier start has left of it."""
    spans = Piece(shards, phase, total, chunk, 0).spans(0, total)
    resumed = sum(stop - start for start, stop in spans if shards.finished(start, stop))
    return Piece(shards, phase, total, chunk, resumed)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a chunk has taken: texts that were computed, and the seconds of that."""

    texts: int
    seconds: float


class Growing(Generic[Found]):
    """What one model says of rows in a fixed order, made further and further: one round after the other.

    Chunks lie where they would lie without rounds, so that rounds change no figure.

    Args:
        whole: the piece of work over all rows.
        do: makes the chunk of these rows with the model, and keeps it.
        read: reads a chunk that was kept.

    Attributes:
        found: what is there so far, in the order of the rows.
        rows: how many rows that is.
        done: how many rows were done in this start.
        computed: how many of them were not known from an earlier run.
        seconds: spent on these.
    """

    def __init__(
        self,
        whole: Piece,
        do: Callable[[ResidentModel, int, int], Spent],
        read: Callable[[int, int], Sequence[Found]],
    ) -> None:
        self.found: list[Found] = []
        self.rows = 0
        self.done = 0
        self.computed = 0
        self.seconds = 0.0
        self._whole = whole
        self._do = do
        self._read = read

    def extend(self, model: ResidentModel, end: int, progress: ProgressSink) -> None:
        """Go on to the row `end`: the last one, or where a chunk ends."""
        for start, stop in self._whole.finish(partial(self._counted, model), self.rows, end, progress):
            self.done += stop - start
        for span in self._whole.spans(self.rows, end):
            self.found += self._read(*span)
        self.rows = end

    def _counted(self, model: ResidentModel, start: int, stop: int) -> None:
        spent = self._do(model, start, stop)
        self.computed += spent.texts
        self.seconds += spent.seconds


def phase_of(doing: str, control: str) -> str:
    """What progress calls a piece of work; that of a control is told apart from that of the run."""
    return f"Control {control}: {doing[0].lower()}{doing[1:]}" if control else doing


def predictions(
    model: ResidentModel,
    texts: TextSet,
    shards: Shards,
    progress: ProgressSink,
    memories: Memories,
    *,
    control: str = "",
) -> Predictions:
    """The model's predictions of all texts; `control` names the control that they are for."""
    name = model.member.name
    whole = piece(shards, phase_of(f"Predicting with {name}", control), len(texts), PREDICT_CHUNK)
    memory = memories.predictions()

    def predict(start: int, stop: int) -> None:
        ids, pairs = texts.ids[start:stop], texts.pairs_of(range(start, stop))
        texts_found = memory.completed(
            ids, pairs, lambda missing: _predicted(model, [pairs[at] for at in missing])
        )
        found = Predictions(
            model=name,
            ids=ids,
            classes=texts.classes,
            probabilities=np.stack([one.probabilities for one in texts_found]),
            logits=np.stack([one.logits for one in texts_found]),
            truncated=sum(one.truncated for one in texts_found),
        )
        shards.write_predictions(start, stop, found)

    for _ in whole.finish(predict, 0, len(texts), progress):
        pass
    parts = [
        shards.read_predictions(*span, model=name, classes=texts.classes)
        for span in whole.spans(0, len(texts))
    ]
    return Predictions(
        model=name,
        ids=texts.ids,
        classes=texts.classes,
        probabilities=np.concatenate([part.probabilities for part in parts]),
        logits=np.concatenate([part.logits for part in parts if part.logits is not None]),
        truncated=sum(part.truncated for part in parts),
    )


def _predicted(model: ResidentModel, pairs: Sequence[TextPair]) -> list[PredictedText]:
    outputs = model.engine.predict(pairs)
    cut = [False] * len(pairs)
    if outputs.truncated:
        cut = [one.truncated for one in model.engine.classifier.encode(pairs)]
    return [
        PredictedText(probabilities, logits, truncated)
        for probabilities, logits, truncated in zip(outputs.probabilities, outputs.logits, cut, strict=True)
    ]


def explanations(
    phase: str,
    texts: TextSet,
    rows: Sequence[int],
    *,
    explainer: str,
    settings: Settings,
    shards: Shards,
    clock: Clock,
    memories: Memories,
) -> Growing[Explanation]:
    """A model's explanations of these rows of the texts, in their order; none is made yet."""
    memory = memories.explanations(explainer, settings)

    def explain_chunk(model: ResidentModel, start: int, stop: int) -> Spent:
        ids, pairs = [texts.ids[row] for row in rows[start:stop]], texts.pairs_of(rows[start:stop])
        spent: list[Spent] = []

        def make(missing: Sequence[int]) -> list[Explanation]:
            # Loading is no part of what a text costs.
            _ = model.network if explainer in GRADIENTS else model.engine
            began = clock()
            segmented = [segment(ids[at], pairs[at]) for at in missing]
            made = list(explained(model, segmented, explainer, settings))
            spent.append(Spent(len(missing), clock() - began))
            return made

        shards.write_explanations(start, stop, memory.completed(ids, pairs, make))
        return spent[0] if spent else Spent(0, 0.0)

    whole = piece(shards, phase, len(rows), EXPLAIN_CHUNK)
    return Growing(whole, explain_chunk, shards.read_explanations)


def published_features(
    name: str,
    texts: TextSet,
    rows: Sequence[int],
    *,
    protocol: PublishedProtocol,
    explainer: PublishedExplainer,
    no_texts: bool,
    shards: Shards,
    clock: Clock,
) -> Growing[PublishedFeatures]:
    """What a published protocol says of these rows, for each of its seeds; none is made yet.

    With `no_texts` a digest stands for each string: sets of them overlap like sets of the strings.
    """

    def explain_chunk(model: ResidentModel, start: int, stop: int) -> Spent:
        by_text = partial(
            explain_as_published, predict=model.engine.probabilities, protocol=protocol, explainer=explainer
        )
        began = clock()
        found = [
            by_text(texts.ids[row], pair, int(texts.gold[row]), seed=seed)
            for row, pair in zip(rows[start:stop], texts.pairs_of(rows[start:stop]), strict=True)
            for seed in SEEDS
        ]
        spent = Spent(stop - start, clock() - began)
        shards.write_table(
            start,
            stop,
            {
                "id": [one.text_id for one in found],
                "seed": [one.seed for one in found],
                "features": [
                    [_digest(string) if no_texts else string for string in one.features] for one in found
                ],
                "weights": [one.weights.tolist() for one in found],
            },
        )
        return spent

    def read_chunk(start: int, stop: int) -> list[PublishedFeatures]:
        table = shards.read_table(start, stop)
        columns = (table[column] for column in ("id", "seed", "features", "weights"))
        return [
            PublishedFeatures(
                text_id=text_id,
                explainer=explainer,
                seed=seed,
                features=tuple(features),
                weights=np.array(weights, dtype=np.float64),
            )
            for text_id, seed, features, weights in zip(*columns, strict=True)
        ]

    title = f"Explaining {name} by {explainer.upper()} as published"
    return Growing(piece(shards, title, len(rows), EXPLAIN_CHUNK), explain_chunk, read_chunk)


def _digest(string: str) -> str:
    # The strings that never enter a set must be known again when the shard is read.
    return string if string in SPECIAL else hashlib.sha256(string.encode()).hexdigest()
