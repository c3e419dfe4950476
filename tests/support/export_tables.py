"""The four tables of a small run, made from records, for tests of exports."""

from __future__ import annotations

import re

import numpy as np

from trust_core.domain.attributions import Attribution, Explanation
from trust_core.domain.predictions import Predictions
from trust_core.domain.texts import SegmentedText, TextSet, Word
from trust_core.export.frames import attributions_table, pairs_table, predictions_table, texts_table
from trust_core.export.worked_texts import RunTables

CLASSES = ("entailment", "neutral", "contradiction")

TEXTS = (
    (
        "A man in a blue shirt is standing on a ladder cleaning a window.",
        "A man is not outdoors, he is asleep.",
        2,
    ),
    ("Two dogs run through the shallow river in the morning.", "Some animals are running outside.", 0),
    ("The train left the station at nine.", "The conductor was angry about the delay.", 1),
    (
        "Nobody in the choir had ever sung in Vienna before.",
        "The choir sang in Vienna for the first time.",
        1,
    ),
)


def segmented(name: str, pair: tuple[str, str | None]) -> SegmentedText:
    """A text with its words (letters and digits)."""
    words = [
        Word(segment, position, found.start(), found.end(), found.group())
        for segment, content in enumerate(part for part in pair if part is not None)
        for position, found in enumerate(re.finditer(r"\w+", content))
    ]
    return SegmentedText(name, pair, tuple(words))


def text_set(texts=TEXTS, classes=CLASSES, ids=None) -> TextSet:
    """A text set of (text_a, text_b, gold) triples."""
    return TextSet(
        ids=tuple(ids or (f"t{at}" for at in range(len(texts)))),
        text_a=tuple(text[0] for text in texts),
        text_b=tuple(text[1] for text in texts),
        gold=np.array([text[2] for text in texts]),
        classes=tuple(classes),
        metadata={"topic": tuple("work" for _ in texts)},
        source="sample",
    )


def predictions(model: str, texts: TextSet, seed: int) -> Predictions:
    """Seeded predictions."""
    raw = np.random.default_rng(seed).random((len(texts), len(texts.classes))) + 0.05
    return Predictions(model, texts.ids, texts.classes, raw / raw.sum(axis=1, keepdims=True))


def explanations(texts: TextSet, explainer: str, seed: int) -> list[Explanation]:
    """Seeded weights for every text; LIME with halves."""
    rng = np.random.default_rng(seed)
    k = len(texts.classes)
    found = []
    for name, pair in zip(texts.ids, texts.pairs, strict=True):
        w = len(segmented(name, pair))

        def one(half, name=name, w=w):
            return Attribution(
                text_id=name,
                explainer=explainer,
                half=half,
                weights=rng.normal(size=(w, k)) * 0.1,
                base=np.linspace(0.2, 0.4, k),
                full=np.full(k, 1 / k),
                fidelity=np.linspace(0.9, 0.7, k),
                fidelity_kind="local_r2" if explainer == "lime" else "additivity_gap",
                passes=1000,
            )

        halves = (one("h1"), one("h2")) if explainer == "lime" else None
        found.append(Explanation(one("all"), halves))
    return found


def run_tables(
    reference: str = "nli-reference",
    candidates: tuple[str, ...] = ("nli-student-3l", "ref:int8"),
    *,
    texts: TextSet | None = None,
    explainers: tuple[str, ...] = ("lime", "shap-partition"),
    no_texts: bool = False,
    candidate_classes: dict[str, str] | None = None,
) -> RunTables:
    """The tables of a run of these models on these texts."""
    texts = texts or text_set()
    models = [predictions(name, texts, at) for at, name in enumerate((reference, *candidates))]
    explained = {
        model.model: [
            one for n, name in enumerate(explainers) for one in explanations(texts, name, at * 10 + n)
        ]
        for at, model in enumerate(models)
    }
    alignments = {
        name: {
            explainer: {text: 0.2 + 0.2 * at for at, text in enumerate(texts.ids)} for explainer in explainers
        }
        for name in candidates
    }
    classes = [texts.classes[c] for c in models[0].predicted.tolist()]
    return RunTables(
        texts=texts_table(texts, no_texts=no_texts),
        predictions=predictions_table(models),
        pairs=pairs_table(
            texts.gold,
            models[0],
            models[1:],
            explained=dict(zip(texts.ids, classes, strict=True)),
            candidate_classes={
                name: candidate_classes or dict(zip(texts.ids, classes, strict=True)) for name in candidates
            },
            alignments=alignments,
            explainers=explainers,
        ),
        attributions=attributions_table(
            {name: segmented(name, pair) for name, pair in zip(texts.ids, texts.pairs, strict=True)},
            explained,
            classes=texts.classes,
            scale="probability",
            no_texts=no_texts,
        ),
    )
