"""The whole stage on simulated models whose true reasons are known."""

import math

import numpy as np
import pytest

from tests.support.alignment_explanations import draw_truths, explain_noisily, explanation
from trust_core.alignment.overlap import expected_jaccard, jaccard
from trust_core.alignment.ranking import choose_k
from trust_core.alignment.summary import ReasonsFindings, reasons_findings
from trust_core.domain.attributions import Attribution, Explanation
from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.measures import Evidence, Exact, Figure, Measured, NotMeasured
from trust_core.stats.equivalence import judge

N = 40


def find(
    reference: list[Explanation],
    candidate: list[Explanation],
    k_fixed: int | None = None,
    resamples: int = 200,
    places: np.ndarray | None = None,
) -> ReasonsFindings:
    """The findings with ordinary settings."""
    return reasons_findings(
        reference,
        candidate,
        np.zeros(len(reference), dtype=np.int64),
        explainer="lime",
        k_fraction=0.2,
        k_fixed=k_fixed,
        resamples=resamples,
        seed=3,
        settings={"class": "reference-prediction", "scale": "probability"},
        places=places,
    )


def figure(found: ReasonsFindings, key: str, of: str = "pair", **settings: str) -> Figure:
    """The one figure of that name."""
    (only,) = [
        measure.figure
        for measure in found.findings.measures
        if measure.key == key and measure.of == of and settings.items() <= dict(measure.settings).items()
    ]
    return only


def value(found: ReasonsFindings, key: str, of: str = "pair") -> float:
    """The value of a figure that is there."""
    shown = figure(found, key, of)
    assert not isinstance(shown, NotMeasured), shown
    return shown.value


def vote(found: ReasonsFindings) -> Evidence:
    """The evidence of the vote."""
    (only,) = found.findings.votes
    assert (only.key, only.explainer) == ("alignment", "lime")
    assert isinstance(only.evidence, Evidence)
    return only.evidence


def models(
    n: int = N, *, own: float, noise: float = 0.2, seed: int = 0
) -> tuple[list[Explanation], list[Explanation]]:
    """A reference and a candidate whose true weights differ by `own`, each explained with its own noise."""
    rng = np.random.default_rng(seed)
    truths = draw_truths(n, rng)
    others = [truth + own * rng.standard_normal(truth.shape) for truth in truths]
    return explain_noisily(truths, noise=noise, rng=rng), explain_noisily(others, noise=noise, rng=rng)


def test_identical_models_are_exactly_one_and_equivalent() -> None:
    """Control C0: S is Exact(1.0), limits are 1.0, overlaps at their best, the vote equivalent."""
    reference, _ = models(own=0)
    found = find(reference, list(reference))
    assert figure(found, "alignment") == Exact(1.0)
    assert vote(found).estimate == 1.0
    assert (vote(found).low == 1.0).all()
    assert (vote(found).high == 1.0).all()
    assert judge(vote(found), 0.75, "similarity") == "equivalent"
    for measure in found.findings.measures:
        best = CATALOGUE[measure.key].identity
        if best is not None:
            assert not isinstance(measure.figure, NotMeasured)
            assert measure.figure.value == pytest.approx(best, abs=1e-12)
    assert (found.adjusted == 1).all()


def test_the_same_model_under_another_seed_scores_about_one() -> None:
    """Control C1: the same reasons seen through other noise are worth 1, whatever the noise."""
    for noise in (0.1, 0.4):
        reference, again = models(120, own=0, noise=noise)
        found = find(reference, again)
        low, high = vote(found).interval(0.95)
        assert low < 1 < high
        assert value(found, "jaccard") < 0.97
        assert value(found, "self_agreement", "reference") < 0.95


def test_noise_of_the_explainer_does_not_lower_s_as_it_lowers_jaccard() -> None:
    """The same models under eight times the noise lose a tenth of Jaccard, and S does not fall with it."""
    clear = find(*models(120, own=0.3, noise=0.05))
    noisy = find(*models(120, own=0.3, noise=0.4))
    assert value(noisy, "jaccard") < value(clear, "jaccard") - 0.1
    assert vote(noisy).estimate > vote(clear).estimate - 0.05


