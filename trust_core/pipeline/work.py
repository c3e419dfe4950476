"""The pieces of work that need a model: done in chunks, each kept as soon as it is done."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from trust_core.alignment.published import SPECIAL
from trust_core.domain.attributions import Explanation, PublishedFeatures
from trust_core.domain.predictions import Predictions
from trust_core.domain.progress import Progress
from trust_core.domain.texts import TextSet
from trust_core.explain.methods import method
from trust_core.explain.published import SEEDS, PublishedExplainer, PublishedProtocol
from trust_core.explain.published import explain as explain_as_published
from trust_core.explain.settings import Settings
from trust_core.inference.pool import explain
from trust_core.perturb.words import segment
from trust_core.pipeline.resident import ResidentModel
from trust_core.ports import ProgressSink
from trust_core.store.shards import Shards

PREDICT_CHUNK = 512
EXPLAIN_CHUNK = 16
"""Texts a shard: the most that a kill loses. Fixed, so that a resumed run has the same batches."""

TITLES = {"lime": "LIME", "shap-partition": "SHAP", "shap-permutation": "SHAP", "shap-exact": "SHAP"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of work: where its shards are, what it is called, and how much of it there is."""

    shards: Shards
    phase: str
    total: int
    chunk: int

    def spans(self) -> Iterator[tuple[int, int]]:
        """The first row of each chunk, and the one past its last."""
        for start in range(0, self.total, self.chunk):
            yield start, min(start + self.chunk, self.total)

    def finish(self, do: Callable[[int, int], None], progress: ProgressSink) -> None:
        """Do every chunk that is not there yet, reporting progress."""
        resumed = sum(stop - start for start, stop in self.spans() if self.shards.finished(start, stop))
        done = resumed
        progress(Progress(self.phase, done, self.total, resumed))
        for start, stop in self.spans():
            if self.shards.finished(start, stop):
                continue
            do(start, stop)
            done += stop - start
            progress(Progress(self.phase, done, self.total, resumed))


def predictions(model: ResidentModel, texts: TextSet, shards: Shards, progress: ProgressSink) -> Predictions:
    """The model's predictions of all texts."""
    name = model.member.name
    piece = Piece(shards, f"Predicting with {name}", len(texts), PREDICT_CHUNK)
    pairs = texts.pairs

    def predict(start: int, stop: int) -> None:
        outputs = model.engine.predict(pairs[start:stop])
        found = Predictions(
            model=name,
            ids=texts.ids[start:stop],
            classes=texts.classes,
            probabilities=outputs.probabilities,
            logits=outputs.logits,
            truncated=outputs.truncated,
        )
        shards.write_predictions(start, stop, found)

    piece.finish(predict, progress)
    parts = [shards.read_predictions(*span, model=name, classes=texts.classes) for span in piece.spans()]
    return Predictions(
        model=name,
        ids=texts.ids,
        classes=texts.classes,
        probabilities=np.concatenate([part.probabilities for part in parts]),
        logits=np.concatenate([part.logits for part in parts if part.logits is not None]),
        truncated=sum(part.truncated for part in parts),
    )


def explanations(
    model: ResidentModel,
    texts: TextSet,
    rows: Sequence[int],
    *,
    explainer: str,
    settings: Settings,
    shards: Shards,
    progress: ProgressSink,
) -> tuple[Explanation, ...]:
    """The model's explanations of these rows of the texts, in their order."""
    name = model.member.name
    piece = Piece(shards, f"Explaining {name} by {TITLES[explainer]}", len(rows), EXPLAIN_CHUNK)
    pairs = texts.pairs

    def explain_chunk(start: int, stop: int) -> None:
        segmented = [segment(texts.ids[row], pairs[row]) for row in rows[start:stop]]
        found = list(explain(segmented, method(explainer, settings), model.engine, rule=settings.rule))
        shards.write_explanations(start, stop, found)

    piece.finish(explain_chunk, progress)
    return tuple(explanation for span in piece.spans() for explanation in shards.read_explanations(*span))


def published_features(
    model: ResidentModel,
    texts: TextSet,
    rows: Sequence[int],
    *,
    protocol: PublishedProtocol,
    explainer: PublishedExplainer,
    no_texts: bool,
    shards: Shards,
    progress: ProgressSink,
) -> tuple[PublishedFeatures, ...]:
    """What a published protocol says of these rows, for each of its seeds.

    With `no_texts` a digest stands for each string: sets of them overlap like sets of the strings.
    """
    title = f"Explaining {model.member.name} by {explainer.upper()} as published"
    piece = Piece(shards, title, len(rows), EXPLAIN_CHUNK)
    pairs = texts.pairs

    def explain_chunk(start: int, stop: int) -> None:
        by_text = partial(
            explain_as_published, predict=model.engine.probabilities, protocol=protocol, explainer=explainer
        )
        found = [
            by_text(texts.ids[row], pairs[row], int(texts.gold[row]), seed=seed)
            for row in rows[start:stop]
            for seed in SEEDS
        ]
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

    piece.finish(explain_chunk, progress)
    tables = [shards.read_table(*span) for span in piece.spans()]
    return tuple(
        PublishedFeatures(
            text_id=text_id,
            explainer=explainer,
            seed=seed,
            features=tuple(features),
            weights=np.array(weights, dtype=np.float64),
        )
        for table in tables
        for text_id, seed, features, weights in zip(
            table["id"], table["seed"], table["features"], table["weights"], strict=True
        )
    )


def _digest(string: str) -> str:
    # The strings that never enter a set must be known again when the shard is read.
    return string if string in SPECIAL else hashlib.sha256(string.encode()).hexdigest()
