"""What holds for any two explanations, whatever the weights."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.support.alignment_explanations import draw_truths, explain_noisily, explanation
from trust_core.alignment.comparison import TextComparison, compare_text
from trust_core.alignment.overlap import expected_jaccard
from trust_core.alignment.split_half import CrossedHalves, ratio_of_means
from trust_core.alignment.summary import ReasonsFindings, reasons_findings
from trust_core.domain.attributions import Explanation
from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.measures import Exact, Measured
from trust_core.stats.bootstrap import Resamples

# Few distinct values make ties, zeros and near-zeros as likely as they are awkward.
WEIGHTS = st.one_of(st.sampled_from([0.0, 0.5, -0.5, 1.0, -1.0, 1e-7, 1e-12]), st.floats(-1, 1, width=32))


@st.composite
def explanation_pairs(draw: st.DrawFn) -> tuple[Explanation, Explanation]:
    """Two explanations of one text of 2 to 12 words, noise-free or with halves."""
    w = draw(st.integers(2, 12))
    row = arrays(np.float64, w, elements=WEIGHTS)
    pair = []
    for _ in range(2):
        halves = draw(st.none() | st.tuples(row, row))
        pair.append(explanation("t", draw(row) if halves is None else (halves[0] + halves[1]) / 2, halves))
    return pair[0], pair[1]


def compare(reference: Explanation, candidate: Explanation) -> TextComparison | str:
    """The comparison with ordinary settings."""
    return compare_text(reference, candidate, reference_class=0, candidate_class=0, k_fraction=0.4)


def find(reference: list[Explanation], candidate: list[Explanation]) -> ReasonsFindings:
    """The findings with ordinary settings."""
    return reasons_findings(
        reference,
        candidate,
        np.zeros(len(reference), dtype=np.int64),
        explainer="lime",
        k_fraction=0.2,
        k_fixed=None,
        resamples=200,
        seed=0,
    )


@given(explanation_pairs())
def test_every_value_of_a_text_lies_in_the_range_of_the_catalogue(
    pair: tuple[Explanation, Explanation],
) -> None:
    """No weights, however tied or sparse, lead outside a measure's range."""
    row = compare(*pair)
    if isinstance(row, TextComparison):
        for key, value in row.overlaps.items():
            low, high = CATALOGUE[key].low, CATALOGUE[key].high
            assert low is not None
            assert high is not None
            assert low <= value <= high
        for share in (row.cross, row.self_reference, row.self_candidate, row.cross_chance):
            assert 0 <= share <= 1


@given(explanation_pairs())
def test_an_explanation_agrees_fully_with_itself(pair: tuple[Explanation, Explanation]) -> None:
    """Compared with itself every measure takes its identity value, and cross is self-agreement exactly."""
    row = compare(pair[0], pair[0])
    if isinstance(row, TextComparison):
        for key, value in row.overlaps.items():
            best = CATALOGUE[key].identity
            assert best is None or abs(value - best) < 1e-12
        assert row.cross == row.self_reference == row.self_candidate


@given(explanation_pairs())
def test_scale_and_common_sign_change_nothing(pair: tuple[Explanation, Explanation]) -> None:
    """A model twice as steep, or explained for the opposite class as its peer is, has the same agreement."""

    def scaled(one: Explanation, factor: float) -> Explanation:
        rows = [factor * part.weights[:, 0] for part in one.attributions]
        return explanation("t", rows[0], None if one.halves is None else (rows[1], rows[2]))

    row, other = compare(*pair), compare(scaled(pair[0], -2.0), scaled(pair[1], -2.0))
    assert isinstance(row, TextComparison) == isinstance(other, TextComparison)
    if isinstance(row, TextComparison) and isinstance(other, TextComparison):
        assert row.overlaps == other.overlaps
        assert row.cross == other.cross


