"""Do answers change on texts about which people disagree, too?"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import entropy

from trust_core.domain.arrays import FloatArray, locked_floats
from trust_core.domain.measures import Findings, Measure
from trust_core.domain.predictions import Predictions
from trust_core.domain.texts import TextSet
from trust_core.stats.ordering import probability_above

KEY: Final = "disagreement_order"

_NAMES: Final = re.compile(r"(?:\w*_)?(?:entropy|disagreement)(?:_\w+)?", re.IGNORECASE)
"""Columns that hold a degree of disagreement."""

_LABELS: Final = re.compile(r"(?:\w*_)?annotator_labels|annotations|votes", re.IGNORECASE)
"""Columns that hold each annotator's label, or how many gave each."""

_QUOTED: Final = re.compile(r"'([^']*)'|\"([^\"]*)\"")

_MOST_VOTES: Final = 1e9


@dataclass(frozen=True, slots=True)
class Disagreement:
    """How much people disagree about each of n texts.

    Attributes:
        source: the columns it comes from.
        values: (n,) entropy of the annotators' labels in bits, or what the column holds.
    """

    source: str
    values: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", locked_floats(self.values))


def human_disagreement(columns: Mapping[str, Sequence[str]], classes: Sequence[str]) -> Disagreement | None:
    """What the data says about disagreement; None where it says nothing, or not about every text.

    Looked for, in this order: a count of annotators for each class (`n_<class>`), each annotator's label
    (`annotator_labels`, a list as JSON or Python writes it, or labels separated by spaces, commas or
    semicolons; or an object with a count for each label), and a number called `entropy` or `disagreement`.
    """
    counts = [f"n_{name}" for name in classes]
    if all(name in columns for name in counts):
        table = [_numbers(columns[name]) for name in counts]
        if all(column is not None for column in table):
            votes = np.stack([column for column in table if column is not None])
            if (votes >= 0).all() and (votes.sum(axis=0) > 0).all():
                spreads = [float(entropy(column, base=2)) for column in votes.T]
                return Disagreement(", ".join(counts), np.array(spreads))
    for name, cells in columns.items():
        if _LABELS.fullmatch(name):
            listed = [_votes(cell) for cell in cells]
            if all(sum(votes) > 1 for votes in listed):
                spread = [entropy(votes, base=2) for votes in listed]
                return Disagreement(name, np.array(spread, dtype=np.float64))
    for name, cells in columns.items():
        if _NAMES.fullmatch(name):
            found = _numbers(cells)
            if found is not None:
                return Disagreement(name, found)
    return None


def disagreement(texts: TextSet, reference: Predictions, candidate: Predictions) -> Findings:
    """How often people disagree more about a text whose answer changed than about one whose did not.

    No figure where the data does not say how people answered.
    """
    found = human_disagreement(texts.metadata, texts.classes)
    if found is None:
        return Findings(())
    changed = reference.predicted != candidate.predicted
    figure = probability_above(
        found.values[changed],
        found.values[~changed],
        named=("texts changed their answer", "texts kept their answer"),
    )
    return Findings((Measure(KEY, "pair", figure, settings={"column": found.source}),))


def _numbers(cells: Sequence[str]) -> FloatArray | None:
    try:
        values = np.array([float(cell) for cell in cells], dtype=np.float64)
    except ValueError:
        return None
    return values if np.isfinite(values).all() else None


def _votes(cell: str) -> list[float]:
    """How many annotators gave each label; nothing where a cell does not say it."""
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        found = _listed(cell)
    if isinstance(found, dict):
        return _counts(list(found.values()))
    if isinstance(found, list):
        return [float(count) for count in Counter(str(label) for label in found if str(label)).values()]
    return []


def _listed(cell: str) -> list[str]:
    """The labels in a cell that is no JSON: quoted, as Python and numpy write them, or set apart by signs."""
    quoted = _QUOTED.findall(cell) if cell.strip().startswith(("[", "(")) else []
    if quoted:
        return [single or double for single, double in quoted]
    return re.split(r"[\s,;|]+", cell.strip().strip("[]()"))


def _counts(values: Sequence[object]) -> list[float]:
    """Counts of annotators; nothing where a value is none."""
    counts = [float(value) for value in values if isinstance(value, int | float) and 0 <= value < _MOST_VOTES]
    return counts if len(counts) == len(values) else []
