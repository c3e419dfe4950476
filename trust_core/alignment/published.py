"""The overlap that the published protocols report: sets of strings, a mean and a variance over seeds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, variance
from typing import Literal

import numpy as np

from trust_core.domain.arrays import FloatArray, locked_floats
from trust_core.domain.attributions import PublishedFeatures

PublishedProtocol = Literal["published-nli", "published-pi"]

SPECIAL = frozenset({"", "[SEP]", "[CLS]", "[PAD]"})
"""Strings that never enter a set. "SEP", which lime's own words make of the separator, does."""


@dataclass(frozen=True, slots=True)
class PublishedOverlap:
    """The Jaccard index of a published protocol.

    Attributes:
        mean: mean over the seeds of the means over the texts, in [0, 1].
        variance: sample variance of the seeds' means; None with a single seed.
        by_seed: seed -> mean over its texts.
        by_text: (n,) mean over the seeds of each text, in the order of the ids; `mean` is their mean.
        empty: how many texts and seeds, of all, had two empty sets and count 0.
    """

    mean: float
    variance: float | None
    by_seed: Mapping[int, float]
    by_text: FloatArray
    empty: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_text", locked_floats(self.by_text))


def top_strings(
    explained: PublishedFeatures, *, protocol: PublishedProtocol, gold: int, k: int = 10
) -> frozenset[str]:
    """The first k distinct strings of one explanation, as the protocol ranks them.

    published-nli ranks by |weight|. published-pi keeps to the sign of the gold class, positive for
    class 1 and negative for class 0: lime's words of that sign by |weight|, shap's tokens in signed
    order from that end, whatever their sign. Equal weights stay in the explanation's order.

    Args:
        explained: features and weights.
        protocol: published-nli or published-pi.
        gold: the text's gold class; published-nli does not look at it here.
        k: how many.
    """
    features, weights = explained.features, explained.weights.tolist()
    toward = 1.0 if gold == 1 else -1.0
    places = list(range(len(features)))
    if protocol == "published-nli":
        places.sort(key=lambda at: -abs(weights[at]))
    else:
        if explained.explainer == "lime":
            places = [at for at in places if toward * weights[at] > 0]
        places.sort(key=lambda at: -toward * weights[at])
    distinct = dict.fromkeys(features[at] for at in places if features[at] not in SPECIAL)
    return frozenset(list(distinct)[:k])


def jaccard_of_sets(first: frozenset[str], second: frozenset[str]) -> float:
    """Share of the strings in either set that are in both, in [0, 1]; as published, 0 of two empty sets."""
    union = first | second
    return len(first & second) / len(union) if union else 0.0


def published_overlap(
    reference: Sequence[PublishedFeatures],
    candidate: Sequence[PublishedFeatures],
    gold: Mapping[str, int],
    *,
    protocol: PublishedProtocol,
    k: int = 10,
) -> PublishedOverlap:
    """The protocol's Jaccard index of two models: mean over texts, then mean and variance over seeds.

    Args:
        reference: the reference's explanations, one a text and seed, by one explainer.
        candidate: the candidate's, of the same texts and seeds in any order.
        gold: text id -> gold class.
        protocol: published-nli or published-pi.
        k: size of the sets.

    Raises:
        ValueError: the two models do not cover the same texts with every seed, or there are none.
    """
    theirs = _by_place(candidate)
    ours = _by_place(reference)
    seeds, covered = {seed for seed, _ in ours}, {text_id for _, text_id in ours}
    if not ours or ours.keys() != theirs.keys() or len(ours) != len(seeds) * len(covered):
        raise ValueError("the published overlap needs the same texts and seeds of both models, at least one")
    found: dict[int, dict[str, float]] = defaultdict(dict)
    empty = 0
    for (seed, text_id), mine in ours.items():
        first, second = (
            top_strings(one, protocol=protocol, gold=gold[text_id], k=k)
            for one in (mine, theirs[seed, text_id])
        )
        empty += not (first or second)
        found[seed][text_id] = jaccard_of_sets(first, second)
    by_seed = {seed: fmean(values.values()) for seed, values in sorted(found.items())}
    return PublishedOverlap(
        mean=fmean(by_seed.values()),
        variance=variance(by_seed.values()) if len(by_seed) > 1 else None,
        by_seed=by_seed,
        by_text=np.array(
            [fmean(values[text_id] for values in found.values()) for text_id in sorted(covered)]
        ),
        empty=empty,
    )


def _by_place(explained: Iterable[PublishedFeatures]) -> dict[tuple[int, str], PublishedFeatures]:
    return {(one.seed, one.text_id): one for one in explained}
