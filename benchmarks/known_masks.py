"""Probabilities of masked texts that were asked for before: no mask of a text goes through a model twice."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np

from trust_core.domain.arrays import BoolArray, FloatArray
from trust_core.domain.texts import SegmentedText
from trust_core.perturb.words import segment
from trust_core.stats.seeds import derived_rng

MOST_WORDS = 63
"""A mask is kept as the bits of one whole number."""

FEWEST_WORDS = 6

Run = Callable[[SegmentedText, BoolArray], FloatArray]
"""The model: probabilities (s, k) of a text under masks (s, w)."""

Keys = np.ndarray[tuple[int], np.dtype[np.uint64]]


class KnownMasks:
    """What one model says of one text, by mask, kept in a file.

    Args:
        text: the text, of at most 63 words.
        file: where the answers are kept; read if it is there.
        run: the model.
    """

    def __init__(self, text: SegmentedText, file: Path, run: Run) -> None:
        if len(text) > MOST_WORDS:
            raise ValueError(f"the text has {len(text)} words; masks of at most {MOST_WORDS} are kept")
        self.text = text
        self.passes = 0
        self._file = file
        self._run = run
        self._keys: Keys = np.empty(0, dtype=np.uint64)
        self._answers: FloatArray | None = None
        if file.exists():
            with np.load(file, allow_pickle=False) as kept:
                self._keys, self._answers = kept["keys"], kept["answers"].astype(np.float64)

    def __call__(self, keep: BoolArray) -> FloatArray:
        """(s, k) probabilities under these masks; masks that are new are run and kept."""
        keys = mask_keys(keep)
        new = np.setdiff1d(keys, self._keys)
        if len(new):
            answers = self._run(self.text, mask_rows(new, len(self.text)))
            self.passes += len(new)
            known = np.empty((0, answers.shape[1])) if self._answers is None else self._answers
            joined = np.concatenate([self._keys, new])
            order = np.argsort(joined)
            self._keys, self._answers = joined[order], np.concatenate([known, answers])[order]
            self._save()
        assert self._answers is not None
        found: FloatArray = self._answers[np.searchsorted(self._keys, keys)]
        return found

    def _save(self) -> None:
        assert self._answers is not None
        self._file.parent.mkdir(parents=True, exist_ok=True)
        part = self._file.with_suffix(".part.npz")
        np.savez(part, keys=self._keys, answers=self._answers.astype(np.float32))
        part.replace(self._file)


def mask_keys(keep: BoolArray) -> Keys:
    """(s,) one whole number a mask: bit i says whether word i stays."""
    bits = np.left_shift(np.uint64(1), np.arange(keep.shape[1], dtype=np.uint64))
    keys: Keys = (keep * bits).sum(axis=1, dtype=np.uint64)
    return keys


def mask_rows(keys: Keys, w: int) -> BoolArray:
    """(s, w) the masks of such numbers."""
    rows: BoolArray = (keys[:, None] >> np.arange(w, dtype=np.uint64)) & np.uint64(1) == 1
    return rows


def chosen_texts(file: Path, count: int) -> list[SegmentedText]:
    """Pairs of a data set in a seeded random order: the first ten of a hundred are the ten themselves."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        next(lines)
        rows = [line.rstrip("\n").split("\t")[:2] for line in lines]
    texts = []
    for row in derived_rng(0, "benchmark of sampling").permutation(len(rows)).tolist():
        text = segment(f"snli-test-{row}", (rows[row][0], rows[row][1]))
        if FEWEST_WORDS <= len(text) <= MOST_WORDS:
            texts.append(text)
        if len(texts) == count:
            break
    return texts
