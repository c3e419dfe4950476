import math

import numpy as np
import pytest
import scipy.stats

from trust_core.alignment.split_half import Budgets, CrossedHalves, assess_alignment, ratio_of_means
from trust_core.domain.measures import ALPHAS, Evidence, NotMeasured
from trust_core.stats.bootstrap import Resamples
from trust_core.stats.equivalence import judge

BUDGETS = Budgets(reference=1000, candidate=1000)


def assess(halves: CrossedHalves, *, resamples: int = 400, seed: int = 0) -> Evidence | NotMeasured:
    """S with an ordinary budget."""
    return assess_alignment(halves, resamples=resamples, seed=seed, budgets=BUDGETS)


def columns(
    n: int, rng: np.random.Generator, *, cross: float, reference: float, candidate: float
) -> CrossedHalves:
    """Per-text overlaps out of 7 around these means, with a chance level of .15."""

    def around(mean: float) -> np.ndarray:
        return rng.binomial(7, mean, size=n) / 7

    return CrossedHalves(around(cross), around(reference), around(candidate), np.full(n, 0.15))


def test_s_is_the_formula_of_the_methods() -> None:
    """(M_AB - C) / sqrt((M_AA - C)(M_BB - C)) of the four means, on numbers worked by hand."""
    halves = CrossedHalves(
        np.array([0.4, 0.6]), np.array([0.8, 0.6]), np.array([0.5, 0.7]), np.array([0.1, 0.3])
    )
    expected = (0.5 - 0.2) / math.sqrt((0.7 - 0.2) * (0.6 - 0.2))
    assert ratio_of_means(halves.contrasts.mean(axis=0)[None, :])[0] == pytest.approx(expected)


def test_s_is_a_ratio_of_means_and_not_a_mean_of_ratios() -> None:
    """A text whose own self-agreement is at chance does not blow S up."""
    rng = np.random.default_rng(0)
    halves = columns(200, rng, cross=0.5, reference=0.6, candidate=0.6)
    evidence = assess(halves)
    assert isinstance(evidence, Evidence)
    assert (halves.self_reference <= halves.chance).any()
    assert 0.6 < evidence.estimate < 0.95


def test_the_limits_equal_slow_ones() -> None:
    """Limits are the widest of percentiles, t jackknife errors, and the BCa bootstrap."""
    n = 60
    halves = columns(n, np.random.default_rng(1), cross=0.5, reference=0.7, candidate=0.6)
    evidence = assess(halves, resamples=300, seed=5)
    assert isinstance(evidence, Evidence)

    def s_of(rows: np.ndarray) -> float:
        m_ab, m_aa, m_bb, c = (
            float(column[rows].mean())
            for column in (halves.cross, halves.self_reference, halves.self_candidate, halves.chance)
        )
        return (m_ab - c) / math.sqrt((m_aa - c) * (m_bb - c))

    counts = (row for block in Resamples(n=n, count=300, seed=5).counts() for row in block)
    slow = [s_of(np.repeat(np.arange(n), row.astype(int))) for row in counts]
    without = [s_of(np.delete(np.arange(n), left_out)) for left_out in range(n)]
    apart = [sum(without) / n - one for one in without]
    squares, cubes = sum(one**2 for one in apart), sum(one**3 for one in apart)
    bias = scipy.stats.norm.ppf(sum(one < evidence.estimate for one in slow) / len(slow))
    skew = cubes / (6 * squares**1.5)
    for at, alpha in enumerate(ALPHAS.tolist()):
        t = scipy.stats.t.ppf(1 - alpha, n - 1)
        limits = []
        for sign in (-1, 1):
            moved = bias + sign * t * math.sqrt(n / (n - 1))
            level = scipy.stats.norm.cdf(bias + moved / (1 - skew * moved))
            reach = sign * t * math.sqrt((n - 1) / n * squares)
            tail = alpha if sign < 0 else 1 - alpha
            limits.append((np.quantile(slow, tail), evidence.estimate + reach, np.quantile(slow, level)))
        assert evidence.low[at] == pytest.approx(min(limits[0]), abs=1e-12)
        assert evidence.high[at] == pytest.approx(max(limits[1]), abs=1e-12)


def test_texts_that_are_all_alike_have_limits_of_the_unseen() -> None:
    """Where every text shows the same difference nothing spreads: the limits allow for texts not seen."""
    n = 40
    halves = CrossedHalves(np.full(n, 0.5), np.full(n, 0.75), np.full(n, 0.75), np.full(n, 0.25))
    evidence = assess(halves)
    assert isinstance(evidence, Evidence)
    low, high = evidence.interval(0.95)
    share = 1.959964**2 / (n + 1.959964**2)
    assert evidence.estimate == 0.5
    assert low == pytest.approx(0.5 - share * (0.5 + 0.25 / 0.5))
    assert high == pytest.approx(0.5 + share * (0.75 / 0.5 - 0.5))


