"""The alignment of a candidate beside that of the twin, on the same texts."""

import numpy as np
import pytest

from trust_core.alignment.beside_twin import alignment_beside_twin
from trust_core.alignment.split_half import Budgets, CrossedHalves, assess_alignment, ratio_of_means
from trust_core.domain.measures import Evidence, NotMeasured

BUDGETS = Budgets(1000, 1000)


def halves(m: int, *, cross: float, seed: int, hard: np.ndarray | None = None) -> CrossedHalves:
    """Texts whose agreement scatters around a mean; `hard` moves single texts, the same for every model."""
    rng = np.random.default_rng(seed)
    moved = np.zeros(m) if hard is None else hard
    noise = rng.normal(0, 0.05, (3, m))
    return CrossedHalves(
        cross=np.clip(cross + moved + noise[0], 0, 1),
        self_reference=np.clip(0.9 + moved + noise[1], 0, 1),
        self_candidate=np.clip(0.9 + moved + noise[2], 0, 1),
        chance=np.full(m, 0.15),
    )


def ids(m: int) -> list[str]:
    """Ids of m texts."""
    return [f"t{at}" for at in range(m)]


def test_it_is_the_difference_of_the_two_alignments():
    """On the same texts the estimate is S of the candidate less S of the twin."""
    ours, theirs = halves(60, cross=0.7, seed=1), halves(60, cross=0.8, seed=2)
    found = alignment_beside_twin(ours, ids(60), theirs, ids(60), resamples=400, seed=0)
    assert isinstance(found, Evidence)
    single = [
        assess_alignment(one, resamples=400, seed=0, budgets=BUDGETS).estimate for one in (ours, theirs)
    ]
    assert found.estimate == pytest.approx(single[0] - single[1])
    assert found.n == 60
    low, high = found.interval(0.9)
    assert low < found.estimate < high < 0


def test_only_texts_of_both_count():
    """Texts that one side lacks are left out, whatever their order."""
    ours, theirs = halves(60, cross=0.7, seed=1), halves(60, cross=0.8, seed=2)
    back = np.arange(59, 19, -1)
    some = CrossedHalves(
        *(getattr(theirs, name)[back] for name in ("cross", "self_reference", "self_candidate", "chance"))
    )
    found = alignment_beside_twin(ours, ids(60), some, [f"t{at}" for at in back], resamples=400, seed=0)
    assert isinstance(found, Evidence)
    shared = slice(20, 60)
    means = [one.contrasts[shared].mean(axis=0)[None] for one in (ours, theirs)]
    assert found.n == 40
    assert found.estimate == pytest.approx(float(ratio_of_means(means[0])[0] - ratio_of_means(means[1])[0]))


def test_what_makes_a_text_hard_for_both_is_taken_out():
    """Where candidate and twin find the same texts hard, the paired interval is narrower than two apart."""
    hard = np.random.default_rng(3).normal(0, 0.12, 80)
    ours, theirs = halves(80, cross=0.6, seed=1, hard=hard), halves(80, cross=0.6, seed=2, hard=hard)
    found = alignment_beside_twin(ours, ids(80), theirs, ids(80), resamples=1000, seed=0)
    apart = [assess_alignment(one, resamples=1000, seed=0, budgets=BUDGETS) for one in (ours, theirs)]
    widths = [np.subtract(*one.interval(0.9)[::-1]) for one in (found, *apart)]
    assert widths[0] < np.hypot(widths[1], widths[2])


def test_a_candidate_that_says_what_the_twin_says_is_level_with_it():
    """Equal halves give exactly 0, with limits of 0."""
    same = halves(40, cross=0.7, seed=1)
    found = alignment_beside_twin(same, ids(40), same, ids(40), resamples=400, seed=0)
    assert isinstance(found, Evidence)
    assert (found.estimate, *found.interval(0.9)) == (0.0, 0.0, 0.0)


def test_few_texts_in_common_are_not_enough():
    """With 19 texts in common nothing is measured, and the report says what it takes."""
    ours = halves(60, cross=0.7, seed=1)
    found = alignment_beside_twin(
        ours, ids(60), halves(19, cross=0.8, seed=2), ids(19), resamples=400, seed=0
    )
    assert isinstance(found, NotMeasured)
    assert "19 explained texts in common" in found.reason


def test_noise_is_not_measured():
    """Explanations that do not agree with themselves have no alignment, so neither has the difference."""
    rng = np.random.default_rng(0)
    noise = CrossedHalves(*(rng.uniform(0, 0.3, 40) for _ in range(3)), np.full(40, 0.15))
    found = alignment_beside_twin(
        halves(40, cross=0.7, seed=1), ids(40), noise, ids(40), resamples=400, seed=0
    )
    assert isinstance(found, NotMeasured)
    assert "agree with themselves" in found.reason


@pytest.mark.slow
def test_its_interval_covers():
    """Of 400 samples of 60 texts, the 90 % interval holds the true difference in 85 to 95 %."""
    truth = None
    covered = 0
    for draw in range(401):
        m = 40_000 if draw == 0 else 60
        hard = np.random.default_rng(1000 + draw).normal(0, 0.06, m)
        ours = halves(m, cross=0.62, seed=2 * draw, hard=hard)
        theirs = halves(m, cross=0.70, seed=2 * draw + 1, hard=hard)
        if truth is None:
            one, two = (half.contrasts.mean(axis=0)[None] for half in (ours, theirs))
            truth = float(ratio_of_means(one)[0] - ratio_of_means(two)[0])
            continue
        found = alignment_beside_twin(ours, ids(m), theirs, ids(m), resamples=500, seed=draw)
        low, high = found.interval(0.9)
        covered += low <= truth <= high
    assert 0.85 <= covered / 400 <= 0.95
