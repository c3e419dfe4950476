"""The search for the parts whose answers changed most."""

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import binomtest

from trust_core.behaviour.slice_parts import Part, chosen_parts, cut_texts
from trust_core.behaviour.slice_search import ALARM, search_parts, searched_parts

WORDS = (
    *("a", "man", "woman", "dog", "runs", "is", "not", "sleeping", "two", "in", "the"),
    *("park", "red", "ball", "child", "no", "hat", "sits", "near"),
)
N = 300


@pytest.fixture(scope="module")
def parts() -> tuple[Part, ...]:
    """Parts of random texts, their meetings and their words."""
    rng = np.random.default_rng(5)
    pairs = [
        (" ".join(rng.choice(WORDS, rng.integers(4, 14))), " ".join(rng.choice(WORDS, rng.integers(2, 7))))
        for _ in range(N)
    ]
    gold = rng.choice(["e", "n", "c"], N).tolist()
    texts = cut_texts(pairs, gold=gold, answers=gold, columns={"genre": rng.choice(["x", "y"], N).tolist()})
    return searched_parts(chosen_parts(("auto",), texts).parts, texts)


def _outcomes(rng: np.random.Generator) -> np.ndarray:
    changed = rng.random(N) < 0.15
    return np.stack([changed, changed & (rng.random(N) < 0.6)])


def test_parts_meet_and_words_make_parts(parts: tuple[Part, ...]) -> None:
    """Two cuts give parts that belong to both; small parts, and nearly all texts, are left out."""
    both = [part for part in parts if part.by == "both"]
    assert any("Label" in part.name and "Length" in part.name for part in both)
    assert any(part.by == "word" for part in parts)
    assert all(20 <= part.n <= N - 20 for part in parts)


def test_of_many_meetings_the_largest_are_searched() -> None:
    """A search stays bounded with many columns: it takes the thousand meetings of the most texts."""
    rng = np.random.default_rng(0)
    columns = {f"c{at}": rng.choice(["x", "y"], 120, p=[0.3, 0.7]).tolist() for at in range(50)}
    texts = cut_texts(None, gold=None, answers=["a"] * 120, columns=columns)
    single = chosen_parts(("auto",), texts).parts
    met = [part for part in searched_parts(single, texts) if part.by == "both"]
    sizes = sorted(
        int((one.rows & other.rows).sum())
        for one, other in combinations(single, 2)
        if one.by != other.by and 20 <= (one.rows & other.rows).sum() <= 100
    )
    assert len(sizes) > len(met) == 1000
    assert sorted(part.n for part in met) == sizes[-1000:]


def test_statistic_is_that_of_the_slow_definition(parts: tuple[Part, ...]) -> None:
    """Signed root of twice the log likelihood ratio, the largest over the outcomes, one part at a time."""
    outcomes = _outcomes(np.random.default_rng(1))

    def log_likelihood(events: np.ndarray) -> float:
        rate = events.mean()
        return sum(np.log(rate if event else 1 - rate) for event in events)

    found = search_parts(parts, outcomes, rng=np.random.default_rng(0), permutations=19).found
    for one in found:
        rows = one.part.rows
        roots = [
            np.sqrt(2 * (log_likelihood(y[rows]) + log_likelihood(y[~rows]) - log_likelihood(y)))
            for y in outcomes
            if y[rows].mean() > y.mean()
        ]
        assert one.statistic == pytest.approx(max(roots))
    assert [one.statistic for one in found] == sorted((one.statistic for one in found), reverse=True)


def test_a_planted_part_is_found(parts: tuple[Part, ...]) -> None:
    """A candidate that is broken on texts with one word is caught there, first and beyond chance."""
    rng = np.random.default_rng(2)
    word = next(part for part in parts if part.by == "word" and part.n <= 150)
    changed = (rng.random(N) < 0.08) | (word.rows & (rng.random(N) < 0.5))
    found = search_parts(parts, np.stack([changed, changed]), rng=np.random.default_rng(0))
    assert found.searched == len(parts)
    assert found.standing_out[0].part.name == word.name
    assert found.standing_out[0].p <= 0.005


def test_parts_that_are_nearly_the_same_are_one_finding(parts: tuple[Part, ...]) -> None:
    """No two findings share four fifths of their texts."""
    found = search_parts(parts, _outcomes(np.random.default_rng(3)), rng=np.random.default_rng(0)).found
    for at, one in enumerate(found):
        for other in found[:at]:
            shared = (one.part.rows & other.part.rows).sum()
            assert shared < 0.8 * (one.part.rows | other.part.rows).sum()


def test_without_a_change_nothing_is_found(parts: tuple[Part, ...]) -> None:
    """Where no answer changed, or every one did, no part has more of them; no parts, no search."""
    for changed in (np.zeros((1, N), dtype=bool), np.ones((1, N), dtype=bool)):
        assert search_parts(parts, changed, rng=np.random.default_rng(0), permutations=19).found == ()
    assert search_parts((), _outcomes(np.random.default_rng(0)), rng=np.random.default_rng(0)).searched == 0


@pytest.mark.slow
def test_at_most_5_percent_of_permuted_labels_raise_an_alarm(parts: tuple[Part, ...]) -> None:
    """With the outcomes on any texts alike, at most 5 % of 200 searches through all parts find something."""
    rng = np.random.default_rng(0)
    outcomes = _outcomes(rng)
    alarms = 0
    for _ in range(200):
        permuted = outcomes[:, rng.permutation(N)]
        alarms += bool(search_parts(parts, permuted, rng=rng, permutations=199).standing_out)
    assert alarms <= 10
    # And it is neither more nor less ready to find something than its level says.
    assert binomtest(alarms, 200, ALARM).pvalue > 0.001
