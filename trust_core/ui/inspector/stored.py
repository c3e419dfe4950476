"""What a run has kept of one text: its words, both models' answers and their explanations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from trust_core.domain.arrays import FloatArray
from trust_core.domain.texts import SegmentedText, TextPair, Word
from trust_core.perturb.words import segment
from trust_core.ui.inspector.heat import ModelWeights, Reasons


@dataclass(frozen=True, slots=True)
class Answer:
    """One model's answer to one text.

    Attributes:
        model: its name.
        classes: class names.
        probabilities: one for each class.
        predicted: the class it predicts.
    """

    model: str
    classes: tuple[str, ...]
    probabilities: tuple[float, ...]
    predicted: str

    def of(self, name: str) -> float:
        """The probability of a class."""
        return self.probabilities[self.classes.index(name)]


@dataclass(frozen=True, slots=True)
class StoredText:
    """One text of a run.

    Attributes:
        id: its id.
        pair: the text; None in a run that keeps no texts.
        gold: its label, where known.
        reference, candidate: both models' answers.
        flip: negative, positive, changed or none.
        shift: the candidate's confidence minus the reference's.
        explained: the class explained for reference and candidate; None where it was not explained.
        alignments: explainer -> alignment, where it could be compared.
    """

    id: str
    pair: TextPair | None
    gold: str | None
    reference: Answer
    candidate: Answer
    flip: str
    shift: float
    explained: tuple[str, str] | None
    alignments: dict[str, float]


def stored_text(
    text_id: str,
    *,
    texts: pd.DataFrame,
    predictions: pd.DataFrame,
    pairs: pd.DataFrame,
    reference: str,
    candidate: str,
) -> StoredText | None:
    """A text of the run; None if the run has no text of this id.

    Args:
        text_id: the text's id.
        texts: the run's texts.
        predictions: its predictions.
        pairs: its pairs.
        reference: the reference's name.
        candidate: the candidate's name.
    """
    row = _first(texts[texts["id"] == text_id])
    of_text = predictions[predictions["id"] == text_id]
    answers = [_answer(_first(of_text[of_text["model"] == name]), name) for name in (reference, candidate)]
    pair = _first(pairs[(pairs["id"] == text_id) & (pairs["candidate"] == candidate)])
    if row is None or pair is None or answers[0] is None or answers[1] is None:
        return None
    ours, theirs = _known(pair.get("explained_class")), _known(pair.get("candidate_class"))
    alignments = {
        name.removeprefix("alignment_"): float(pair[name])
        for name in pairs.columns
        if name.startswith("alignment_") and pd.notna(pair[name])
    }
    return StoredText(
        id=text_id,
        pair=(str(row["text_a"]), _known(row["text_b"])) if "text_a" in row else None,
        gold=_known(row.get("gold")),
        reference=answers[0],
        candidate=answers[1],
        flip=str(pair["flip"]),
        shift=float(pair["shift"]),
        explained=(ours, theirs or ours) if ours is not None else None,
        alignments=alignments,
    )


def words_of(text_id: str, pair: TextPair, attributions: pd.DataFrame) -> SegmentedText:
    """The text with the words that were explained, or that would be.

    Args:
        text_id: the text's id.
        pair: the text.
        attributions: the rows of this text.
    """
    if attributions.empty:
        return segment(text_id, pair)
    # One explanation is enough: all have the same words in the same order.
    keys = ["model", "explainer", "half", "class"]
    first = attributions[(attributions[keys] == attributions[keys].iloc[0]).all(axis=1)]
    segments = [content or "" for content in pair]
    words = tuple(
        Word(part, position, start, end, segments[part][start:end])
        for part, position, start, end in first[["segment", "position", "start", "end"]].itertuples(
            index=False, name=None
        )
    )
    return SegmentedText(text_id, pair, words)


def stored_reasons(
    attributions: pd.DataFrame,
    explainers: Sequence[str],
    *,
    reference: str,
    candidate: str,
    classes: tuple[str, str],
) -> list[Reasons]:
    """What each explainer said of both models; explainers that said nothing of this text are left out.

    Args:
        attributions: the rows of this text.
        explainers: in the order of the rows that are shown.
        reference: the reference's name.
        candidate: the candidate's name.
        classes: the class whose weights are read of each model.
    """
    found = []
    for explainer in explainers:
        rows = attributions[attributions["explainer"] == explainer]
        sides = [
            _weights(rows[(rows["model"] == name) & (rows["class"] == of_class)])
            for name, of_class in zip((reference, candidate), classes, strict=True)
        ]
        if sides[0] is not None and sides[1] is not None:
            found.append(Reasons(explainer, sides[0], sides[1]))
    return found


def _weights(rows: pd.DataFrame) -> ModelWeights | None:
    whole = rows[rows["half"] == "all"]
    if whole.empty:
        return None
    halves = [_floats(rows[rows["half"] == half]["weight"]) for half in ("h1", "h2")]
    return ModelWeights(
        whole=_floats(whole["weight"]),
        halves=(halves[0], halves[1]) if halves[0].size and halves[1].size else None,
        base=float(whole["base"].iloc[0]),
        fidelity=float(whole["fidelity"].iloc[0]),
    )


def _floats(column: pd.Series) -> FloatArray:
    return np.array(column, dtype=np.float64)


def _answer(row: dict[str, Any] | None, model: str) -> Answer | None:
    if row is None:
        return None
    classes = tuple(name.removeprefix("p_") for name in row if name.startswith("p_"))
    return Answer(model, classes, tuple(float(row[f"p_{name}"]) for name in classes), str(row["pred"]))


def _first(rows: pd.DataFrame) -> dict[str, Any] | None:
    return None if rows.empty else cast("dict[str, Any]", rows.iloc[0].to_dict())


def _known(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else str(value)
