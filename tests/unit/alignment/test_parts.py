"""Figures of reasons in parts of the texts."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.alignment_explanations import draw_truths, explain_noisily
from trust_core.alignment.comparison import TextComparison, compare_text
from trust_core.alignment.figures import SPANS, mean_figure
from trust_core.alignment.parts import answer_parts, part_rows
from trust_core.alignment.split_half import Budgets, CrossedHalves
from trust_core.domain.measures import Exact, Measured, NotMeasured


def compared(n: int, *, own: float, seed: int = 0) -> list[TextComparison]:
    """Comparisons of n texts of two models whose true weights differ by `own`."""
    rng = np.random.default_rng(seed)
    truths = draw_truths(n, rng)
    others = [truth + own * rng.standard_normal(truth.shape) for truth in truths]
    both = zip(
        explain_noisily(truths, noise=0.2, rng=rng),
        explain_noisily(others, noise=0.2, rng=rng),
        strict=True,
    )
    found = [compare_text(a, b, reference_class=0, candidate_class=0, k_fraction=0.2) for a, b in both]
    assert all(isinstance(one, TextComparison) for one in found)
    return [one for one in found if isinstance(one, TextComparison)]


def halves(texts: list[TextComparison], *, identical: bool = False) -> CrossedHalves:
    """What S of these texts is computed from."""
    return CrossedHalves(
        cross=np.array([one.cross for one in texts]),
        self_reference=np.array([one.self_reference for one in texts]),
        self_candidate=np.array([one.self_candidate for one in texts]),
        chance=np.array([one.cross_chance for one in texts]),
        identical=identical,
    )


def test_parts_are_cut_by_agreement_and_by_who_is_right() -> None:
    """The two parts by agreement hold every text once, and so do the four with the labels."""
    reference, candidate = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 1, 0, 2])
    parts = answer_parts(reference, candidate, np.array([0, 0, 0, 0, 1]))
    assert {name: np.flatnonzero(part).tolist() for name, part in parts.items()} == {
        "same answer": [0, 2, 4],
        "another answer": [1, 3],
        "same answer, reference right": [0],
        "same answer, reference wrong": [2, 4],
        "another answer, reference right": [1],
        "another answer, reference wrong": [3],
    }
    assert list(answer_parts(reference, candidate, None)) == ["same answer", "another answer"]


def test_figures_of_a_part_are_those_of_its_texts() -> None:
    """Each mean has the value and limits that the texts of the part have by themselves."""
    texts = compared(30, own=0.5)
    budgets = Budgets(100, 100)
    rows = part_rows(texts, halves(texts), budgets=budgets, resamples=200, seed=3)
    found = {key: figure for key, _, figure, _ in rows}
    assert set(found) == {"alignment", "chance_jaccard", *SPANS}
    for key in ("jaccard", "cosine", "rbo"):
        alone = mean_figure([one.overlaps[key] for one in texts], SPANS[key], resamples=200, seed=3)
        shown = found[key]
        assert isinstance(shown, Measured)
        assert isinstance(alone, Measured)
        assert (shown.value, shown.low, shown.high, shown.n) == pytest.approx(
            (alone.value, alone.low, alone.high, alone.n)
        )
    level = found["chance_jaccard"]
    assert isinstance(level, Exact)
    assert level.value == pytest.approx(np.mean([one.overlaps["chance_jaccard"] for one in texts]))
    assert isinstance(found["alignment"], Measured)


@pytest.mark.parametrize("n", [0, 1, 19])
def test_small_parts_are_not_measured(n: int) -> None:
    """Under 20 texts every figure gives the number of texts as its reason."""
    texts = compared(20, own=0.5)[:n]
    rows = part_rows(texts, halves(texts), budgets=Budgets(100, 100), resamples=200, seed=3)
    assert len(rows) == 2 + len(SPANS)
    for key, _, figure, _ in rows:
        assert isinstance(figure, NotMeasured), key
        assert str(n) in figure.reason


def test_identical_models_are_exact_in_every_part() -> None:
    """S of the same weights is exactly 1 in a part as well."""
    texts = compared(25, own=0.0)
    same = [CrossedHalves(np.ones(25), np.ones(25), np.ones(25), np.full(25, 0.1), identical=True)]
    rows = part_rows(texts, same[0], budgets=Budgets(10, 10), resamples=200, seed=3)
    assert rows[0][2] == Exact(1.0)
