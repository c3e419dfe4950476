import numpy as np
import pytest

from tests.support.calibration_pairs import simulated_pair
from trust_core.calibration.curve_distance import CurveDistance, curve_distance
from trust_core.domain.measures import ALPHAS, NotMeasured
from trust_core.stats.bootstrap import Resamples
from trust_core.stats.equivalence import judge


def distance(gold, reference, candidate, *, count=300, seed=0, swaps=300) -> CurveDistance:
    """The curve distance of a pair that is large enough."""
    found = curve_distance(
        gold, reference, candidate, resamples=Resamples(n=len(gold), count=count, seed=seed), swaps=swaps
    )
    assert isinstance(found, CurveDistance)
    return found


def slow_distance(gold, reference, candidate, bandwidth):
    """D by a kernel-weighted mean of gaps at each confidence of either model, text by text."""
    n = len(gold)

    def gap(t, model):
        kernel = np.zeros(n)
        for sign in (1, -1):
            for m in range(-2, 3):
                kernel += np.exp(-0.5 * ((t - (sign * model.confidence + 2 * m)) / bandwidth) ** 2)
        kernel /= bandwidth * np.sqrt(2 * np.pi)
        return (kernel * (model.confidence - (model.predicted == gold))).mean() / (kernel.mean() + 1 / n)

    both = np.concatenate([reference.confidence, candidate.confidence])
    return np.mean([abs(gap(t, reference) - gap(t, candidate)) for t in both])


def test_the_distance_is_the_mean_gap_between_the_curves():
    """D by cells and cosines equals the kernel means written out text by text."""
    gold, reference, candidate = simulated_pair(150)
    found = distance(gold, reference, candidate)
    assert found.evidence.estimate == pytest.approx(
        slow_distance(gold, reference, candidate, found.bandwidth), rel=0.01
    )


def test_a_model_is_no_distance_from_itself():
    """A against A has D = 0, a level of 0, a p-value of 1, and an interval that is not empty."""
    gold, reference, _ = simulated_pair(300)
    found = distance(gold, reference, reference)
    assert found.evidence.estimate == 0
    assert found.level.value == 0
    assert found.evidence.null_p == 1
    low, high = found.evidence.interval(0.95)
    assert low == 0 < high
    assert judge(found.evidence, 0.06, "upper") == "equivalent"


def test_exchanging_the_models_changes_nothing():
    """D is symmetric in the two models."""
    gold, reference, candidate = simulated_pair(300)
    there, back = distance(gold, reference, candidate), distance(gold, candidate, reference)
    assert there.evidence.estimate == pytest.approx(back.evidence.estimate, abs=1e-12)
    np.testing.assert_allclose(there.evidence.high, back.evidence.high, atol=1e-12)


def test_a_planted_gap_is_found_and_called_different():
    """A candidate made overconfident has a D beyond its swap level and beyond a margin of .02."""
    gold, reference, candidate = simulated_pair(4000, temperatures=(0.52, 0.25))
    found = distance(gold, reference, candidate)
    assert found.evidence.null_p is not None
    assert found.evidence.null_p < 0.01
    assert found.evidence.estimate > found.level.high
    assert judge(found.evidence, 0.02, "upper") == "different"


def test_models_of_the_same_reliability_stay_at_their_level():
    """Two models that differ by noise alone have p-values spread evenly over (0, 1)."""
    p_values = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        gold, first, second = simulated_pair(200, seed=seed)
        swap = rng.random(200) < 0.5
        mixed = [
            np.where(swap[:, None], a.probabilities, b.probabilities)
            for a, b in ((first, second), (second, first))
        ]
        models = [type(first)(name, first.ids, first.classes, p) for name, p in zip("ab", mixed, strict=True)]
        p_values.append(distance(gold, *models, count=20, seed=seed, swaps=99).evidence.null_p)
    assert np.mean(np.array(p_values) <= 0.05) < 0.15
    assert 0.35 < np.mean(p_values) < 0.65


def test_the_lower_limit_is_zero_where_swaps_do_not_tell_the_models_apart():
    """At error rates below the p-value of the swaps the interval reaches down to 0."""
    gold, reference, candidate = simulated_pair(2500, temperatures=(0.5, 0.42))
    evidence = distance(gold, reference, candidate).evidence
    assert evidence.null_p is not None
    assert ALPHAS[-1] < evidence.null_p < 0.3
    assert (evidence.low[evidence.null_p > ALPHAS] == 0).all()
    assert (evidence.low[evidence.null_p <= ALPHAS] > 0).any()


def test_limits_hold_the_estimate_and_start_at_zero():
    """The limits lie about D at every error rate and never below 0."""
    gold, reference, candidate = simulated_pair(200)
    evidence = distance(gold, reference, candidate).evidence
    assert len(evidence.low) == len(ALPHAS)
    assert (evidence.low >= 0).all()
    assert (evidence.low <= evidence.estimate).all()
    assert (evidence.high >= evidence.estimate).all()


def test_few_texts_are_not_measured():
    """With 19 texts there is a reason instead of a distance."""
    gold, reference, candidate = simulated_pair(19)
    found = curve_distance(gold, reference, candidate, resamples=Resamples(n=19, count=10, seed=0))
    assert isinstance(found, NotMeasured)
