"""S while texts are still being explained: limits that hold whenever one stops.

S is a ratio of three means, so a confidence sequence for each would have to be loose enough for all three to
be wrong at once. Instead each value s of S is refuted by bets on one number a text, in which the three are
paired. With the excess over chance of the cross-agreement (d) and of both self-agreements (a, b),

    S <= s  means  E[d] <= s sqrt(E[a] E[b]) <= s (t E[a] + E[b] / t) / 2  for every t > 0,

since a geometric mean is at most an arithmetic one; both are equal at t = sqrt(E[b] / E[a]). So the mean of
d - s (t a + b / t) / 2 is not above 0 where S <= s, whatever t is; and where S >= s it is not below 0 for the
one t at which both sides are equal.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

from trust_core.alignment.split_half import LEAST_SELF_AGREEMENT, CrossedHalves, ratio_of_means
from trust_core.domain.arrays import FloatArray
from trust_core.domain.measures import LEVEL, MIN_TEXTS, TEST_LEVEL, Evidence, NotMeasured
from trust_core.stats.equivalence import judge
from trust_core.stats.sequential import log_wealth, refuted_above, refuted_below

Settled = Literal["settled equivalent", "settled different", "not settled"]

_STEP = 0.01
"""Distance of the values of S that are tried; margins of two digits lie between two of them."""

_WIDEST = math.sqrt(1 / LEAST_SELF_AGREEMENT)
"""t = sqrt(E[b] / E[a]) lies within this factor of 1, since both are at least `LEAST_SELF_AGREEMENT`."""

_CELLS = 12
"""Intervals of t, of equal ratio, each refuted as a whole."""


@dataclass(frozen=True, slots=True)
class SequentialVerdict:
    """Whether the reasons are settled after n texts.

    Attributes:
        status: equivalent, different, or neither yet.
        low, high: the interval of S at the level asked for; 0 and 1 where S has no meaning yet.
        n: compared texts so far.
    """

    status: Settled
    low: float
    high: float
    n: int


def settled(halves: CrossedHalves, *, floor: float, level: float = TEST_LEVEL) -> SequentialVerdict:
    """Whether S lies above or below the floor, by an interval that holds at any stopping time.

    Args:
        halves: all texts compared so far, in the random order in which they were explained.
        floor: the margin of S.
        level: of the interval that is returned; the status is read from that of 90 %, as every verdict.
    """
    evidence = sequential_alignment(halves)
    if isinstance(evidence, NotMeasured):
        return SequentialVerdict("not settled", 0.0, 1.0, len(halves))
    found = judge(evidence, floor, "similarity")
    low, high = evidence.interval(level)
    status: Settled = "not settled"
    if found == "equivalent":
        status = "settled equivalent"
    elif found == "different":
        status = "settled different"
    return SequentialVerdict(status, low, high, len(halves))


def sequential_alignment(halves: CrossedHalves) -> Evidence | NotMeasured:
    """S with limits that hold at any stopping time; more texts never widen them.

    They are about the texts that these are drawn from, as those of the bootstrap in `assess_alignment`.

    Args:
        halves: m texts in the random order in which they were explained.

    Returns:
        NotMeasured with fewer than 20 texts, or while it is not certain that both models' self-agreements
        are at least .1 above chance.
    """
    m = len(halves)
    if m < MIN_TEXTS:
        return NotMeasured(
            f"too few explained texts can be compared: {m}",
            f"at least {MIN_TEXTS} explained texts with more than K words",
        )
    cross = halves.cross - halves.chance
    selves = {
        "reference": halves.self_reference - halves.chance,
        "candidate": halves.self_candidate - halves.chance,
    }
    for role, values in selves.items():
        if not _agrees_with_itself(values):
            return NotMeasured(
                f"after {m} texts it is not certain that two independent halves of the {role}'s explanations "
                f"agree beyond chance: on average by {values.mean():.2f}; certainly "
                f"{LEAST_SELF_AGREEMENT} is needed",
                "more explained texts, or more samples a text",
            )
    reference, candidate = selves.values()
    estimate = float(ratio_of_means(halves.contrasts.mean(axis=0)[None, :])[0])
    chance = float(halves.chance.mean())
    root = np.sqrt(reference.mean() * candidate.mean())
    lowest, highest = -chance / root, max(1.0, (1 - chance) / root)
    grid = np.arange(_STEP / 2, highest, _STEP)
    return Evidence(
        estimate=estimate,
        n=m,
        low=np.minimum(refuted_below(_above(grid, cross, reference, candidate), grid, lowest), estimate),
        high=np.maximum(refuted_above(_below(grid, cross, reference, candidate), grid, highest), estimate),
    )


def _agrees_with_itself(values: Float[np.ndarray, " m"]) -> bool:
    """Whether a self-agreement above chance is certainly at least .1, at the level that is shown."""
    wealth = log_wealth(values - LEAST_SELF_AGREEMENT, 1 + LEAST_SELF_AGREEMENT)
    return float(wealth.max()) >= -math.log((1 - LEVEL) / 2)


def _above(
    grid: Float[np.ndarray, " g"],
    cross: Float[np.ndarray, " m"],
    reference: Float[np.ndarray, " m"],
    candidate: Float[np.ndarray, " m"],
) -> Float[np.ndarray, " g"]:
    """Highest log wealth against "S is at most this"; each t is the best guess from the texts before."""
    seen = np.arange(len(cross)) + 1.0
    # One imagined text at the least self-agreement keeps the first guesses in bounds.
    before = [
        np.maximum((np.cumsum(values) - values + LEAST_SELF_AGREEMENT) / seen, LEAST_SELF_AGREEMENT)
        for values in (reference, candidate)
    ]
    t = np.clip(np.sqrt(before[1] / before[0]), 1 / _WIDEST, _WIDEST)
    middle = (t * reference + candidate / t) / 2
    stretch = (t + 1 / t) / 2
    worst = np.maximum(1.0, grid[:, None] * stretch)
    highest: FloatArray = log_wealth(cross - grid[:, None] * middle, worst).max(axis=1)
    return highest


def _below(
    grid: Float[np.ndarray, " g"],
    cross: Float[np.ndarray, " m"],
    reference: Float[np.ndarray, " m"],
    candidate: Float[np.ndarray, " m"],
) -> Float[np.ndarray, " g"]:
    """Highest log wealth against "S is at least this": the poorest of the bets against each interval of t."""
    edges = np.geomspace(1 / _WIDEST, _WIDEST, _CELLS + 1)
    middle = np.stack(
        [_least_middle(reference, candidate, low, high) for low, high in itertools.pairwise(edges.tolist())]
    )
    stretch = np.maximum(edges[:-1] + 1 / edges[:-1], edges[1:] + 1 / edges[1:]) / 2
    found = np.empty(len(grid))
    for place, s in enumerate(grid.tolist()):
        worst = np.maximum(1.0, s * stretch)
        found[place] = log_wealth(s * middle - cross, worst[:, None]).max(axis=1).min()
    return found


def _least_middle(
    reference: Float[np.ndarray, " m"], candidate: Float[np.ndarray, " m"], low: float, high: float
) -> FloatArray:
    """(m,) the least (t a + b / t) / 2 of each text over an interval of t."""
    ends = np.minimum(low * reference + candidate / low, high * reference + candidate / high) / 2
    positive = (reference > 0) & (candidate > 0)
    safe = np.where(positive, reference, 1.0)
    turn = np.sqrt(np.where(positive, candidate, 1.0) / safe)
    inside = positive & (low < turn) & (turn < high)
    return np.where(inside, np.sqrt(np.where(positive, reference * candidate, 0.0)), ends)