def test_shared_masks_flatter_and_the_crossed_design_does_not() -> None:
    """On shared masks a near copy would score far above 1; S stays at 1."""
    rng = np.random.default_rng(11)
    reference, candidate = [], []
    for index in range(150):
        truth = rng.standard_t(3, size=18)
        shared = rng.standard_normal((2, 18))
        halves = truth + shared
        reference.append(explanation(f"t{index:03d}", halves.mean(axis=0), (halves[0], halves[1])))
        other = halves + 0.02 * rng.standard_normal((2, 18))
        candidate.append(explanation(f"t{index:03d}", other.mean(axis=0), (other[0], other[1])))
    found = find(reference, candidate, resamples=200)
    chance = expected_jaccard(18, 4, 4)
    root = math.sqrt(
        (value(found, "self_agreement", "reference") - chance)
        * (value(found, "self_agreement", "candidate") - chance)
    )
    naive = (value(found, "jaccard") - chance) / root
    assert naive > 1.2
    assert vote(found).estimate == pytest.approx(1, abs=0.04)


def test_a_planted_candidate_with_other_reasons_is_different() -> None:
    """A candidate that rests on the reference's weakest words is judged different."""
    reference, _ = models(own=0)
    turned = []
    for one in reference:
        flipped = [1 / (0.05 + np.abs(part.weights[:, 0])) for part in one.attributions]
        turned.append(explanation(one.text_id, flipped[0], (flipped[1], flipped[2])))
    found = find(reference, turned)
    assert vote(found).interval(0.95)[1] < 0.1
    assert judge(vote(found), 0.75, "similarity") == "different"


def test_unrelated_reasons_score_zero() -> None:
    """Models whose weights have nothing in common have S = 0 within the interval."""
    rng = np.random.default_rng(2)
    one = explain_noisily(draw_truths(120, rng, lengths=(18, 19)), noise=0.2, rng=rng)
    other = explain_noisily(draw_truths(120, rng, lengths=(18, 19)), noise=0.2, rng=rng)
    low, high = vote(find(one, other)).interval(0.95)
    assert low < 0 < high


