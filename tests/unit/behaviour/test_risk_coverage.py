"""Risk-coverage curves and their area, against plain loops."""

import numpy as np
import pytest

from trust_core.behaviour.risk_coverage import POINTS, area_under_risk_coverage, risk_coverage_curve
from trust_core.behaviour.threshold import Judged
from trust_core.stats.intervals import wilson_interval


def draw(n: int, seed: int, *, decimals: int = 12) -> Judged:
    """Answers of a calibrated model."""
    rng = np.random.default_rng(seed)
    confidence = np.round(0.4 + 0.6 * rng.random(n), decimals)
    return Judged(confidence, rng.random(n) > confidence)


def test_without_ties_the_area_is_the_mean_risk_of_the_most_confident() -> None:
    """AURC averages the error rate among the k most confident answers over k = 1..n."""
    answers = draw(50, 0)
    wrong = answers.wrong[np.argsort(-answers.confidence)]
    expected = np.mean([wrong[:k].mean() for k in range(1, 51)])
    assert area_under_risk_coverage(answers, [np.ones((1, 50))])[0] == pytest.approx(expected)


def test_copies_count_as_texts_of_the_same_confidence() -> None:
    """A resample's area is that of its copies, each at the risk of its own confidence."""
    answers = draw(60, 1, decimals=1)
    counts = np.random.default_rng(2).integers(0, 3, size=(4, 60)).astype(float)
    areas = area_under_risk_coverage(answers, [counts[:1], counts[1:]])
    for row, count in zip(areas, counts, strict=True):
        confidence = np.repeat(answers.confidence, count.astype(int))
        wrong = np.repeat(answers.wrong, count.astype(int))
        expected = np.mean([wrong[confidence >= c].mean() for c in confidence])
        assert row == pytest.approx(expected)


def test_a_model_that_knows_when_it_errs_has_the_smaller_area() -> None:
    """Turning the confidence round makes the area larger; constant confidence gives the error rate."""
    answers = draw(400, 3)
    ones = np.ones((1, 400))
    turned = Judged(1 - answers.confidence, answers.wrong)
    flat = Judged(np.full(400, 0.7), answers.wrong)
    areas = [float(area_under_risk_coverage(one, [ones])[0]) for one in (answers, flat, turned)]
    assert areas == sorted(areas)
    assert areas[1] == pytest.approx(answers.wrong.mean())


@pytest.mark.parametrize("n, decimals", [(45, 12), (300, 1), (5000, 12)])
def test_every_point_counts_the_texts_at_its_threshold(n: int, decimals: int) -> None:
    """n, coverage, risk and Wilson limits of a point are those of the texts at or above its threshold."""
    answers = draw(n, 4, decimals=decimals)
    curve = risk_coverage_curve(answers, of="candidate", candidate="small")
    assert 0 < len(curve.n) <= POINTS
    assert curve.n[0] >= 20
    assert curve.n[-1] == n
    for at, threshold in enumerate(curve.threshold):
        kept = answers.confidence >= threshold
        assert curve.n[at] == kept.sum()
        assert curve.coverage[at] == pytest.approx(kept.mean())
        assert curve.risk[at] == pytest.approx(answers.wrong[kept].mean())
        low, high = wilson_interval(np.array(float(answers.wrong[kept].sum())), np.array(float(kept.sum())))
        assert (curve.low[at], curve.high[at]) == pytest.approx((float(low), float(high)))


def test_too_few_texts_leave_an_empty_curve() -> None:
    """With fewer than 20 texts there is no point."""
    assert risk_coverage_curve(draw(19, 0), of="reference", candidate="small").n == ()
