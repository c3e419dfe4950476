import numpy as np
import pytest

from trust_core.alignment.distance import cosine, ruzicka
from trust_core.alignment.overlap import feature_agreement, jaccard
from trust_core.alignment.rank import kendall, rank_agreement, rank_biased_overlap, spearman
from trust_core.alignment.ranking import rank_words
from trust_core.alignment.sign import sign_agreement, signed_mass_agreement, signed_rank_agreement

A = np.array([0.9, -0.7, 0.5, 0.3, 0.1])
B = np.array([0.8, 0.6, 0.3, 0.5, 0.1])


def order(weights: np.ndarray) -> np.ndarray:
    """The order of words without ties."""
    return rank_words(weights, tie_key=("t", "reference", "all"))


def slow_rbo(one: list[int], other: list[int], p: float, depth: int) -> float:
    """Rank-biased overlap of two complete rankings, summed far beyond their end."""
    agreements = [len(set(one[:d]) & set(other[:d])) / min(d, len(one)) for d in range(1, depth)]
    return (1 - p) * sum(p ** (d - 1) * agreement for d, agreement in enumerate(agreements, start=1))


def test_the_four_agreements_of_a_worked_example() -> None:
    """Top three are (0, 1, 2) and (0, 1, 3): two shared, two at equal rank, one of them with equal sign."""
    one, other = order(A), order(B)
    assert feature_agreement(one, other, 3) == pytest.approx(2 / 3)
    assert rank_agreement(one, other, 3) == pytest.approx(2 / 3)
    assert sign_agreement(A, B, one, other, 3) == pytest.approx(1 / 3)
    assert signed_rank_agreement(A, B, one, other, 3) == pytest.approx(1 / 3)


def test_the_agreements_are_nested() -> None:
    """SRA <= RA, SA <= FA, and J = FA / (2 - FA) for full sets, for any weights and any K."""
    rng = np.random.default_rng(0)
    for _ in range(200):
        a, b, k = rng.normal(size=8), rng.normal(size=8), int(rng.integers(1, 8))
        one, other = order(a), order(b)
        fa, ra = feature_agreement(one, other, k), rank_agreement(one, other, k)
        sa, sra = sign_agreement(a, b, one, other, k), signed_rank_agreement(a, b, one, other, k)
        assert sra <= ra <= fa
        assert sra <= sa <= fa
        assert jaccard(one, other, k) == pytest.approx(fa / (2 - fa))


def test_a_model_agrees_fully_with_itself_even_with_few_weighted_words() -> None:
    """With two weighted words and K = 4 all four agreements of a model with itself are 1."""
    a = np.array([0.0, 0.4, 0.0, -0.2, 0.0, 0.0])
    one = order(a)
    assert feature_agreement(one, one, 4) == rank_agreement(one, one, 4) == 1
    assert sign_agreement(a, a, one, one, 4) == signed_rank_agreement(a, a, one, one, 4) == 1


def test_empty_orders_are_refused() -> None:
    """Agreement of no words with no words is not defined."""
    nothing = np.empty(0, dtype=np.int64)
    with pytest.raises(ValueError, match="leave the text out"):
        rank_agreement(nothing, nothing, 3)


def test_rbo_is_the_sum_of_agreements_at_every_depth() -> None:
    """The closed form with its extrapolated tail equals the endless sum of the definition."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        one, other = rng.permutation(9), rng.permutation(9)
        slow = slow_rbo(one.tolist(), other.tolist(), 0.8, 400)
        assert rank_biased_overlap(one, other, p=0.8) == pytest.approx(slow, abs=1e-12)


def test_rbo_of_lists_of_different_length_extrapolates_the_shorter() -> None:
    """A list that is the beginning of the other agrees with it fully; disjoint lists not at all."""
    long = np.arange(10)
    assert rank_biased_overlap(long[:4], long) == pytest.approx(1)
    assert rank_biased_overlap(long, long[:4]) == rank_biased_overlap(long[:4], long)
    assert rank_biased_overlap(long[:4], long[4:]) == 0


def test_rbo_weighs_the_first_places_most() -> None:
    """Swapping the first two words costs more than swapping the last two."""
    first = rank_biased_overlap(np.arange(8), np.array([1, 0, 2, 3, 4, 5, 6, 7]))
    last = rank_biased_overlap(np.arange(8), np.array([0, 1, 2, 3, 4, 5, 7, 6]))
    assert first < last < 1


def test_rank_correlations_look_at_strength_and_not_at_sign() -> None:
    """Turning a sign changes no rank correlation; a list without any order has none."""
    assert spearman(A, B) == spearman(A, -B) == pytest.approx(0.9)
    assert kendall(A, B) == kendall(-A, B) == pytest.approx(0.8)
    assert spearman(A, np.array([1.0, -1.0, 1.0, 1.0, -1.0])) is None
    assert kendall(np.ones(5), B) is None


def test_opposite_reasons_are_seen_by_signed_measures_alone() -> None:
    """Turned weights have cosine -1 and no signed mass in common, though every |weight| is equal."""
    assert cosine(A, -A) == pytest.approx(-1)
    assert signed_mass_agreement(A, -A) == pytest.approx(0)
    assert ruzicka(A, -A) == 1


def test_mass_on_different_words_does_not_agree() -> None:
    """Two models that each rest on a single, different word share nothing."""
    one, other = np.array([1.0, 0, 0]), np.array([0, 0, 2.0])
    assert cosine(one, other) == ruzicka(one, other) == signed_mass_agreement(one, other) == 0


def test_ruzicka_of_a_worked_example() -> None:
    """Shares (.5, .5) and (.25, .75) overlap in .75 of 1.25."""
    assert ruzicka(np.array([1.0, -1.0]), np.array([1.0, 3.0])) == pytest.approx(0.75 / 1.25)
    assert signed_mass_agreement(np.array([1.0, 1.0]), np.array([1.0, 3.0])) == pytest.approx(0.75)


def test_scale_changes_no_distance() -> None:
    """A model that is surer of everything by a factor, even a tiny one, has the same reasons."""
    for measure in (cosine, ruzicka, signed_mass_agreement):
        assert measure(A, B) == pytest.approx(measure(1e-200 * A, 37 * B))
