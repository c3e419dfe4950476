"""A few explained texts for the report: the same words under both models, from the run's tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

LEVELS: Final = 5
"""Steps of a word's tint: level 5 holds the largest weight of either model in that text."""

_TOP: Final = 3

_LONGEST_WORD: Final = 60


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a text: a word with its weight, or what stands between words.

    Attributes:
        text: the characters, cut if there are very many.
        weight: signed weight for the explained class; None between words.
        level: -LEVELS to LEVELS, the weight's share of the largest one of both models.
    """

    text: str
    weight: float | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class Side:
    """One model's answer and reasons.

    Attributes:
        model: its name.
        predicted: the class it predicts.
        explained_class: the class that its weights speak for.
        probability: its probability of the explained class.
        segments: the text's segments as fragments.
        top: the heaviest words, the heaviest first.
    """

    model: str
    predicted: str
    explained_class: str
    probability: float
    segments: tuple[tuple[Fragment, ...], ...]
    top: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class WorkedText:
    """One text, explained for one class, side by side.

    Attributes:
        id: the text's id.
        place: why it was chosen.
        explainer: who explained it.
        explained_class: the class that is explained for the reference; `candidate.explained_class` may be
            another one.
        gold: its label, where known.
        alignment: how alike the two explanations are.
        reference, candidate: both models.
    """

    id: str
    place: str
    explainer: str
    explained_class: str
    gold: str | None
    alignment: float
    reference: Side
    candidate: Side


@dataclass(frozen=True, slots=True)
class RunTables:
    """The four tables of a run; see `export.frames`."""

    texts: pa.Table
    predictions: pa.Table
    pairs: pa.Table
    attributions: pa.Table


def worked_texts(
    tables: RunTables, *, reference: str, candidate: str, explainer: str
) -> tuple[WorkedText, ...]:
    """The explained texts of lowest, median and highest alignment; none if the tables hold no texts.

    Args:
        tables: the run's tables.
        reference: the reference's name.
        candidate: the candidate's name.
        explainer: whose weights are shown.
    """
    column = f"alignment_{explainer}"
    if "text_a" not in tables.texts.column_names or column not in tables.pairs.column_names:
        return ()
    pairs = tables.pairs.filter(
        (pc.field("candidate") == candidate)
        & pc.field(column).is_valid()
        & pc.field("explained_class").is_valid()
    ).select(["id", column, "explained_class", "candidate_class"])
    # By id where equal, so that the choice is the same whatever the order of the table.
    ranked = pairs.sort_by([(column, "ascending"), ("id", "ascending")]).to_pylist()
    chosen: dict[str, tuple[str, dict[str, Any]]] = {}
    for place, at in (
        ("least alike", 0),
        ("in the middle", len(ranked) // 2),
        ("most alike", len(ranked) - 1),
    ):
        if ranked:
            chosen.setdefault(ranked[at]["id"], (place, ranked[at]))
    worked = []
    for name, (place, pair) in chosen.items():
        text = _only(tables.texts.filter(pc.field("id") == name))
        sides = [
            _side(tables, text, model, explainer=explainer, explained_class=pair[of])
            for model, of in ((reference, "explained_class"), (candidate, "candidate_class"))
        ]
        heaviest = max((abs(row["weight"]) for _, rows in sides for row in rows), default=0.0)
        both = [_drawn(answer, rows, text, heaviest) for answer, rows in sides]
        worked.append(
            WorkedText(
                id=name,
                place=place,
                explainer=explainer,
                explained_class=pair["explained_class"],
                gold=text["gold"],
                alignment=pair[column],
                reference=both[0],
                candidate=both[1],
            )
        )
    return tuple(worked)


@dataclass(frozen=True, slots=True)
class _Answer:
    model: str
    predicted: str
    explained_class: str
    probability: float


def _only(table: pa.Table) -> dict[str, Any]:
    row: dict[str, Any] = table.slice(0, 1).to_pylist()[0]
    return row


def _side(
    tables: RunTables, text: Mapping[str, Any], model: str, *, explainer: str, explained_class: str
) -> tuple[_Answer, list[dict[str, Any]]]:
    """One model's answer to a text, and the rows of its weights."""
    same = (pc.field("id") == text["id"]) & (pc.field("model") == model)
    answer = _only(tables.predictions.filter(same))
    rows: list[dict[str, Any]] = (
        tables.attributions.filter(
            same
            & (pc.field("explainer") == explainer)
            & (pc.field("half") == "all")
            & (pc.field("class") == explained_class)
        )
        .select(["segment", "position", "start", "end", "weight"])
        .to_pylist()
    )
    return _Answer(model, answer["pred"], explained_class, float(answer[f"p_{explained_class}"])), rows


def _drawn(answer: _Answer, rows: Sequence[dict[str, Any]], text: Mapping[str, Any], heaviest: float) -> Side:
    """The texts cut into words, tinted by weight, and what stands between them."""
    segments = [content for content in (text["text_a"], text["text_b"]) if content is not None]
    drawn = []
    for at, content in enumerate(segments):
        words = sorted((row for row in rows if row["segment"] == at), key=lambda row: int(row["start"]))
        drawn.append(tuple(_fragments(content, words, heaviest)))
    weighted = [fragment for segment in drawn for fragment in segment if fragment.weight is not None]
    top = sorted(weighted, key=lambda fragment: -abs(fragment.weight or 0.0))[:_TOP]
    return Side(
        answer.model,
        answer.predicted,
        answer.explained_class,
        answer.probability,
        tuple(drawn),
        tuple(top),
    )


def _fragments(content: str, words: Sequence[dict[str, Any]], heaviest: float) -> list[Fragment]:
    fragments: list[Fragment] = []
    end = 0
    for word in words:
        if word["start"] > end:
            fragments.append(Fragment(_cut(content[end : word["start"]])))
        weight = float(word["weight"])
        level = round(LEVELS * weight / heaviest) if heaviest > 0 else 0
        fragments.append(Fragment(_cut(content[word["start"] : word["end"]]), weight, level))
        end = word["end"]
    if end < len(content):
        fragments.append(Fragment(_cut(content[end:])))
    return fragments


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_WORD else text[: _LONGEST_WORD - 1] + "…"
