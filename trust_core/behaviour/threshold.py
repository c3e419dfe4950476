"""Confidence in use: a threshold that is tuned on the reference, and what it lets through of both models.

An answer is accepted where its confidence reaches the threshold. Coverage is the share of texts whose answer
is accepted, selective risk the error rate among the accepted ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy.sparse import csr_array, hstack

from trust_core.domain.arrays import BoolArray, FloatArray, IntArray
from trust_core.stats.seeds import derived_rng

SPLITS = 20
"""Random halvings of the texts, each used both ways."""

FEWEST_ACCEPTED = 50
"""A threshold that accepts fewer tuning texts says nothing of its risk."""

STEPS = 500
"""So many thresholds are tried at the most: all confidences of the reference, or else quantiles of them."""

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Judged:
    """n answers of one model: how sure it was, and whether it was wrong."""

    confidence: Float[np.ndarray, " n"]
    wrong: Bool[np.ndarray, " n"]


@dataclass(frozen=True, slots=True)
class Transfer:
    """What thresholds tuned on the reference let through of the other half of the texts, by resample.

    Counts are summed over the two test halves of each of s splits; a half whose tuning half reaches the
    risk at no threshold is left out.

    Attributes:
        threshold: (draws,) the threshold tuned on all texts, for whoever wants one number; NaN where none is.
        texts: (draws, s) texts tested.
        accepted: (draws, s, 2) texts accepted of reference and candidate.
        wrong: (draws, s, 2) wrong ones among them.
        reached: (draws,) share of tuning halves in which a threshold reaches the risk.
    """

    threshold: FloatArray
    texts: FloatArray
    accepted: FloatArray
    wrong: FloatArray
    reached: FloatArray

    @property
    def coverage(self) -> FloatArray:
        """(draws, 2) share of the texts that are accepted, mean over the splits that could be tested."""
        return _mean_ratio(self.accepted, self.texts[:, :, None])

    @property
    def risk(self) -> FloatArray:
        """(draws, 2) share of wrong answers among the accepted, mean over the splits; NaN where none is."""
        return _mean_ratio(self.wrong, self.accepted)


def _mean_ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    """(draws, 2) mean over the splits of part / whole, of those in which neither model's whole is 0."""
    used = (whole > 0).all(axis=2, keepdims=True)
    ratios = np.where(used, part / np.where(whole > 0, whole, 1.0), 0.0).sum(axis=1)
    splits = used.sum(axis=1)
    return np.asarray(np.where(splits > 0, ratios / np.maximum(splits, 1), np.nan))


def tuned_threshold(answers: Judged, *, risk: float | None) -> float | None:
    """The smallest threshold from which on the reference errs rarely enough.

    The smallest confidence of a text such that at it, and at every greater one that accepts at least
    `FEWEST_ACCEPTED` texts, the selective risk is at most `risk`.

    Args:
        answers: of the reference on the tuning texts.
        risk: selective risk that is accepted; None for half of the error on these texts.

    Returns:
        None where no threshold that accepts enough texts reaches the risk.
    """
    order = np.argsort(-answers.confidence, kind="stable")
    confidence, wrong = answers.confidence[order], np.cumsum(answers.wrong[order])
    asked = answers.wrong.mean() / 2 if risk is None else risk
    accepted = np.arange(1, len(order) + 1)
    # Equal confidences are accepted together: only the last of them is a threshold.
    last = np.append(confidence[1:] != confidence[:-1], True) & (accepted >= FEWEST_ACCEPTED)
    bad = np.flatnonzero(last & (wrong > asked * accepted + _ROUNDING))
    good = np.flatnonzero(last)
    if len(bad):
        good = good[good < bad[0]]
    return float(confidence[good[-1]]) if len(good) else None


