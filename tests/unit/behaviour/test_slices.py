"""Answers on parts of the texts."""

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from trust_core.behaviour.slices import slices_by_value
from trust_core.domain.measures import Measured, NotMeasured

RNG = np.random.default_rng(3)
N = 400
VALUES = RNG.choice(["a", "b", "c"], N, p=[0.6, 0.3, 0.1]).tolist()
GOLD = RNG.integers(0, 3, N)
REFERENCE = np.where(RNG.random(N) < 0.8, GOLD, RNG.integers(0, 3, N))
CANDIDATE = np.where(RNG.random(N) < 0.7, GOLD, RNG.integers(0, 3, N))


def _slices(values: list[str] = VALUES, *, labelled: bool = True):
    return slices_by_value(values, gold=GOLD, reference=REFERENCE, candidate=CANDIDATE, labelled=labelled)


def test_slices_hold_every_text_once() -> None:
    """The largest slice comes first, and the sizes add up."""
    found = _slices()
    assert [one.name for one in found] == ["a", "b", "c"]
    assert sum(one.n for one in found) == N


def test_slice_figures_are_those_of_its_texts_alone() -> None:
    """Rates, intervals and p-values agree with statsmodels on the texts of the slice."""
    for one in _slices():
        rows = np.array(VALUES) == one.name
        same = REFERENCE[rows] == CANDIDATE[rows]
        assert isinstance(one.agreement, Measured)
        assert one.agreement.value == pytest.approx(same.mean())
        limits = proportion_confint(int(same.sum()), one.n, method="wilson")
        assert (one.agreement.low, one.agreement.high) == pytest.approx(limits)
        right_a, right_b = (REFERENCE == GOLD)[rows], (CANDIDATE == GOLD)[rows]
        assert isinstance(one.accuracy_change, Measured)
        assert one.accuracy_change.value == pytest.approx(right_b.mean() - right_a.mean())
        table = [[0, int((right_a & ~right_b).sum())], [int((~right_a & right_b).sum()), 0]]
        assert one.p == pytest.approx(mcnemar(table, exact=True).pvalue)


def test_p_values_are_corrected_for_the_number_of_slices() -> None:
    """The adjusted p-values are Holm's over all tested slices."""
    found = _slices()
    expected = multipletests([one.p for one in found], method="holm")[1]
    assert [one.p_adjusted for one in found] == pytest.approx(expected.tolist())


def test_small_slice_is_listed_but_not_tested() -> None:
    """Nineteen texts are too few: no figure, no p-value, and no share in the correction."""
    values = ["rare"] * 19 + ["common"] * (N - 19)
    common, rare = _slices(values)
    assert (rare.n, rare.p, rare.p_adjusted) == (19, None, None)
    assert isinstance(rare.agreement, NotMeasured)
    assert common.p_adjusted == common.p


def test_texts_without_labels_have_agreement_alone() -> None:
    """Without gold classes only the agreement of the two models is measured."""
    for one in _slices(labelled=False):
        assert isinstance(one.agreement, Measured)
        assert isinstance(one.negative_flips, NotMeasured)
        assert isinstance(one.accuracy_change, NotMeasured)
        assert one.p is None
