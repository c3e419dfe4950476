"""What a number of texts can settle, and whether the promise is kept."""

import numpy as np
import pytest
from scipy.stats import binom, norm

from trust_core.domain.measures import Evidence
from trust_core.stats.bootstrap import Resamples, mean_evidence
from trust_core.stats.equivalence import judge
from trust_core.stats.intervals import paired_difference_evidence, rate_evidence
from trust_core.stats.planning import Assumed, smallest_margin, texts_needed

DIFFERENCE = Assumed("difference", 0.0, 0.27)
RATE = Assumed("upper", 0.01, 0.0, rate=True)
PAIRED = Assumed("difference", 0.0, 0.27, rate=True)
ONE_SIDED = {
    "upper": Assumed("upper", 0.0, 0.4),
    "similarity": Assumed("similarity", 0.9, 0.25),
    "loss": Assumed("loss", 0.0, 0.28),
}


def error_limit(rate: float, draws: int) -> float:
    """Three standard errors of a simulated rate."""
    return 3 * (rate * (1 - rate) / draws) ** 0.5


@pytest.mark.parametrize(
    "assumed, margin",
    [
        (DIFFERENCE, 0.01),
        (RATE, 0.02),
        (PAIRED, 0.03),
        (ONE_SIDED["upper"], 0.02),
        (ONE_SIDED["similarity"], 0.75),
        (ONE_SIDED["loss"], 0.05),
    ],
)
def test_margin_and_texts_are_two_sides_of_one_thing(assumed: Assumed, margin: float) -> None:
    """The needed texts settle the wished margin, and four times as many halve the way to it."""
    n = texts_needed(assumed, margin)
    assert n is not None
    assert smallest_margin(assumed, n) == pytest.approx(margin, rel=0.005)
    if not assumed.rate:
        near = abs(smallest_margin(assumed, 4 * n) - assumed.truth)
        assert near == pytest.approx(abs(smallest_margin(assumed, n) - assumed.truth) / 2)


def test_a_truth_outside_the_margin_needs_no_number_of_texts() -> None:
    """3.6 % of negative flips never lie below a margin of 2 %, an S of .7 never above a floor of .75."""
    assert texts_needed(Assumed("upper", 0.036, 0.0, rate=True), 0.02) is None
    assert texts_needed(Assumed("similarity", 0.7, 0.2), 0.75) is None
    assert texts_needed(Assumed("loss", -0.06, 0.2), 0.05) is None
    assert texts_needed(DIFFERENCE, 1e-5) is None


def test_more_certainty_takes_more_texts() -> None:
    """80 % are cheaper than 90 %, and a truth off 0 is dearer than none."""
    usual = texts_needed(DIFFERENCE, 0.02)
    assert texts_needed(DIFFERENCE, 0.02, power=0.8) < usual
    assert texts_needed(Assumed("difference", 0.005, 0.27), 0.02) > usual


def test_whole_counts_and_imagined_texts_are_allowed_for() -> None:
    """A rate takes 1 / (m - f) texts more than the normal law says, a difference of paired rates 2 / s^2."""
    assert texts_needed(PAIRED, 0.03) - texts_needed(DIFFERENCE, 0.03) == pytest.approx(2 / 0.27**2, abs=1)
    z, beyond = norm.isf([0.05, 0.1])
    normal = ((z * (0.02 * 0.98) ** 0.5 + beyond * (0.01 * 0.99) ** 0.5) / 0.01) ** 2
    assert texts_needed(RATE, 0.02) == pytest.approx(normal + 100, abs=1)


@pytest.mark.parametrize("truth, margin", [(0.01, 0.02), (0.036, 0.05), (0.005, 0.02), (0.03, 0.04)])
def test_the_planned_n_of_a_rate_keeps_its_promise_exactly(truth: float, margin: float) -> None:
    """By the binomial law itself the assumed rate passes in 90 % of samples, and the margin in 5.5 % at most.

    Counts are whole, so neither rate can be met to the digit.
    """
    n = texts_needed(Assumed("upper", truth, 0.0, rate=True), margin)
    assert n is not None
    passes = [judge(rate_evidence(k, n), margin, "upper") == "equivalent" for k in range(int(margin * n) + 1)]
    most = passes.index(False) - 1
    assert binom.cdf(most, n, truth) >= 0.9
    assert binom.cdf(most, n, margin) <= 0.055


def test_accuracy_at_the_margin_is_hardly_ever_called_equivalent() -> None:
    """At the planned n a difference at the margin passes in at most 5 % of 4,000 samples, none in 90 %."""
    rng = np.random.default_rng(0)
    margin, discordance, draws = 0.03, 0.073, 4000
    n = texts_needed(Assumed("difference", 0.0, discordance**0.5, rate=True), margin)
    assert n is not None
    for truth, wanted, at_least in ((0.0, 0.9, True), (margin, 0.05, False), (-margin, 0.05, False)):
        lost, gained = (discordance - truth) / 2, (discordance + truth) / 2
        counts = rng.multinomial(n, (lost, gained, 1 - discordance), size=draws)
        passed = np.mean(
            [
                judge(paired_difference_evidence(int(row[0]), int(row[1]), n), margin) == "equivalent"
                for row in counts
            ]
        )
        off = error_limit(wanted, draws)
        assert passed >= wanted - off if at_least else passed <= wanted + off


def test_negative_flips_at_the_margin_are_hardly_ever_called_equivalent() -> None:
    """At the planned n a rate at the margin passes in at most 5 % of 4,000 samples, the assumed in 90 %."""
    rng = np.random.default_rng(1)
    margin, draws = 0.02, 4000
    n = texts_needed(RATE, margin)
    assert n is not None
    for truth, wanted, at_least in ((RATE.truth, 0.9, True), (margin, 0.05, False)):
        passed = np.mean(
            [
                judge(rate_evidence(int(events), n), margin, "upper") == "equivalent"
                for events in rng.binomial(n, truth, size=draws)
            ]
        )
        # Counts are whole, so the rate of error moves in steps of its own.
        off = error_limit(wanted, draws) + 0.01
        assert passed >= wanted - off if at_least else passed <= wanted + off


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["difference", "upper", "similarity", "loss"])
def test_bootstrapped_means_keep_both_error_rates(kind: str) -> None:
    """Of 600 samples at the planned n at most 5 % pass at the margin, and at least 90 % as assumed."""
    rng = np.random.default_rng(2)
    margin = {"similarity": 0.75}.get(kind, 0.08)
    assumed = {**ONE_SIDED, "difference": DIFFERENCE}[kind]
    n = texts_needed(assumed, margin)
    assert n is not None
    n = max(n, 100)
    at_margin = {"similarity": 0.75, "loss": -margin}.get(kind, margin)
    for truth, wanted, at_least in ((assumed.truth, 0.9, True), (at_margin, 0.05, False)):
        passed = 0
        for draw in range(600):
            values = truth + assumed.spread * rng.choice([-1.0, 1.0], size=n)
            found = mean_evidence(values, Resamples(n=n, count=400, seed=draw), span=(-2.0, 2.0))
            assert isinstance(found, Evidence)
            passed += judge(found, margin, kind) == "equivalent"
        off = error_limit(wanted, 600)
        assert passed / 600 >= wanted - off if at_least else passed / 600 <= wanted + off
