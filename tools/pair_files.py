"""Labelled text pairs: reading them from files, cleaning them, and holding some of them out."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

_CLOSING = (".", "!", "?", '"', "'", ":", ";", ",")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair of texts and its class number (-1 where no gold label is known)."""

    text_a: str
    text_b: str
    label: int


def _rows(path: Path) -> list[Mapping[str, str]]:
    """Rows of a TSV, CSV, JSONL or JSON file, optionally gzipped, as mappings from column name to text."""
    stored = path.read_bytes()
    text = (gzip.decompress(stored) if path.suffix == ".gz" else stored).decode("utf-8")
    kind = Path(path.stem).suffix if path.suffix == ".gz" else path.suffix
    if kind == ".jsonl":
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    if kind == ".json":
        return list(json.loads(text))
    if kind == ".tsv":
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE))
    if kind == ".csv":
        return list(csv.DictReader(io.StringIO(text, newline="")))
    raise ValueError(
        f"{path.name}: the ending {kind!r} is not known; allowed: .tsv, .csv, .jsonl, .json, also with .gz"
    )


def read_pairs(
    path: Path,
    labels: Sequence[str],
    columns: tuple[str, str, str] = ("text_a", "text_b", "label"),
) -> list[Pair]:
    """Pairs of a file in file order; rows without a gold label (empty, "-" or "-1") are left out.

    Args:
        path: TSV, CSV, JSONL or JSON, optionally gzipped.
        labels: the class names in class order; a row may carry the name or the class number.
        columns: names of the columns with the first text, the second text and the label.

    Raises:
        ValueError: for an unknown file ending, a missing column or a label that is not in `labels`.
    """
    numbers = {name: number for number, name in enumerate(labels)}
    numbers |= {str(number): number for number in range(len(labels))}
    pairs = []
    for line, row in enumerate(_rows(path), start=2):
        missing = [column for column in columns if column not in row]
        if missing:
            raise ValueError(f"{path.name}: no column {missing[0]!r}; the columns are {', '.join(row)}")
        label = str(row[columns[2]]).strip()
        if label in ("", "-", "-1"):
            continue
        if label not in numbers:
            raise ValueError(f"{path.name}, row {line}: label {label!r} is not one of {', '.join(labels)}")
        pairs.append(Pair(row[columns[0]].strip(), row[columns[1]].strip(), numbers[label]))
    return pairs


def _stop_drawn(text: str, rng: random.Random) -> str:
    """The text with its final full stop kept, taken away or added by a fair coin."""
    with_stop = rng.random() < 0.5
    if with_stop:
        return text if text.endswith(_CLOSING) else text + "."
    return text.removesuffix(".").rstrip() if len(text) > 1 and not text.endswith("..") else text


def redraw_full_stops(pairs: Iterable[Pair], seed: int) -> list[Pair]:
    """The pairs with each text's final full stop drawn by a fair coin, so that it tells nothing."""
    rng = random.Random(seed)
    return [replace(p, text_a=_stop_drawn(p.text_a, rng), text_b=_stop_drawn(p.text_b, rng)) for p in pairs]


def _bag(text: str) -> str:
    """The words of a text without their order: near duplicates (swapped words) share it."""
    return " ".join(sorted(_WORD.findall(text.lower())))


def groups(pairs: Sequence[Pair], by_both: bool = True) -> list[list[int]]:
    """Row numbers in groups that share, directly or through others, the words of a text."""
    parent = list(range(len(pairs)))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    first: dict[str, int] = {}
    for row, pair in enumerate(pairs):
        for text in (pair.text_a, pair.text_b) if by_both else (pair.text_a,):
            other = root(first.setdefault(_bag(text), row))
            parent[root(row)] = other
    found: dict[int, list[int]] = {}
    for row in range(len(pairs)):
        found.setdefault(root(row), []).append(row)
    return list(found.values())


def hold_out(
    pairs: Sequence[Pair], count: int, seed: int, by_both: bool = True, largest: int = 8
) -> tuple[list[int], list[int]]:
    """Row numbers to train on and row numbers held out, by whole groups of near duplicates.

    Args:
        pairs: all pairs in file order.
        count: how many rows to hold out; exactly that many unless groups cannot be made to fit.
        seed: of the order in which groups are drawn.
        by_both: group by either text (True) or by the first text only (False).
        largest: larger groups always stay in training.
    """
    candidates = [group for group in groups(pairs, by_both) if len(group) <= largest]
    random.Random(seed).shuffle(candidates)
    held: list[int] = []
    for group in candidates:
        if len(held) + len(group) <= count:
            held.extend(group)
    taken = set(held)
    return [row for row in range(len(pairs)) if row not in taken], sorted(held)