@given(st.integers(2, 40), st.data())
def test_chance_is_symmetric_and_grows_with_the_sets(w: int, data: st.DataObject) -> None:
    """E[J] does not depend on which set is whose, and a larger equal K has a higher chance level."""
    a, b = data.draw(st.integers(1, w)), data.draw(st.integers(1, w))
    assert abs(expected_jaccard(w, a, b) - expected_jaccard(w, b, a)) < 1e-12
    if a < w:
        assert expected_jaccard(w, a, a) < expected_jaccard(w, a + 1, a + 1)


@given(arrays(np.float64, st.integers(1, 60), elements=st.floats(0.3, 1.0)), st.integers(0, 5))
def test_identical_columns_give_one_in_every_resample(overlaps: np.ndarray, seed: int) -> None:
    """S of a model against itself is 1.0 to the last bit for any overlaps and any seed."""
    halves = CrossedHalves(overlaps, overlaps, overlaps, np.full(len(overlaps), 0.1))
    draws = ratio_of_means(Resamples(n=len(overlaps), count=50, seed=seed).means(halves.contrasts))
    assert (draws == 1.0).all()


def test_the_order_of_texts_changes_no_value() -> None:
    """Figures and curves are the same when the texts come in another order.

    Limits follow the order given: all measures share one resampling of it. A run's plan sorts its texts.
    """
    rng = np.random.default_rng(0)
    truths = draw_truths(30, rng)
    reference = explain_noisily(truths, noise=0.2, rng=rng)
    candidate = explain_noisily(truths, noise=0.3, rng=rng)
    order = rng.permutation(30)
    one = find(reference, candidate)
    other = find([reference[i] for i in order], [candidate[i] for i in order])
    for first, second in zip(one.findings.measures, other.findings.measures, strict=True):
        assert (first.key, first.of, first.settings) == (second.key, second.of, second.settings)
        assert type(first.figure) is type(second.figure)
        if isinstance(first.figure, Measured | Exact) and isinstance(second.figure, Measured | Exact):
            assert abs(first.figure.value - second.figure.value) < 1e-12
    assert [one.text_ids[i] for i in order] == list(other.text_ids)
    np.testing.assert_array_equal(one.adjusted[order], other.adjusted)
    np.testing.assert_allclose(one.curve.jaccard, other.curve.jaccard, atol=1e-12)


def test_exchanging_the_models_exchanges_the_figures() -> None:
    """S and all figures of the pair are symmetric, and each model keeps its own self-agreement."""
    rng = np.random.default_rng(1)
    truths = draw_truths(30, rng)
    reference = explain_noisily(truths, noise=0.2, rng=rng)
    candidate = explain_noisily(truths, noise=0.3, rng=rng)
    there, back = find(reference, candidate).findings.measures, find(candidate, reference).findings.measures
    opposite = {"reference": "candidate", "candidate": "reference", "pair": "pair"}
    values = {(m.key, m.of): m.figure for m in there if m.key != "texts_left_out"}
    for measure in back:
        if measure.key != "texts_left_out":
            expected, shown = values[measure.key, opposite[measure.of]], measure.figure  # type: ignore[index]
            assert isinstance(shown, Measured | Exact)
            assert isinstance(expected, Measured | Exact)
            assert abs(shown.value - expected.value) < 1e-12


def test_every_figure_is_in_the_catalogue_and_in_its_range() -> None:
    """Keys are known, values and limits in range, and the vote's margin is named."""
    rng = np.random.default_rng(2)
    truths = draw_truths(30, rng)
    found = find(explain_noisily(truths, noise=0.2, rng=rng), explain_noisily(truths, noise=0.5, rng=rng))
    for measure in found.findings.measures:
        entry = CATALOGUE[measure.key]
        assert entry.dimension == "reasons"
        assert isinstance(measure.figure, Measured | Exact)
        ends = [measure.figure.value]
        if isinstance(measure.figure, Measured):
            ends += [measure.figure.low, measure.figure.high]
        assert entry.low is None or min(ends) >= entry.low
        assert entry.high is None or max(ends) <= entry.high
    assert [CATALOGUE[vote.key].margin for vote in found.findings.votes] == ["alignment"]
