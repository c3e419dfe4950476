from math import comb

import numpy as np
import pytest

from trust_core.stats.paired_tests import bowker, cross_table, mcnemar, stuart_maxwell


def test_mcnemar_counts_the_binomial_tail():
    """Its p-value is twice the chance of as few or fewer of lost + gained fair coins, at most 1."""
    tail = sum(comb(17, i) for i in range(6)) / 2**17
    result = mcnemar(lost=12, gained=5)
    assert (result.statistic, result.degrees, result.p) == (5.0, 1, pytest.approx(2 * tail))
    assert mcnemar(5, 5).p == 1.0


def test_identical_answers_contradict_nothing():
    """Where no text moves, every test has no degrees of freedom and a p-value of 1."""
    table = np.diag([10, 20, 0])
    for result in (mcnemar(0, 0), stuart_maxwell(table), bowker(table)):
        assert (result.statistic, result.degrees, result.p) == (0.0, 0, 1.0)


def test_a_table_counts_every_text_once():
    """Row i, column j holds the texts that are i for the first and j for the second."""
    table = cross_table(np.array([0, 0, 1, 2, 2]), np.array([0, 1, 1, 2, 0]), 3)
    assert table.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 1]]


def test_two_classes_reduce_to_mcnemars_chi_square():
    """With two classes Stuart-Maxwell and Bowker are both (b - c)^2 / (b + c)."""
    table = np.array([[40, 12], [5, 60]])
    expected = (12 - 5) ** 2 / 17
    assert stuart_maxwell(table).statistic == pytest.approx(expected)
    assert bowker(table).statistic == pytest.approx(expected)
    assert stuart_maxwell(table).degrees == bowker(table).degrees == 1


def test_an_unused_class_changes_nothing():
    """A class that neither model answers leaves statistic, degrees and p-value as they were."""
    table = np.array([[30, 6, 2], [1, 40, 9], [3, 4, 25]])
    wider = np.zeros((4, 4), dtype=int)
    wider[np.ix_([0, 1, 3], [0, 1, 3])] = table
    for test in (stuart_maxwell, bowker):
        narrow, wide = test(table), test(wider)
        assert wide.degrees == narrow.degrees
        assert wide.statistic == pytest.approx(narrow.statistic)
        assert wide.p == pytest.approx(narrow.p)
