import dataclasses

import numpy as np
import pytest

from benchmarks.coverage_alignment import COLUMNS, Scenario, simulate, true_alignment
from trust_core.alignment.sequential import sequential_alignment, settled
from trust_core.alignment.split_half import CrossedHalves, ratio_of_means
from trust_core.domain.measures import Evidence, NotMeasured

FLOOR = 0.75
LIKE = Scenario(own=0.1, spread=0.5, noise=(0.4, 0.4))
UNLIKE = Scenario(own=0.8, spread=0.8, noise=(0.4, 0.5))
UNEQUAL = Scenario(own=0.4, spread=0.5, noise=(0.2, 0.8))


def halves(columns: dict[str, np.ndarray], rows: slice | np.ndarray = slice(None)) -> CrossedHalves:
    """Some texts of a population, in that order."""
    return CrossedHalves(**{name: columns[name][rows] for name in COLUMNS})


def drawn(scenario: Scenario, n: int, seed: int = 0) -> CrossedHalves:
    """Texts of two models that are so alike."""
    return halves(
        simulate(scenario, n, np.random.default_rng(seed)), np.random.default_rng(seed).permutation(n)
    )


@pytest.mark.parametrize("scenario, status", [(LIKE, "settled equivalent"), (UNLIKE, "settled different")])
def test_clear_cases_are_settled_within_300_texts(scenario: Scenario, status: str) -> None:
    """Like models are settled as equivalent, unlike ones as different, long before 1,000 texts."""
    found = settled(drawn(scenario, 300), floor=FLOOR)
    assert found.status == status
    assert found.n == 300
    assert found.low < found.high


def test_identical_models_are_settled_as_equivalent() -> None:
    """Where the candidate is the reference, each text's three overlaps are the same and S is 1."""
    columns = simulate(LIKE, 200, np.random.default_rng(4))
    own = columns["self_reference"]
    same = CrossedHalves(own, own, own, columns["chance"])
    found = settled(same, floor=FLOOR)
    assert found.status == "settled equivalent"
    assert found.low <= 1 <= found.high


def test_a_noise_free_explainer_needs_no_halves() -> None:
    """With self-agreements of 1 S is the mean of chance-corrected overlaps over what they can reach."""
    found = sequential_alignment(drawn(dataclasses.replace(LIKE, noise=(0.0, 0.0)), 200))
    assert isinstance(found, Evidence)
    low, high = found.interval()
    assert FLOOR < low < found.estimate < high <= 1


def test_the_estimate_is_the_one_of_a_full_run() -> None:
    """S itself does not depend on how its limits are made."""
    texts = drawn(UNEQUAL, 120)
    found = sequential_alignment(texts)
    assert isinstance(found, Evidence)
    assert found.estimate == ratio_of_means(texts.contrasts.mean(axis=0)[None, :])[0]


def test_more_texts_never_undo_what_was_settled() -> None:
    """Lower limits only rise and upper limits only fall while texts come in."""
    columns = simulate(UNEQUAL, 800, np.random.default_rng(5))
    order = np.random.default_rng(5).permutation(800)
    found = [sequential_alignment(halves(columns, order[:n])) for n in (150, 300, 500, 800)]
    intervals = [one.interval() for one in found if isinstance(one, Evidence)]
    assert len(intervals) == 4
    lows, highs = zip(*intervals, strict=True)
    assert list(lows) == sorted(lows)
    assert list(highs) == sorted(highs, reverse=True)


def test_a_model_that_contradicts_itself_settles_nothing() -> None:
    """While a self-agreement may be at chance S is not measured, and the answer says for which model."""
    rng = np.random.default_rng(6)
    noise = rng.binomial(7, 0.2, size=100) / 7
    texts = CrossedHalves(noise, np.full(100, 0.9), noise, np.full(100, 0.2))
    found = sequential_alignment(texts)
    assert isinstance(found, NotMeasured)
    assert "candidate" in found.reason
    verdict = settled(texts, floor=FLOOR)
    assert (verdict.status, verdict.low, verdict.high) == ("not settled", 0.0, 1.0)


def test_nineteen_texts_settle_nothing() -> None:
    """However alike the models are."""
    ones = np.ones(19)
    assert settled(CrossedHalves(ones, ones, ones, ones / 5), floor=FLOOR).status == "not settled"


@pytest.mark.slow
@pytest.mark.parametrize("scenario", [LIKE, UNEQUAL])
def test_the_true_s_is_inside_at_all_times_in_at_least_95_percent_of_runs(scenario: Scenario) -> None:
    """Of 100 runs, the 95 % limits after all looks exclude the population's S in at most 5 %."""
    columns = simulate(scenario, 50_000, np.random.default_rng(7))
    truth = true_alignment(columns)
    held = 0
    for run in range(100):
        rows = np.random.default_rng(run).integers(0, 50_000, size=200)
        found = sequential_alignment(halves(columns, rows))
        assert isinstance(found, Evidence)
        low, high = found.interval(0.95)
        held += low <= truth <= high
    assert held >= 95


@pytest.mark.slow
def test_a_candidate_on_the_floor_is_hardly_ever_settled() -> None:
    """Where S is the floor itself, at most 5 % of 60 runs settle on either side."""
    columns = simulate(UNEQUAL, 50_000, np.random.default_rng(8))
    truth = true_alignment(columns)
    found = []
    for run in range(60):
        rows = np.random.default_rng(run).integers(0, 50_000, size=200)
        found.append(settled(halves(columns, rows), floor=truth).status)
    assert found.count("settled equivalent") <= 3
    assert found.count("settled different") <= 3
