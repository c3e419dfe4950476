"""What holds for any predictions of two models."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.support.behaviour_predictions import predictions
from trust_core.behaviour.divergence import js_bits, kl_nats, probability_loyalty
from trust_core.behaviour.summary import answers_findings
from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.measures import Evidence, Exact, Findings, Measured
from trust_core.domain.predictions import Predictions

Drawn = tuple[np.ndarray, np.ndarray, np.ndarray]
Pair = tuple[np.ndarray, Predictions, Predictions]


@st.composite
def probabilities(draw: st.DrawFn, n: int, k: int) -> np.ndarray:
    """Rows that sum to 1, with certain and impossible classes among them."""
    mass = draw(arrays(np.float64, (n, k), elements=st.sampled_from([0.0, 1e-9, 0.1, 0.3, 1.0, 5.0])))
    mass[:, 0] += mass.sum(axis=1) == 0
    return mass / mass.sum(axis=1, keepdims=True)


@st.composite
def pairs(draw: st.DrawFn) -> Drawn:
    """Gold, then probabilities of two models, for 20 to 80 texts of 2 to 4 classes; gold may miss a class."""
    n, k = draw(st.integers(20, 80)), draw(st.integers(2, 4))
    gold = draw(arrays(np.int64, n, elements=st.integers(0, k - 1)))
    return gold, draw(probabilities(n, k)), draw(probabilities(n, k))


def named(drawn: Drawn) -> Pair:
    """The same as predictions; made outside the strategy, since the type checker draws random numbers."""
    return drawn[0], predictions("reference", drawn[1]), predictions("candidate", drawn[2])


def find(pair: Pair) -> Findings:
    """Findings from few resamples."""
    return answers_findings(*pair, resamples=60, seed=1)


@given(pairs())
@settings(max_examples=25)
def test_every_figure_lies_in_the_range_of_the_catalogue(drawn: Drawn) -> None:
    """Values and limits stay in range, differences within the width of the range."""
    for measure in find(named(drawn)).measures:
        entry = CATALOGUE[measure.key]
        assert entry.dimension == "answers"
        low, high = entry.low, entry.high
        if measure.of == "difference" and low is not None and high is not None:
            low, high = low - high, high - low
        if isinstance(measure.figure, Measured):
            assert low is None or low <= measure.figure.low
            assert measure.figure.low <= measure.figure.high
            assert high is None or measure.figure.high <= high
        if isinstance(measure.figure, Measured | Exact):
            assert low is None or low <= measure.figure.value
            assert high is None or measure.figure.value <= high


@given(pairs())
@settings(max_examples=25)
def test_a_model_against_itself_is_at_its_best(drawn: Drawn) -> None:
    """Whatever the model, pair figures take their identity value and differences are 0."""
    gold, model, _ = named(drawn)
    for measure in find((gold, model, model)).measures:
        best = 0.0 if measure.of == "difference" else CATALOGUE[measure.key].identity
        if best is not None and isinstance(measure.figure, Measured | Exact):
            assert abs(measure.figure.value - best) < 1e-12


@given(pairs(), st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_the_order_of_texts_changes_no_value(drawn: Drawn, random: object) -> None:
    """Figures are the same when the texts come in another order.

    Bootstrapped limits follow the order given: all measures share one resampling of it. A run's plan sorts.
    """
    pair = named(drawn)
    gold, reference, candidate = pair
    order = np.random.default_rng(random.randrange(2**32)).permutation(len(gold))  # type: ignore[attr-defined]
    one, other = (
        find(pair),
        find((gold[order], reference.take(order.tolist()), candidate.take(order.tolist()))),
    )
    for first, second in zip(one.measures, other.measures, strict=True):
        assert (first.key, first.of, first.settings) == (second.key, second.of, second.settings)
        assert type(first.figure) is type(second.figure)
        if isinstance(first.figure, Measured | Exact) and isinstance(second.figure, Measured | Exact):
            assert abs(first.figure.value - second.figure.value) < 1e-12
    # Rates are not bootstrapped: their limits know nothing of an order.
    for mine, theirs in zip(one.votes, other.votes, strict=True):
        assert isinstance(mine.evidence, Evidence)
        assert isinstance(theirs.evidence, Evidence)
        np.testing.assert_array_equal(mine.evidence.low, theirs.evidence.low)


@given(pairs())
@settings(max_examples=15)
def test_exchanging_the_models_turns_differences_and_exchanges_flips(drawn: Drawn) -> None:
    """Differences change sign, negative flips become positive ones, and symmetric figures stay."""
    pair = named(drawn)
    gold, reference, candidate = pair
    there = {(m.key, m.of, m.settings.get("statistic")): m.figure for m in find(pair).measures}
    back = {
        (m.key, m.of, m.settings.get("statistic")): m.figure
        for m in find((gold, candidate, reference)).measures
    }

    def value(figures: dict[tuple[str, str, object], object], key: str, of: str = "pair") -> float:
        figure = figures[key, of, None]
        assert isinstance(figure, Measured | Exact)
        return figure.value

    for key in ("accuracy", "macro_f1"):
        assert value(there, key, "difference") == -value(back, key, "difference")
    assert value(there, "negative_flip_rate") == value(back, "positive_flip_rate")
    for key in ("agreement", "churn", "flip_rate", "confidence_shift", "mcnemar_p", "bowker_p"):
        assert value(there, key) == value(back, key)
    assert there["kl_forward", "pair", "p95"] == back["kl_backward", "pair", "p95"]
    assert there["js_divergence", "pair", "mean"] == back["js_divergence", "pair", "mean"]


@given(st.integers(1, 30), st.integers(2, 5), st.data())
def test_divergences_are_bounded_and_vanish_at_equality(n: int, k: int, data: st.DataObject) -> None:
    """KL is finite and at least 0, JS symmetric in [0, 1]; all are best for equal models."""
    p, q = data.draw(probabilities(n, k)), data.draw(probabilities(n, k))
    assert (kl_nats(p, q) >= 0).all()
    assert np.isfinite(kl_nats(p, q)).all()
    np.testing.assert_array_equal(js_bits(p, q), js_bits(q, p))
    assert ((js_bits(p, q) >= 0) & (js_bits(p, q) <= 1)).all()
    assert (kl_nats(p, p) == 0).all()
    assert (js_bits(p, p) == 0).all()
    assert (probability_loyalty(p, p) == 1).all()


@given(pairs())
@settings(max_examples=10)
def test_inputs_are_not_modified(drawn: Drawn) -> None:
    """Gold classes and probabilities are the same arrays with the same values afterwards."""
    pair = named(drawn)
    gold, reference, candidate = pair
    before = gold.copy(), reference.probabilities.copy(), candidate.probabilities.copy()
    find(pair)
    for kept, now in zip(before, (gold, reference.probabilities, candidate.probabilities), strict=True):
        np.testing.assert_array_equal(kept, now)
