"""Figures of reasons in parts of the texts: the models agree or not, the reference is right or not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trust_core.alignment.comparison import TextComparison
from trust_core.alignment.figures import SPANS, Row, mean_figure
from trust_core.alignment.split_half import Budgets, CrossedHalves, assess_alignment
from trust_core.domain.arrays import BoolArray, IntArray
from trust_core.domain.measures import MIN_TEXTS, Evidence, Exact, Figure, NotMeasured
from trust_core.stats.bootstrap import Resamples, evidence_from_draws
from trust_core.stats.evidence import measured


def answer_parts(reference: IntArray, candidate: IntArray, gold: IntArray | None) -> dict[str, BoolArray]:
    """Parts of n texts by both models' answers, as masks over them; also parts that hold no text.

    Args:
        reference: (n,) classes that the reference predicts.
        candidate: (n,) classes that the candidate predicts.
        gold: (n,) true classes; None where the texts have none, so that nobody knows who is right.
    """
    agree = reference == candidate
    parts = {"same answer": agree, "another answer": ~agree}
    if gold is not None:
        right = reference == gold
        parts |= {
            "same answer, reference right": agree & right,
            "same answer, reference wrong": agree & ~right,
            "another answer, reference right": ~agree & right,
            "another answer, reference wrong": ~agree & ~right,
        }
    return parts


def part_rows(
    compared: Sequence[TextComparison], halves: CrossedHalves, *, budgets: Budgets, resamples: int, seed: int
) -> list[Row]:
    """S and the mean of every per-text measure of agreement on the texts of one part.

    All of them rest on one resampling of the part's texts; with fewer than 20 none is measured.

    Args:
        compared: the texts of the part.
        halves: what S is computed from, of the same texts.
        budgets: samples that the explanations were made from.
        resamples: bootstrap resamples of texts.
        seed: the spec's seed.
    """
    evidence = assess_alignment(halves, seed=seed, resamples=resamples, budgets=budgets)
    exact = halves.identical and isinstance(evidence, Evidence)
    rows: list[Row] = [("alignment", "pair", Exact(1.0) if exact else measured(evidence), {})]
    n = len(compared)
    whole = [key for key in SPANS if n and all(key in one.overlaps for one in compared)]
    values = np.array([[one.overlaps[key] for key in whole] for one in compared]).reshape(n, len(whole))
    figures: dict[str, Figure] = {}
    if n >= MIN_TEXTS:
        draws = Resamples(n=n, count=resamples, seed=seed).means(values)
        for at, key in enumerate(whole):
            mean = float(values[:, at].mean())
            figures[key] = measured(evidence_from_draws(draws[:, at], mean, n=n, span=SPANS[key]))
    for key, span in SPANS.items():
        figure = figures.get(key)
        if figure is None:
            known = [one.overlaps[key] for one in compared if key in one.overlaps]
            figure = (
                mean_figure(known, span, resamples=resamples, seed=seed)
                if len(known) >= MIN_TEXTS
                else _too_few(len(known))
            )
        rows.append((key, "pair", figure, {}))
    chance = [one.overlaps["chance_jaccard"] for one in compared]
    level: Figure = Exact(float(np.mean(chance))) if n >= MIN_TEXTS else _too_few(n)
    rows.insert(2, ("chance_jaccard", "pair", level, {}))
    return rows


def _too_few(n: int) -> NotMeasured:
    return NotMeasured(
        f"{n} compared text{'' if n == 1 else 's'} in this part are too few for an interval",
        f"at least {MIN_TEXTS} explained texts in this part",
    )
