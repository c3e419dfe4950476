"""The same comparison on parts of the texts: where do the answers change most?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Int

from trust_core.behaviour.flips import FlipCounts, count_flips
from trust_core.domain.measures import MIN_TEXTS, Measured, NotMeasured
from trust_core.stats.evidence import measured
from trust_core.stats.intervals import paired_difference_evidence, rate_evidence
from trust_core.stats.multiplicity import holm
from trust_core.stats.paired_tests import mcnemar


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of the texts.

    Attributes:
        name: the value that its texts share.
        n: its texts.
        agreement: share of texts that both models answer alike, in [0, 1]; 1 is best (Wilson).
        negative_flips: share that was right and is wrong, in [0, 1]; 0 is best (Wilson).
        accuracy_change: accuracy of the candidate minus that of the reference (Bonett and Price).
        p: McNemar's exact p-value of losses against gains; None in a slice that is too small to be tested,
            or without labels.
        p_adjusted: the same after Holm's correction for all tested slices.
    """

    name: str
    n: int
    agreement: Measured | NotMeasured
    negative_flips: Measured | NotMeasured
    accuracy_change: Measured | NotMeasured
    p: float | None
    p_adjusted: float | None = None


def slices_by_value(
    values: Sequence[str],
    *,
    gold: Int[np.ndarray, " n"],
    reference: Int[np.ndarray, " n"],
    candidate: Int[np.ndarray, " n"],
    labelled: bool,
) -> tuple[Slice, ...]:
    """One slice for every value of a column, the largest first, equal ones by name.

    Slices of fewer than 20 texts are listed, but not measured and not tested.

    Args:
        values: the column, one value a text.
        gold: gold classes as indices; not read where `labelled` is False.
        reference: predicted classes of the reference, as indices.
        candidate: the candidate's.
        labelled: whether every text has a gold class.
    """
    names, inverse, counts = np.unique(
        np.array(values, dtype=object).astype(str), return_inverse=True, return_counts=True
    )
    found = []
    for at in np.lexsort((np.arange(len(names)), -counts)).tolist():
        rows = inverse == at
        same = int((reference[rows] == candidate[rows]).sum())
        flips = count_flips(gold[rows], reference[rows], candidate[rows]) if labelled else None
        found.append(_slice(str(names[at]), int(counts[at]), same, flips))
    tested = [index for index, one in enumerate(found) if one.p is not None]
    adjusted = holm(np.array([found[index].p for index in tested], dtype=np.float64))
    for index, p in zip(tested, adjusted.tolist(), strict=True):
        found[index] = replace(found[index], p_adjusted=p)
    return tuple(found)


def _slice(name: str, n: int, same: int, flips: FlipCounts | None) -> Slice:
    unlabelled = NotMeasured(reason="the texts have no labels", needs="a gold class for every text")
    return Slice(
        name=name,
        n=n,
        agreement=measured(rate_evidence(same, n)),
        negative_flips=unlabelled if flips is None else measured(rate_evidence(flips.negative, n)),
        accuracy_change=(
            unlabelled
            if flips is None
            else measured(paired_difference_evidence(flips.negative, flips.positive, n))
        ),
        p=None if flips is None or n < MIN_TEXTS else mcnemar(flips.negative, flips.positive).p,
    )