def halvings(n: int, *, seed: int, count: int = SPLITS) -> BoolArray:
    """(count, n) whether a text lies in the first half, in each of `count` random halvings of n texts."""
    rng = derived_rng(seed, "confidence_use", "halves", str(n))
    first = np.zeros((count, n), dtype=np.bool_)
    for row in first:
        row[rng.permutation(n)[: n // 2]] = True
    return first


def threshold_steps(confidence: Float[np.ndarray, " n"]) -> FloatArray:
    """Thresholds that are tried, rising: the confidences themselves, or `STEPS` quantiles of many."""
    values = np.unique(confidence)
    if len(values) > STEPS:
        places = np.linspace(0, len(confidence) - 1, STEPS).round().astype(np.int64)
        values = np.unique(np.sort(confidence)[places])
    return values


def transferred(
    reference: Judged,
    candidate: Judged,
    counts: Iterable[FloatArray],
    *,
    risk: float | None,
    seed: int,
) -> Transfer:
    """Thresholds tuned on one half of the texts and tried on the other, in every resample.

    A resample draws texts, and the copies of a text stay in its half: no text tunes the threshold that it
    is tried on. The threshold is tuned again in every resample, so intervals allow for the tuning.

    Args:
        reference: the reference's answers, whose confidences tune.
        candidate: the candidate's on the same texts.
        counts: (rows, n) blocks of how often each text counts, a row a resample.
        risk: selective risk that is accepted; None for half of the error on the tuning half.
        seed: of the halvings.
    """
    steps = threshold_steps(reference.confidence)
    columns = csr_array(hstack([_cells(one, steps) for one in (reference, candidate)], format="csr"))
    halves = [np.flatnonzero(first) for first in halvings(len(reference.wrong), seed=seed)]
    parts = [columns[rows].T.tocsr() for rows in halves]
    whole = columns.T.tocsr()
    thresholds: list[FloatArray] = []
    sums: list[FloatArray] = []
    reached: list[FloatArray] = []
    for block in counts:
        every, texts = _from_the_top(whole, block), block.sum(axis=1)
        at, any_reached = _tuned(every, risk)
        thresholds.append(np.where(any_reached, steps[at], np.nan))
        tried: list[FloatArray] = []
        found: list[FloatArray] = []
        for rows, part in zip(halves, parts, strict=True):
            inside = block[:, rows]
            one, size = _from_the_top(part, inside), inside.sum(axis=1)
            other, rest = every - one, texts - size
            forth, back = _tried(one, other, rest, risk), _tried(other, one, size, risk)
            tried.append(forth + back)
            found.append(((forth[:, 0] > 0) * 1.0 + (back[:, 0] > 0)) / 2)
        sums.append(np.stack(tried, axis=1))
        reached.append(np.mean(found, axis=0))
    joined = np.concatenate(sums)
    return Transfer(
        threshold=np.concatenate(thresholds),
        texts=joined[:, :, 0],
        accepted=joined[:, :, [1, 3]],
        wrong=joined[:, :, [2, 4]],
        reached=np.concatenate(reached),
    )


def _cells(answers: Judged, steps: FloatArray) -> csr_array:
    """(n, 2 t) a 1 at the highest threshold that a text reaches; then again, where its answer is wrong."""
    n, t = len(answers.wrong), len(steps)
    cell = np.searchsorted(steps, answers.confidence, side="right") - 1
    inside = np.flatnonzero(cell >= 0)
    wrong = inside[answers.wrong[inside]]
    columns = np.concatenate([cell[inside], cell[wrong] + t])
    rows = np.concatenate([inside, wrong])
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(n, 2 * t))


def _from_the_top(transposed: csr_array, counts: FloatArray) -> FloatArray:
    """(rows, 4, t) texts and wrong answers at or above each threshold: the reference's, the candidate's."""
    cells = (transposed @ counts.T).T.reshape(len(counts), 4, -1)
    return np.asarray(cells[:, :, ::-1].cumsum(axis=2)[:, :, ::-1])


def _tuned(tuning: FloatArray, risk: float | None) -> tuple[IntArray, BoolArray]:
    """(rows,) place of the smallest threshold that is good from there on, and whether there is one."""
    accepted, wrong = tuning[:, 0], tuning[:, 1]
    asked = wrong[:, :1] / np.maximum(2 * accepted[:, :1], 1.0) if risk is None else risk
    bad = (accepted >= FEWEST_ACCEPTED) & (wrong > asked * accepted + _ROUNDING)
    t = accepted.shape[1]
    first = np.where(bad.any(axis=1), t - np.argmax(bad[:, ::-1], axis=1), 0)
    least = np.take_along_axis(accepted, np.minimum(first, t - 1)[:, None], axis=1)
    # Between two tuning texts all thresholds accept the same: the confidence of the upper one is taken.
    at: IntArray = (accepted >= least).sum(axis=1) - 1
    return at, (first < t) & (least[:, 0] >= FEWEST_ACCEPTED)


def _tried(tuning: FloatArray, test: FloatArray, texts: FloatArray, risk: float | None) -> FloatArray:
    """(rows, 5) texts, accepted and wrong of either model on the test half; 0 where nothing is reached."""
    at, reached = _tuned(tuning, risk)
    values = np.take_along_axis(test, np.broadcast_to(at[:, None, None], (len(at), 4, 1)), axis=2)
    return np.asarray(np.where(reached[:, None], np.column_stack([texts, values[:, :, 0]]), 0.0))
