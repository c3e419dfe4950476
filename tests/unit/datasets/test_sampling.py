from collections import Counter

import pytest

from trust_core.datasets.sampling import random_order, stratified_rows

IDS = [f"t{i}" for i in range(100)]
GOLD = [0] * 60 + [1] * 30 + [2] * 10


def test_shares_of_the_classes_are_kept() -> None:
    """A sample of a tenth has a tenth of every class, in the order of the data."""
    rows = stratified_rows(GOLD, 10, IDS, seed=0)
    assert Counter(GOLD[row] for row in rows) == {0: 6, 1: 3, 2: 1}
    assert rows == sorted(rows)


def test_shares_are_rounded_by_largest_remainder() -> None:
    """Of exact shares 4.2, 2.1 and 0.7 the largest remainder is rounded up."""
    rows = stratified_rows(GOLD, 7, IDS, seed=0)
    assert Counter(GOLD[row] for row in rows) == {0: 4, 1: 2, 2: 1}


def test_unlabelled_texts_are_one_stratum() -> None:
    """Without labels the sample is a plain random one."""
    assert len(stratified_rows([-1] * 100, 13, IDS, seed=0)) == 13


@pytest.mark.parametrize("limit", [None, 100, 1000])
def test_no_limit_takes_all(limit: int | None) -> None:
    """Without a limit, or with one that is not reached, every text is taken."""
    assert stratified_rows(GOLD, limit, IDS, seed=0) == list(range(100))


def test_seed_and_stage_decide() -> None:
    """Another seed, and another stage, give another order; the same ones give the same."""
    order = random_order(IDS, seed=0, stage="sample")
    assert sorted(order) == list(range(100))
    assert order == random_order(IDS, seed=0, stage="sample")
    assert order != random_order(IDS, seed=1, stage="sample")
    assert order != random_order(IDS, seed=0, stage="explain")
    assert order != list(range(100))


def test_seed_and_stage_are_kept_apart() -> None:
    """Seed, stage and id do not run into each other."""
    first = random_order(["1x", "2x"], seed=1, stage="a")
    assert first == random_order(["1x", "2x"], seed=1, stage="a")
    many = [f"{i}" for i in range(50)]
    assert random_order(many, seed=1, stage="1") != random_order(many, seed=11, stage="")
