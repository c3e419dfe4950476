"""A threshold tuned on the reference, against the loops that say what it means."""

import numpy as np
import pytest

from trust_core.behaviour.threshold import (
    FEWEST_ACCEPTED,
    SPLITS,
    STEPS,
    Judged,
    halvings,
    threshold_steps,
    transferred,
    tuned_threshold,
)


def draw(n: int, seed: int, *, ties: int = 40) -> Judged:
    """Answers of a model that errs more where it is less sure, with many equal confidences."""
    rng = np.random.default_rng(seed)
    confidence = 0.4 + 0.6 * rng.integers(0, ties + 1, size=n) / ties
    return Judged(confidence, rng.random(n) > confidence)


def copied(answers: Judged, counts: np.ndarray) -> Judged:
    """The answers with each text as often as it counts."""
    times = counts.astype(int)
    return Judged(np.repeat(answers.confidence, times), np.repeat(answers.wrong, times))


def slowly_tuned(answers: Judged, risk: float | None) -> float | None:
    """The definition, threshold by threshold."""
    asked = answers.wrong.mean() / 2 if risk is None else risk
    found = None
    for threshold in np.unique(answers.confidence)[::-1]:
        kept = answers.confidence >= threshold
        if kept.sum() >= FEWEST_ACCEPTED:
            if answers.wrong[kept].mean() > asked + 1e-9:
                break
            found = float(threshold)
    return found


@pytest.mark.parametrize("risk", [None, 0.1, 0.2, 0.9])
@pytest.mark.parametrize("seed", range(5))
def test_the_threshold_is_the_smallest_that_is_good_from_there_on(seed: int, risk: float | None) -> None:
    """The fast search finds what trying every threshold from the top finds."""
    answers = draw(180, seed)
    assert tuned_threshold(answers, risk=risk) == slowly_tuned(answers, risk)


def test_a_risk_that_no_threshold_reaches_gives_none() -> None:
    """Where even the most confident answers are wrong too often there is no threshold."""
    assert tuned_threshold(Judged(np.linspace(0.5, 1, 200), np.ones(200, dtype=bool)), risk=0.2) is None


def test_too_few_texts_give_no_threshold() -> None:
    """A threshold must accept at least 50 texts."""
    few = FEWEST_ACCEPTED - 1
    assert tuned_threshold(Judged(np.linspace(0.5, 1, few), np.zeros(few, dtype=bool)), risk=0.2) is None


def test_a_reference_without_errors_accepts_everything() -> None:
    """With no error at all the smallest confidence is the threshold."""
    confidence = np.linspace(0.5, 1, 100)
    assert tuned_threshold(Judged(confidence, np.zeros(100, dtype=bool)), risk=None) == 0.5


@pytest.mark.parametrize("risk", [None, 0.15])
def test_resamples_are_tuned_and_tried_half_by_half(risk: float | None) -> None:
    """Every split of every resample equals tuning on the copies in one half and counting in the other."""
    n, seed = 240, 3
    reference, candidate = draw(n, 1), draw(n, 2, ties=61)
    rng = np.random.default_rng(0)
    drawn = [np.bincount(rng.integers(0, n, size=n), minlength=n) for _ in range(3)]
    counts = np.stack([np.ones(n), *drawn])
    found = transferred(reference, candidate, [counts[:2], counts[2:]], risk=risk, seed=seed)
    for row, count in enumerate(counts):
        reached = 0
        for at, first in enumerate(halvings(n, seed=seed)):
            texts, accepted, wrong = 0.0, np.zeros(2), np.zeros(2)
            for tune, test in ((first, ~first), (~first, first)):
                threshold = tuned_threshold(copied(reference, count * tune), risk=risk)
                if threshold is None:
                    continue
                reached += 1
                texts += (count * test).sum()
                for side, model in enumerate((reference, candidate)):
                    kept = count * test * (model.confidence >= threshold)
                    accepted[side] += kept.sum()
                    wrong[side] += (kept * model.wrong).sum()
            assert found.texts[row, at] == texts
            assert np.array_equal(found.accepted[row, at], accepted)
            assert np.array_equal(found.wrong[row, at], wrong)
        assert found.reached[row] == pytest.approx(reached / (2 * SPLITS))
        assert found.threshold[row] == tuned_threshold(copied(reference, count), risk=risk)


def test_risk_and_coverage_are_means_over_the_splits() -> None:
    """Each is a mean of ratios, over the splits in which both models accept a text."""
    n = 300
    found = transferred(draw(n, 5), draw(n, 6), [np.ones((1, n))], risk=0.15, seed=0)
    assert found.risk[0] == pytest.approx((found.wrong[0] / found.accepted[0]).mean(axis=0))
    assert found.coverage[0] == pytest.approx((found.accepted[0] / found.texts[0][:, None]).mean(axis=0))


def test_a_candidate_that_is_never_sure_has_no_risk() -> None:
    """Where nothing is accepted the risk is undefined, and coverage is 0."""
    n = 300
    unsure = Judged(np.full(n, 0.35), np.zeros(n, dtype=bool))
    found = transferred(draw(n, 5), unsure, [np.ones((1, n))], risk=0.15, seed=0)
    assert np.isnan(found.risk).all()
    assert found.coverage[0, 1] == 0


def test_a_risk_out_of_reach_tests_nothing() -> None:
    """No half is tuned, so none is tested."""
    n = 300
    found = transferred(draw(n, 5), draw(n, 6), [np.ones((1, n))], risk=1e-6, seed=0)
    assert found.reached[0] == 0
    assert np.isnan(found.threshold[0])
    assert not found.texts.any()


def test_halves_are_halves() -> None:
    """Each halving puts half of the texts on either side, and no two of them are the same."""
    first = halvings(101, seed=0)
    assert first.shape == (SPLITS, 101)
    assert (first.sum(axis=1) == 50).all()
    assert len(np.unique(first, axis=0)) == SPLITS
    assert np.array_equal(first, halvings(101, seed=0))


def test_many_confidences_are_tried_at_quantiles() -> None:
    """At most `STEPS` thresholds are tried, from the smallest confidence to the largest."""
    confidence = np.random.default_rng(0).random(5000)
    steps = threshold_steps(confidence)
    assert len(steps) == STEPS
    assert (steps[0], steps[-1]) == (confidence.min(), confidence.max())
    assert np.isin(steps, confidence).all()
    assert np.array_equal(threshold_steps(np.array([0.5, 0.9, 0.5])), [0.5, 0.9])
