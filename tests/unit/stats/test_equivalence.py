from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from trust_core.domain.measures import ALPHAS, Evidence
from trust_core.stats.equivalence import half_width, judge, n_needed, p_different, p_equivalent


def normal_evidence(estimate: float, error: float, n: int = 400) -> Evidence:
    """Limits of a normal estimate."""
    z = norm.isf(ALPHAS)
    return Evidence(estimate=estimate, n=n, low=estimate - z * error, high=estimate + z * error)


@pytest.mark.parametrize(
    "estimate, error, status",
    [
        (0.0, 0.003, "equivalent"),
        (0.004, 0.003, "equivalent"),
        (0.006, 0.003, "inconclusive"),
        (0.0, 0.01, "inconclusive"),
        (0.02, 0.003, "different"),
        (-0.02, 0.003, "different"),
        (-0.012, 0.003, "inconclusive"),
    ],
)
def test_a_difference_is_judged_by_its_90_percent_interval(estimate, error, status):
    """Inside the margins equivalent, outside different, across one inconclusive."""
    assert judge(normal_evidence(estimate, error), 0.01) == status


@pytest.mark.parametrize(
    "kind, estimate, status",
    [
        ("similarity", 0.9, "equivalent"),
        ("similarity", 0.75, "inconclusive"),
        ("similarity", 0.6, "different"),
        ("upper", 0.6, "equivalent"),
        ("upper", 0.75, "inconclusive"),
        ("upper", 0.9, "different"),
    ],
)
def test_floors_and_upper_margins_bound_one_side(kind, estimate, status):
    """A similarity must lie above its floor, a rate or distance below its margin."""
    assert judge(normal_evidence(estimate, 0.02), 0.75, kind) == status


def test_a_second_test_bounds_the_p_value():
    """The p-value of a curve distance is never below that of the random swaps."""
    evidence = normal_evidence(0.1, 0.01)
    assert p_different(replace(evidence, null_p=0.06), 0.02, "upper") == 0.06


@pytest.mark.parametrize("distance", [0.5, 1.0, 1.7, 2.2, 2.9])
def test_the_p_value_is_that_of_the_normal_test(distance):
    """With normal limits, the smallest excluding error rate is the one-sided normal p-value."""
    for sign in (1, -1):
        evidence = normal_evidence(sign * (0.01 + distance * 0.003), 0.003)
        assert p_different(evidence, 0.01) == pytest.approx(norm.sf(distance), rel=1e-6)
    similarity = normal_evidence(0.75 - distance * 0.02, 0.02)
    assert p_different(similarity, 0.75, "similarity") == pytest.approx(norm.sf(distance), rel=1e-6)


def test_p_values_end_where_no_limits_are_kept():
    """An estimate on the good side has a p-value of 1, one far beyond has the strictest rate kept."""
    assert p_different(normal_evidence(0.0, 0.003), 0.01) == 1.0
    assert p_different(normal_evidence(0.5, 0.003), 0.01) == 0.001


def test_p_value_and_verdict_agree():
    """A measure is called different exactly where its p-value is at most 5 %."""
    rng = np.random.default_rng(0)
    for estimate, error in zip(rng.normal(0, 0.02, 300), rng.uniform(0.001, 0.01, 300), strict=True):
        evidence = normal_evidence(float(estimate), float(error))
        assert (judge(evidence, 0.01) == "different") == (p_different(evidence, 0.01) <= 0.05)


@pytest.mark.parametrize("distance", [0.1, 1.0, 1.645, 2.5])
def test_p_of_equivalence_is_the_larger_of_two_one_sided_tests(distance):
    """With a normal law it is the tail beyond the distance to the nearer margin, in standard errors."""
    for sign in (-1, 1):
        evidence = normal_evidence(sign * (0.05 - distance * 0.003), 0.003)
        assert p_equivalent(evidence, 0.05) == pytest.approx(norm.sf(distance), rel=1e-6)
    rate = normal_evidence(0.02 - distance * 0.003, 0.003)
    assert p_equivalent(rate, 0.02, "upper") == pytest.approx(norm.sf(distance), rel=1e-6)
    loss = normal_evidence(-0.05 + distance * 0.003, 0.003)
    assert p_equivalent(loss, 0.05, "loss") == pytest.approx(norm.sf(distance), rel=1e-6)
    similarity = normal_evidence(0.75 + distance * 0.02, 0.02)
    assert p_equivalent(similarity, 0.75, "similarity") == pytest.approx(norm.sf(distance), rel=1e-6)


def test_p_of_equivalence_and_verdict_agree():
    """A measure is called equivalent exactly where the p-value of its equivalence is at most 5 %."""
    rng = np.random.default_rng(1)
    for estimate, error in zip(rng.normal(0, 0.01, 300), rng.uniform(0.001, 0.01, 300), strict=True):
        evidence = normal_evidence(float(estimate), float(error))
        assert (judge(evidence, 0.01) == "equivalent") == (p_equivalent(evidence, 0.01) <= 0.05)


def test_n_needed_follows_the_square_of_the_width():
    """The number n (h / | |estimate| - margin |)^2 texts: half the distance needs four times more."""
    assert n_needed(400, 0.0, 0.02, 0.01) == 1600
    assert n_needed(400, -0.005, 0.02, 0.01) == 6400
    assert n_needed(400, 0.85, 0.05, 0.75, "similarity") == 100
    assert n_needed(400, -0.01, 0.02, 0.01, "upper") == 400


def test_n_needed_is_none_where_a_million_texts_would_not_do():
    """An estimate on the margin is settled by no number of texts."""
    assert n_needed(400, 0.01, 0.02, 0.01) is None
    assert n_needed(400, 0.00999, 0.02, 0.01) is None


def test_n_needed_is_never_below_the_texts_that_an_interval_needs():
    """However clear the case, 20 texts are the least."""
    assert n_needed(400, 1.0, 0.001, 0.01) == 20
    assert n_needed(400, 0.01, 0.0, 0.01) == 20


def test_half_width_is_that_of_the_90_percent_interval():
    """Half of what two one-sided tests at 5 % are read from."""
    assert half_width(normal_evidence(0.3, 0.01)) == pytest.approx(0.01 * norm.isf(0.05))