def test_s_falls_as_the_candidate_moves_away() -> None:
    """The further the candidate's true weights, the smaller S."""
    scores = [vote(find(*models(120, own=own))).estimate for own in (0.05, 0.5, 2.0)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 0.85
    assert scores[2] < 0.6


def test_the_parts_of_s_are_shown_and_give_it() -> None:
    """S follows from the figures beside it: cross-agreement, both self-agreements and chance."""
    found = find(*models(own=0.3))
    chance = value(found, "chance_jaccard")
    root = math.sqrt(
        (value(found, "self_agreement", "reference") - chance)
        * (value(found, "self_agreement", "candidate") - chance)
    )
    assert vote(found).estimate == pytest.approx((value(found, "cross_agreement") - chance) / root)


def test_a_noise_free_explainer_needs_no_halves() -> None:
    """With complete trees self-agreement is exactly 1, no text unstable, and S the adjusted Jaccard."""
    rng = np.random.default_rng(5)
    truths = draw_truths(60, rng, lengths=(18, 19))
    reference = [explanation(f"t{i}", truth) for i, truth in enumerate(truths)]
    candidate = [explanation(f"t{i}", truth + 0.3 * rng.normal(size=18)) for i, truth in enumerate(truths)]
    found = find(reference, candidate)
    assert (
        figure(found, "self_agreement", "reference")
        == figure(found, "self_agreement", "candidate")
        == Exact(1.0)
    )
    assert figure(found, "unstable_texts", "reference") == Exact(0.0)
    assert vote(found).estimate == pytest.approx(value(found, "jaccard_adjusted"))


def test_texts_left_out_are_counted_and_named() -> None:
    """Short texts and all-zero explanations are left out, counted by reason and told in a note."""
    reference, candidate = models(own=0.1)
    short = [explanation(f"s{i}", np.arange(1.0, 4)) for i in range(3)]
    zero = [explanation("z", np.zeros(12))]
    found = find([*reference, *short, *zero], [*candidate, *short, *zero], k_fixed=5)
    assert figure(found, "texts_left_out", why="short") == Exact(3.0)
    assert figure(found, "texts_left_out", why="all-zero") == Exact(1.0)
    assert found.left_out == {"s0": "short", "s1": "short", "s2": "short", "z": "all-zero"}
    assert len(found.text_ids) == len(found.adjusted) == N
    assert len(found.findings.notes) == 2
    assert "3 of 44" in found.findings.notes[0]


def test_fewer_than_twenty_usable_texts_are_not_measured() -> None:
    """With nineteen texts there is no S and no mean, and nothing is 0 in their place."""
    found = find(*models(19, own=0.1))
    (only,) = found.findings.votes
    assert isinstance(only.evidence, NotMeasured)
    for key in ("alignment", "jaccard", "rbo", "cosine"):
        assert isinstance(figure(found, key), NotMeasured)
    assert found.curve.k.size == 0


def test_no_explained_text_at_all_is_not_measured() -> None:
    """An empty comparison says so for every figure, and counts nothing as left out."""
    found = find([], [])
    assert isinstance(figure(found, "chance_jaccard"), NotMeasured)
    assert isinstance(figure(found, "alignment"), NotMeasured)
    assert figure(found, "texts_left_out", why="short") == Exact(0.0)


def test_explanations_must_come_in_pairs() -> None:
    """A text explained for one model alone is an error of the caller."""
    reference, candidate = models(30, own=0.1)
    with pytest.raises(ValueError, match="shorter"):
        find(reference, candidate[:-1])


def test_settings_name_k_and_keep_what_the_caller_gave() -> None:
    """Every figure carries k as a share or a number, and the caller's class and scale."""
    share, fixed = find(*models(30, own=0.1)), find(*models(30, own=0.1), k_fixed=3)
    assert {measure.settings["k"] for measure in share.findings.measures} == {"0.2w"}
    assert {measure.settings["k"] for measure in fixed.findings.measures} == {3}
    assert {measure.settings["scale"] for measure in share.findings.measures} == {"probability"}
    assert {measure.explainer for measure in share.findings.measures} == {"lime"}


def test_per_text_values_are_those_of_the_texts() -> None:
    """The adjusted overlap of each id is that of its own two explanations."""
    reference, candidate = models(40, own=0.3)
    found = find(reference, candidate)
    by_id = dict(zip(found.text_ids, found.adjusted.tolist(), strict=True))
    for one, other in zip(reference, candidate, strict=True):
        a, b = one.whole.weights[:, 0], other.whole.weights[:, 0]
        k = choose_k(len(a), fraction=0.2)
        observed = jaccard(np.argsort(-np.abs(a)), np.argsort(-np.abs(b)), k)
        chance = expected_jaccard(len(a), k, k)
        assert by_id[one.text_id] == pytest.approx((observed - chance) / (1 - chance))


def test_a_poor_fit_is_noted_and_the_figure_is_the_mean() -> None:
    """LIME that explains 30 % of the candidate says so; the reference's good fit is not mentioned."""
    rng = np.random.default_rng(0)
    truths = draw_truths(30, rng)
    reference = [explanation(f"t{i:02d}", truth, fidelity=0.8) for i, truth in enumerate(truths)]
    candidate = [explanation(f"t{i:02d}", truth, fidelity=0.3) for i, truth in enumerate(truths)]
    found = find(reference, candidate)
    assert value(found, "local_r2", "candidate") == pytest.approx(0.3)
    (note,) = found.findings.notes
    assert "candidate" in note
    assert "0.30" in note


def test_additivity_gap_is_the_largest_of_all_texts() -> None:
    """SHAP's figure is the worst text's gap, sign aside, and an explanation cut short is noted."""
    rng = np.random.default_rng(0)
    explanations = []
    for index, truth in enumerate(draw_truths(30, rng)):
        whole = Attribution(
            text_id=f"t{index}",
            explainer="shap-partition",
            half="all",
            weights=np.stack([truth, -truth], axis=1),
            base=np.zeros(2),
            full=np.ones(2),
            fidelity=np.array([-1e-7 * index, 1.0]),
            fidelity_kind="additivity_gap",
            passes=500,
            complete=index > 1,
        )
        explanations.append(Explanation(whole, None))
    found = find(explanations, list(explanations))
    assert value(found, "additivity_gap", "reference") == pytest.approx(29e-7)
    assert "2 explanations ended at the budget" in found.findings.notes[0]


def test_the_curve_covers_every_k_that_twenty_texts_allow() -> None:
    """The sweep's points equal the findings at that fixed K, with fewer texts as K grows."""
    reference, candidate = models(60, own=0.3)
    curve = find(reference, candidate).curve
    assert curve.k.tolist() == list(range(1, len(curve.k) + 1))
    assert curve.n.min() >= 20
    assert (np.diff(curve.n) <= 0).all()
    assert ((curve.low <= curve.jaccard) & (curve.jaccard <= curve.high)).all()
    for k in (1, 4, len(curve.k)):
        found = find(reference, candidate, k_fixed=k)
        shown = figure(found, "jaccard")
        assert isinstance(shown, Measured)
        assert curve.jaccard[k - 1] == pytest.approx(shown.value)
        assert (curve.low[k - 1], curve.high[k - 1]) == pytest.approx((shown.low, shown.high))
        assert curve.chance[k - 1] == pytest.approx(value(found, "chance_jaccard"))
        assert curve.adjusted[k - 1] == pytest.approx(value(found, "jaccard_adjusted"))
        assert curve.n[k - 1] == shown.n


def test_unstable_texts_are_those_the_halves_cannot_decide() -> None:
    """More noise makes more texts unstable; the share is that of the flags."""
    quiet, loud = find(*models(own=0, noise=0.01)), find(*models(own=0, noise=1.0))
    assert value(quiet, "unstable_texts", "reference") < 0.3 < value(loud, "unstable_texts", "reference")
    assert value(loud, "unstable_texts", "candidate") == pytest.approx(loud.unstable_candidate.mean())


def test_no_interval_has_zero_width() -> None:
    """Not even where models agree in every text: only exact figures have no interval."""
    for found in (find(*models(own=0.0, noise=1e-9)), find(*models(own=0.2))):
        for measure in found.findings.measures:
            if isinstance(measure.figure, Measured) and measure.key != "local_r2":
                assert measure.figure.low < measure.figure.high


def test_a_run_that_may_stop_early_has_limits_that_allow_for_it() -> None:
    """With the random order given, S has the same estimate, wider limits, and says what they are."""
    reference, candidate = models(120, own=0.2)
    fixed = find(reference, candidate)
    order = np.random.default_rng(0).permutation(120)
    found = find(reference, candidate, places=order)
    assert vote(found).estimate == pytest.approx(vote(fixed).estimate)
    (low, high), (any_low, any_high) = vote(fixed).interval(), vote(found).interval()
    assert any_low < low < high < any_high
    marked = {m.key for m in found.findings.measures if m.settings.get("interval") == "confidence sequence"}
    assert marked == {"alignment", "cross_agreement", "self_agreement"}
    assert any("may have stopped" in note for note in found.findings.notes)
    assert not any("may have stopped" in note for note in fixed.findings.notes)


def test_the_random_order_decides_and_not_the_order_of_the_rows() -> None:
    """Rows given in another order, with their places, give the same limits."""
    reference, candidate = models(60, own=0.3)
    order = np.random.default_rng(1).permutation(60)
    rows = np.random.default_rng(2).permutation(60)
    one = find(reference, candidate, places=order)
    other = find([reference[row] for row in rows], [candidate[row] for row in rows], places=order[rows])
    np.testing.assert_array_equal(vote(one).low, vote(other).low)
    np.testing.assert_array_equal(one.halves.cross, other.halves.cross)
