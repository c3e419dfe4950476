from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.calibration_pairs import predictions
from trust_core.calibration.summary import reliability_findings
from trust_core.domain.catalogue.reliability import RELIABILITY
from trust_core.domain.measures import Measured

pytestmark = pytest.mark.slow

ENTRIES = {entry.key: entry for entry in RELIABILITY}


cases = st.tuples(
    st.integers(20, 40), st.integers(2, 4), st.booleans(), st.booleans(), st.integers(0, 2**32 - 1)
)
"""Texts, classes, whether each model's probabilities are coarse, and a seed."""


def build(case):
    """Gold and two models: smooth, or coarse with ties, certainties and impossible answers."""
    n, k, *coarse, seed = case
    rng = np.random.default_rng(seed)
    models = []
    for name, rough in zip("ab", coarse, strict=True):
        weights = (rng.integers(0, 3, (n, k)) if rough else rng.gamma(0.3, size=(n, k))) + 1e-300
        shares = weights / weights.sum(axis=1, keepdims=True)
        models.append(predictions(shares, model=name, classes=tuple("wxyz"[:k])))
    return rng.integers(0, k, n), *models


def findings(gold, reference, candidate):
    """Findings with few bins and resamples."""
    return reliability_findings(gold, reference, candidate, bins=5, resamples=30, seed=0)


@settings(max_examples=15)
@given(cases)
def test_every_figure_stays_in_its_range(case):
    """Whatever the probabilities, figures and limits lie in their range, and no interval is empty."""
    for measure in findings(*build(case)).measures:
        entry, figure = ENTRIES[measure.key], measure.figure
        assert isinstance(figure, Measured)
        low = -np.inf if entry.low is None else entry.low
        high = np.inf if entry.high is None else entry.high
        if measure.of == "difference":
            low, high = low - high, high - low
        assert low - 1e-9 <= figure.value <= high + 1e-9
        assert low <= figure.low
        assert figure.high <= high
        if not measure.key.endswith("_level"):
            assert figure.low < figure.high


@settings(max_examples=10)
@given(cases)
def test_exchanging_the_models_turns_every_difference(case):
    """Reference and candidate exchanged: their figures trade places, differences change sign, D stays."""
    gold, reference, candidate = build(case)
    there, back = findings(gold, reference, candidate), findings(gold, candidate, reference)
    for one, other in zip(there.measures, back.measures, strict=True):
        if one.of in ("difference", "pair") and not one.key.endswith("_level"):
            sign = -1 if one.of == "difference" else 1
            assert one.figure.value == pytest.approx(sign * other.figure.value, abs=1e-9)


@settings(max_examples=10)
@given(cases, st.integers(0, 2**32 - 1))
def test_the_order_of_texts_changes_no_estimate(case, seed):
    """Shuffled texts give the same estimates within 1e-9."""
    gold, reference, candidate = build(case)
    rows = np.random.default_rng(seed).permutation(len(gold)).tolist()
    there = findings(gold, reference, candidate)
    shuffled = findings(gold[rows], reference.take(rows), candidate.take(rows))
    for one, other in zip(there.measures, shuffled.measures, strict=True):
        if not one.key.endswith("_level"):
            assert one.figure.value == pytest.approx(other.figure.value, abs=1e-9)


@settings(max_examples=10)
@given(cases)
def test_inputs_are_left_as_they_were(case):
    """Measuring writes to neither gold nor predictions."""
    gold, reference, candidate = build(case)
    kept = gold.copy(), reference.probabilities.copy(), candidate.probabilities.copy()
    findings(gold, reference, replace(candidate, logits=None))
    assert (gold == kept[0]).all()
    assert (reference.probabilities == kept[1]).all()
    assert (candidate.probabilities == kept[2]).all()
