"""Which masked texts the Owen values of a binary tree of words need, and how the values follow from them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Float

from trust_core.domain.arrays import BoolArray, FloatArray, IntArray, locked_bools

MOST_PASSES = 50_000
"""A tree that would ask for more texts than this is cut off, even without a budget: about 270 words."""


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring words that end up sharing their credit: one word each in a complete tree.

    Attributes:
        start, stop: the words, [start, stop).
        without: rows of the plan in which the group is out, one for each state of the groups beside it
            on the way to the root.
        within: the same rows with the group in.
    """

    start: int
    stop: int
    without: IntArray
    within: IntArray


@dataclass(frozen=True, slots=True)
class Plan:
    """The masks of a tree and how to read them.

    Attributes:
        keep: (s, w) masks; row 0 keeps nothing, row 1 everything.
        groups: a partition of the words.
        complete: whether every group is a single word.
    """

    keep: BoolArray
    groups: tuple[Group, ...]
    complete: bool


def children(start: int, stop: int, boundary: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """The two groups of words that a group falls into.

    The root of a pair falls into its two texts; everything else in the middle, the first part being
    the larger one where the count is odd.

    Args:
        start: the first word of a group of at least two.
        stop: one past its last word.
        boundary: how many words the first text has.
    """
    middle = boundary if start < boundary < stop else start + (stop - start + 1) // 2
    return (start, middle), (middle, stop)


@lru_cache(maxsize=16)
def plan(w: int, boundary: int, budget: int | None) -> Plan:
    """The masks that the Owen values of w words need.

    Each group is split with every group beside it on the way to the root in turn in and out, so a
    complete balanced tree needs about 2/3 w^2 masks. With a budget, groups are split from the root
    down, level by level, until the next split would exceed it.

    Args:
        w: words.
        boundary: how many of them are in the first text.
        budget: the most masks, at least 2; None takes `MOST_PASSES`.
    """
    limit = MOST_PASSES if budget is None else budget
    nothing, everything = np.zeros((1, w), dtype=np.bool_), np.ones((1, w), dtype=np.bool_)
    rows = [nothing, everything]
    count = 2
    groups: list[Group] = []
    waiting: deque[tuple[Group, BoolArray]] = deque()
    if w > 0:
        waiting.append((Group(0, w, np.array([0]), np.array([1])), nothing))
    exhausted = False
    while waiting:
        group, around = waiting.popleft()
        size = group.stop - group.start
        exhausted = exhausted or (size > 1 and count + 2 * len(around) > limit)
        if size == 1 or exhausted:
            groups.append(group)
            continue
        left, right = children(group.start, group.stop, boundary)
        with_left, with_right = around.copy(), around.copy()
        with_left[:, slice(*left)] = True
        with_right[:, slice(*right)] = True
        at_left = count + np.arange(len(around))
        at_right = at_left + len(around)
        rows += [with_left, with_right]
        count += 2 * len(around)
        for (start, stop), alone, beside, with_other in (
            (left, at_left, at_right, with_right),
            (right, at_right, at_left, with_left),
        ):
            part = Group(
                start,
                stop,
                without=np.concatenate([group.without, beside]),
                within=np.concatenate([alone, group.within]),
            )
            waiting.append((part, np.concatenate([around, with_other])))
    groups.sort(key=lambda one: one.start)
    return Plan(
        keep=locked_bools(np.concatenate(rows)),
        groups=tuple(groups),
        complete=all(one.stop - one.start == 1 for one in groups),
    )


def owen_values(made: Plan, values: Float[np.ndarray, "s k"]) -> Float[np.ndarray, "w k"]:
    """Owen values: each group's mean gain over the states of the others, shared equally by its words.

    Args:
        made: the plan.
        values: (s, k) the model's output for each of its masks.
    """
    weights: FloatArray = np.zeros((made.keep.shape[1], values.shape[1]))
    for group in made.groups:
        gain = (values[group.within] - values[group.without]).mean(axis=0)
        weights[group.start : group.stop] = gain / (group.stop - group.start)
    return weights
