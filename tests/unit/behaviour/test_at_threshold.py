"""What a given threshold lets through, counted by hand."""

import numpy as np
import pytest

from trust_core.behaviour.at_threshold import at_threshold
from trust_core.behaviour.threshold import Judged
from trust_core.domain.measures import Figure, Measured, NotMeasured
from trust_core.stats.bootstrap import Resamples
from trust_core.stats.intervals import wilson_interval


def draw(n: int, seed: int) -> Judged:
    """Answers of a calibrated model."""
    rng = np.random.default_rng(seed)
    confidence = rng.uniform(0.4, 1.0, size=n)
    return Judged(confidence, rng.random(n) > confidence)


def find(a: Judged, b: Judged, threshold: float) -> dict[tuple[str, str], Figure]:
    """The figures by key and whom they describe."""
    found = at_threshold(a, b, threshold, resamples=Resamples(n=len(a.wrong), count=300, seed=0))
    assert {one.settings["threshold"] for one in found} == {threshold}
    return {(one.key, one.of): one.figure for one in found}


def test_rates_are_those_of_the_accepted_texts() -> None:
    """Coverage counts all texts, risk the accepted ones, both with Wilson's interval and their own n."""
    a, b = draw(200, 0), draw(200, 1)
    found = find(a, b, 0.7)
    for of, model in (("reference", a), ("candidate", b)):
        kept = model.confidence >= 0.7
        for key, events, n in (
            ("coverage", kept.sum(), 200),
            ("risk", (kept & model.wrong).sum(), kept.sum()),
        ):
            only = found[key, of]
            assert isinstance(only, Measured)
            low, high = wilson_interval(np.array(float(events)), np.array(float(n)))
            assert (only.value, only.n) == (pytest.approx(events / n), n)
            assert (only.low, only.high) == pytest.approx((float(low), float(high)))


def test_differences_are_paired() -> None:
    """Differences are candidate less reference; of a model and itself they are 0 with an interval."""
    a, b = draw(200, 0), draw(200, 1)
    found, same = find(a, b, 0.7), find(a, a, 0.7)
    for key in ("coverage", "risk"):
        first, second, change = (found[key, of] for of in ("reference", "candidate", "difference"))
        assert isinstance(first, Measured)
        assert isinstance(second, Measured)
        assert isinstance(change, Measured)
        assert change.value == pytest.approx(second.value - first.value)
        assert change.low < change.value < change.high
        zero = same[key, "difference"]
        assert isinstance(zero, Measured)
        assert (zero.value, zero.low < 0 < zero.high) == (0, True)


def test_what_no_accepted_text_showed_counts_among_the_accepted() -> None:
    """Without an error among 40 accepted of 4,000 texts, the change of risk is as sure as 40 make it."""
    confidence = np.concatenate([np.full(40, 0.9), np.full(3960, 0.6)])
    model = Judged(confidence, confidence < 0.7)
    change = find(model, model, 0.8)["risk", "difference"]
    assert isinstance(change, Measured)
    unseen = float(wilson_interval(np.array(0.0), np.array(40.0))[1])
    assert (change.value, change.low, change.high) == pytest.approx((0.0, -unseen, unseen))
    assert change.n == 4000


def test_a_threshold_that_hardly_any_answer_reaches_has_no_risk() -> None:
    """With fewer than 20 accepted texts the coverage is measured and the risk says why it is not."""
    found = find(draw(200, 0), draw(200, 1), 0.99)
    assert isinstance(found["coverage", "candidate"], Measured)
    why = found["risk", "candidate"]
    assert isinstance(why, NotMeasured)
    assert "of 200 texts are accepted" in why.reason
    assert isinstance(found["risk", "difference"], NotMeasured)
