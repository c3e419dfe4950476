import numpy as np
import pytest

from trust_core.domain.measures import Evidence, NotMeasured
from trust_core.stats.intervals import paired_difference_evidence, rate_evidence, wilson_interval

Z = 1.959963984540054


def test_wilson_solves_its_own_equation():
    """At a limit p the observed rate is exactly z standard errors away: z sqrt(p (1 - p) / n)."""
    low, high = wilson_interval(np.array([3.0, 50.0, 97.0]), np.array([100.0, 100.0, 100.0]))
    rate = np.array([0.03, 0.5, 0.97])
    for limit in (low, high):
        np.testing.assert_allclose(np.abs(rate - limit), Z * np.sqrt(limit * (1 - limit) / 100), rtol=1e-10)


def test_a_rate_without_events_has_a_width():
    """No event in n texts gives [0, z^2 / (n + z^2)]; only events give the mirror image."""
    none, every = rate_evidence(0, 300), rate_evidence(300, 300)
    assert isinstance(none, Evidence)
    assert isinstance(every, Evidence)
    assert none.interval(0.95) == (0.0, pytest.approx(Z**2 / (300 + Z**2)))
    assert every.interval(0.95) == (pytest.approx(300 / (300 + Z**2)), 1.0)


def test_bonett_price_is_the_published_formula():
    """(p21 - p12) +- z sqrt((p12 + p21 - (p21 - p12)^2) / (n + 2)) with one text added to each count."""
    evidence = paired_difference_evidence(lost=12, gained=5, n=200)
    assert isinstance(evidence, Evidence)
    p12, p21 = 13 / 202, 6 / 202
    half = Z * np.sqrt((p12 + p21 - (p21 - p12) ** 2) / 202)
    assert evidence.estimate == pytest.approx(-7 / 200)
    assert evidence.interval(0.95) == (pytest.approx(p21 - p12 - half), pytest.approx(p21 - p12 + half))


def test_models_that_never_differ_have_an_interval_about_zero():
    """Without a lost or gained text the interval is symmetric about 0 and not empty."""
    evidence = paired_difference_evidence(lost=0, gained=0, n=300)
    assert isinstance(evidence, Evidence)
    low, high = evidence.interval(0.90)
    assert low == pytest.approx(-high)
    assert 0.005 < high < 0.01


def test_few_texts_are_not_measured():
    """Rates and paired differences of 19 texts are NotMeasured."""
    assert isinstance(rate_evidence(1, 19), NotMeasured)
    assert isinstance(paired_difference_evidence(1, 2, 19), NotMeasured)