@pytest.mark.parametrize("seed", range(5))
def test_identical_models_are_one_to_the_last_bit_in_every_resample(seed: int) -> None:
    """Whatever the overlaps, equal columns give S = 1.0 exactly in the estimate and in each resample."""
    rng = np.random.default_rng(seed)
    overlaps, chance = rng.uniform(0.4, 1.0, size=83), rng.uniform(0.05, 0.3, size=83)
    halves = CrossedHalves(overlaps, overlaps, overlaps, chance, identical=True)
    draws = ratio_of_means(Resamples(n=83, count=500, seed=seed).means(halves.contrasts))
    assert len(draws) == 500
    assert (draws == 1.0).all()
    evidence = assess(halves, seed=seed)
    assert isinstance(evidence, Evidence)
    assert evidence.estimate == 1.0
    assert (evidence.low == 1.0).all()
    assert (evidence.high == 1.0).all()
    assert judge(evidence, 0.75, "similarity") == "equivalent"


def test_equal_sets_of_models_that_differ_leave_room_for_texts_not_seen() -> None:
    """Where the models differ but no text shows it, the limit allows z^2 / (n + z^2) of unlike texts."""
    n = 40
    halves = CrossedHalves(np.ones(n), np.ones(n), np.ones(n), np.full(n, 0.2), identical=False)
    evidence = assess(halves)
    assert isinstance(evidence, Evidence)
    low, high = evidence.interval(0.95)
    share = 1.959964**2 / (n + 1.959964**2)
    assert evidence.estimate == high == 1
    assert low == pytest.approx((1 - share - 0.2) / (1 - 0.2))


def test_few_texts_that_differ_a_little_leave_room_for_texts_not_seen() -> None:
    """Three of 24 texts with a slight difference give no sharp S; four begin to tell their own spread."""
    lows = []
    for differing in (3, 4):
        cross, own = np.full(24, 0.7), np.full(24, 0.7)
        cross[:differing] += 0.01
        evidence = assess(CrossedHalves(cross, own, own, np.full(24, 0.2)))
        assert isinstance(evidence, Evidence)
        lows.append(evidence.interval(0.9)[0])
    share = 1.6448536**2 / (24 + 1.6448536**2)
    assert lows[0] < 1 - share
    assert lows[1] > 0.99


def test_a_noisy_model_is_not_measured_and_the_samples_that_would_do_are_named() -> None:
    """Near chance S would be a ratio of noise: it says which model, and the samples that would do."""
    halves = columns(60, np.random.default_rng(2), cross=0.25, reference=0.7, candidate=0.26)
    outcome = assess(halves)
    assert isinstance(outcome, NotMeasured)
    assert "candidate" in outcome.reason
    assert "samples a text instead of 1000" in outcome.needs
    samples = int(outcome.needs.split("about ")[1].split(" ")[0])
    assert 1000 < samples < 20_000


def test_more_texts_help_where_the_limit_alone_is_too_low() -> None:
    """A self-agreement clearly above .1 whose limit is below it needs texts, and says how many."""
    halves = columns(24, np.random.default_rng(3), cross=0.26, reference=0.27, candidate=0.9)
    outcome = assess(halves)
    assert isinstance(outcome, NotMeasured)
    assert "reference" in outcome.reason
    texts = int(outcome.needs.split("or about ")[1].split(" ")[0])
    assert texts > 24


def test_self_agreement_below_chance_has_no_affordable_budget() -> None:
    """Where halves agree less than random sets, no multiple of the samples is promised."""
    halves = columns(60, np.random.default_rng(4), cross=0.1, reference=0.1, candidate=0.1)
    outcome = assess(halves)
    assert isinstance(outcome, NotMeasured)
    assert "another explainer" in outcome.needs


def test_a_k_near_all_words_asks_for_a_smaller_k() -> None:
    """When chance is .95 even perfect self-agreement is not .1 above it."""
    halves = CrossedHalves(np.ones(30), np.ones(30), np.ones(30), np.full(30, 0.95))
    outcome = assess(halves)
    assert isinstance(outcome, NotMeasured)
    assert "smaller K" in outcome.needs


@pytest.mark.parametrize("n", [0, 1, 19])
def test_fewer_than_twenty_texts_are_not_measured(n: int) -> None:
    """Nineteen texts give no S; the answer names the twenty that would."""
    halves = CrossedHalves(np.ones(n), np.ones(n), np.ones(n), np.full(n, 0.2))
    outcome = assess(halves)
    assert isinstance(outcome, NotMeasured)
    assert "20" in outcome.needs


@pytest.mark.slow
def test_the_interval_holds_the_true_s_in_at_least_93_percent_of_samples() -> None:
    """Coverage over 300 samples of 300 texts from a population whose S is known."""
    from benchmarks.coverage_alignment import measure

    row = measure("student", 300, draws=300, resamples=400, size=50_000)
    assert row["not_measured"] == 0
    assert row["coverage"] >= 0.93  # type: ignore[operator]
