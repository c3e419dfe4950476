"""What the warm process says of an edited text, and its form between processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from trust_core.domain.arrays import FloatArray
from trust_core.domain.attributions import Attribution, Explanation
from trust_core.domain.texts import SegmentedText, Word


@dataclass(frozen=True, slots=True)
class Edited:
    """One text, explained by reference and candidate.

    Attributes:
        text: the text with its words.
        classes: class names of the run, k of them.
        models: names of reference and candidate.
        probabilities: (k,) of reference and candidate.
        explanations: of reference and candidate, by explainer.
    """

    text: SegmentedText
    classes: tuple[str, ...]
    models: tuple[str, str]
    probabilities: tuple[FloatArray, FloatArray]
    explanations: Mapping[str, tuple[Explanation, Explanation]]


@dataclass(frozen=True, slots=True)
class Answers:
    """What reference and candidate answer to n texts.

    Attributes:
        classes: class names of the run, k of them.
        probabilities: (n, k) of reference and candidate.
    """

    classes: tuple[str, ...]
    probabilities: tuple[FloatArray, FloatArray]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece that a tokenizer cuts: characters `start` to `end` of text_a (segment 0) or text_b (1)."""

    segment: int
    start: int
    end: int


Wire = dict[str, Any]
"""What goes over the socket: JSON."""


def edited_to_wire(edited: Edited) -> Wire:
    """An edited text as JSON."""
    return {
        "id": edited.text.id,
        "pair": list(edited.text.pair),
        "words": [
            [word.segment, word.position, word.start, word.end, word.text] for word in edited.text.words
        ],
        "classes": list(edited.classes),
        "models": list(edited.models),
        "probabilities": [each.tolist() for each in edited.probabilities],
        "explanations": {
            name: [[_attribution_to_wire(one) for one in each.attributions] for each in both]
            for name, both in edited.explanations.items()
        },
    }


def edited_from_wire(wire: Wire) -> Edited:
    """An edited text from JSON."""
    first, second = wire["pair"]
    words = tuple(Word(*fields) for fields in wire["words"])
    return Edited(
        text=SegmentedText(wire["id"], (first, second), words),
        classes=tuple(wire["classes"]),
        models=_both(wire["models"]),
        probabilities=_arrays(wire["probabilities"]),
        explanations={
            name: _both(
                [_explanation([_attribution_from_wire(one, wire["id"]) for one in each]) for each in both]
            )
            for name, both in wire["explanations"].items()
        },
    )


def answers_to_wire(answers: Answers) -> Wire:
    """Answers as JSON."""
    return {
        "classes": list(answers.classes),
        "probabilities": [each.tolist() for each in answers.probabilities],
    }


def answers_from_wire(wire: Wire) -> Answers:
    """Answers from JSON."""
    classes = tuple(wire["classes"])
    first, second = (each.reshape(-1, len(classes)) for each in _arrays(wire["probabilities"]))
    return Answers(classes, (first, second))


def _attribution_to_wire(attribution: Attribution) -> Wire:
    return {
        "explainer": attribution.explainer,
        "half": attribution.half,
        "weights": attribution.weights.tolist(),
        "base": attribution.base.tolist(),
        "full": attribution.full.tolist(),
        "fidelity": attribution.fidelity.tolist(),
        "fidelity_kind": attribution.fidelity_kind,
        "passes": attribution.passes,
        "complete": attribution.complete,
    }


def _attribution_from_wire(wire: Wire, text_id: str) -> Attribution:
    classes = len(wire["base"])
    return Attribution(
        text_id=text_id,
        explainer=wire["explainer"],
        half=wire["half"],
        weights=np.array(wire["weights"], dtype=np.float64).reshape(-1, classes),
        base=np.array(wire["base"], dtype=np.float64),
        full=np.array(wire["full"], dtype=np.float64),
        fidelity=np.array(wire["fidelity"], dtype=np.float64),
        fidelity_kind=wire["fidelity_kind"],
        passes=wire["passes"],
        complete=wire["complete"],
    )


def _explanation(attributions: list[Attribution]) -> Explanation:
    whole, *halves = attributions
    return Explanation(whole, (halves[0], halves[1]) if halves else None)


def _arrays(lists: list[Any]) -> tuple[FloatArray, FloatArray]:
    first, second = (np.array(each, dtype=np.float64) for each in lists)
    return first, second


def _both(values: Any) -> tuple[Any, Any]:
    first, second = values
    return first, second
