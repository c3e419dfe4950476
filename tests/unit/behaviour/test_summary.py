"""The whole stage on simulated predictions."""

import numpy as np
import pytest

from tests.support.behaviour_predictions import draw_pair, predictions
from trust_core.behaviour.agreement import macro_f1
from trust_core.behaviour.summary import answers_findings
from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.measures import Evidence, Exact, Figure, Findings, Measured, NotMeasured, Of
from trust_core.domain.predictions import Predictions
from trust_core.stats.bootstrap import Resamples
from trust_core.stats.equivalence import judge

NEED_GOLD = {
    "accuracy",
    "negative_flip_rate",
    "positive_flip_rate",
    "flip_rate",
    "macro_f1",
    "error_consistency",
    "mcnemar_p",
}


def find(gold: np.ndarray, reference: Predictions, candidate: Predictions) -> Findings:
    """Findings with ordinary settings."""
    return answers_findings(gold, reference, candidate, resamples=300, seed=7)


def figure(found: Findings, key: str, of: Of = "pair", statistic: str | None = None) -> Figure:
    """The one figure of that name."""
    (only,) = [
        m.figure
        for m in found.measures
        if m.key == key and m.of == of and m.settings.get("statistic") == statistic
    ]
    return only


def measured(found: Findings, key: str, of: Of = "pair", statistic: str | None = None) -> Measured:
    """The one figure of that name, which has an interval."""
    only = figure(found, key, of, statistic)
    assert isinstance(only, Measured)
    return only


def test_rates_are_those_counted_by_hand() -> None:
    """Every rate equals a plain count over the texts."""
    gold, a, b = draw_pair(200, 3, seed=0)
    found = find(gold, a, b)
    x, y = a.predicted, b.predicted
    counts = {
        "agreement": np.mean(x == y),
        "churn": np.mean(x != y),
        "negative_flip_rate": np.mean((x == gold) & (y != gold)),
        "positive_flip_rate": np.mean((x != gold) & (y == gold)),
        "flip_rate": np.mean((x == gold) != (y == gold)),
        "confidence_shift": np.mean(np.abs(a.confidence - b.confidence)),
    }
    for key, expected in counts.items():
        assert measured(found, key).value == pytest.approx(expected)
    for of, model in (("reference", x), ("candidate", y)):
        assert measured(found, "accuracy", of).value == pytest.approx(np.mean(model == gold))  # type: ignore[arg-type]
    difference = measured(found, "accuracy", "difference").value
    assert difference == pytest.approx(counts["positive_flip_rate"] - counts["negative_flip_rate"])


def test_identical_models_show_every_measure_at_its_best() -> None:
    """Control C0: differences 0, kappa 1, pair figures at their identity value, both votes equivalent."""
    gold, a, _ = draw_pair(400, 3, seed=1)
    found = find(gold, a, a)
    for measure in found.measures:
        best = 0.0 if measure.of == "difference" else CATALOGUE[measure.key].identity
        if best is not None:
            assert not isinstance(measure.figure, NotMeasured)
            assert measure.figure.value == best
    accuracy, flips = (vote.evidence for vote in found.votes)
    assert isinstance(accuracy, Evidence)
    assert isinstance(flips, Evidence)
    assert judge(accuracy, 0.01) == "equivalent"
    assert judge(flips, 0.02, "upper") == "equivalent"


def test_shuffled_rows_are_different() -> None:
    """Control C5: the candidate's rows in another order lose their accuracy, and the votes see it."""
    gold, a, b = draw_pair(300, 3, seed=2)
    shuffled = predictions("shuffled", b.probabilities[np.random.default_rng(0).permutation(300)])
    accuracy, flips = (vote.evidence for vote in find(gold, a, shuffled).votes)
    assert isinstance(accuracy, Evidence)
    assert isinstance(flips, Evidence)
    assert judge(accuracy, 0.03) == judge(flips, 0.05, "upper") == "different"


def test_no_interval_has_zero_width_for_lack_of_events() -> None:
    """Not even between identical models that are always right."""
    gold = np.arange(400) % 2
    sure = predictions("sure", np.eye(2)[gold] * 0.98 + 0.01)
    for measure in find(gold, sure, sure).measures:
        if isinstance(measure.figure, Measured):
            assert measure.figure.low < measure.figure.high, measure.key


def test_kappa_is_not_measured_where_no_model_errs() -> None:
    """c_exp = 1 has no kappa, and the figure says what it would take."""
    gold = np.arange(40) % 2
    sure = predictions("sure", np.eye(2)[gold])
    refused = figure(find(gold, sure, sure), "error_consistency")
    assert isinstance(refused, NotMeasured)
    assert "errs" in refused.needs


def test_unlabelled_texts_keep_what_needs_no_gold() -> None:
    """Without gold, votes and right-or-wrong figures are NotMeasured and all others measured."""
    gold, a, b = draw_pair(400, 3, seed=3)
    for labels in (np.full(400, -1), np.where(np.arange(400) == 5, -1, gold)):
        found = find(labels, a, b)
        for measure in found.measures:
            assert isinstance(measure.figure, NotMeasured) == (measure.key in NEED_GOLD), measure.key
        assert [vote.key for vote in found.votes] == ["accuracy", "negative_flip_rate"]
        for vote in found.votes:
            assert isinstance(vote.evidence, NotMeasured)
            assert "label" in vote.evidence.needs


@pytest.mark.parametrize("n", [0, 1, 19])
def test_fewer_than_twenty_texts_are_not_measured(n: int) -> None:
    """No figure and no vote is read from nineteen texts, and the same keys are listed as ever."""
    gold, a, b = draw_pair(60, 3, seed=4)
    few = find(gold[:n], a.take(range(n)), b.take(range(n)))
    full = find(gold, a, b)
    assert [(m.key, m.of) for m in few.measures] == [(m.key, m.of) for m in full.measures]
    assert all(isinstance(m.figure, NotMeasured) for m in few.measures)
    assert all(isinstance(vote.evidence, NotMeasured) for vote in few.votes)


def test_macro_f1_intervals_equal_a_slow_bootstrap() -> None:
    """Limits of macro-F1 and its paired difference are percentiles over the same resamples of texts."""
    gold, a, b = draw_pair(90, 3, seed=5)
    found = find(gold, a, b)
    eye, slow = np.eye(3), []
    for block in Resamples(n=90, count=300, seed=7).counts():
        for row in block:
            drawn = np.repeat(np.arange(90), row.astype(int))
            g, scores = eye[gold[drawn]], []
            for model in (a, b):
                p = eye[model.predicted[drawn]]
                scores.append(macro_f1((g * p).mean(axis=0), p.mean(axis=0), g.mean(axis=0)))
            slow.append(float(scores[1] - scores[0]))
    shown = measured(found, "macro_f1", "difference")
    assert (shown.low, shown.high) == pytest.approx(tuple(np.quantile(slow, [0.025, 0.975])))


def test_far_percentiles_stand_beside_the_mean_divergence() -> None:
    """A few texts that change completely show in the 99th percentile and hardly in the mean."""
    _, a, _ = draw_pair(400, 3, seed=6)
    changed = a.probabilities.copy()
    changed[:8] = np.roll(changed[:8], 1, axis=1)
    found = find(np.full(400, -1), a, predictions("b", changed))
    mean, far = (measured(found, "kl_forward", statistic=name) for name in ("mean", "p99"))
    assert mean.value < 0.05
    assert far.value > 5 * mean.value
    assert measured(found, "js_divergence", statistic="p95").value == 0


def test_clipped_probabilities_are_told() -> None:
    """A note counts the texts whose probabilities were raised before the logarithm."""
    gold, a, b = draw_pair(30, 2, seed=7)
    hard = a.probabilities.copy()
    hard[:3] = [1.0, 0.0]
    (note,) = find(gold, predictions("a", hard), b).notes
    assert "3 texts of the reference and 0 of the candidate" in note
    assert find(gold, a, b).notes == ()


def test_models_of_other_texts_or_classes_are_refused() -> None:
    """Predictions that cannot be paired are an error of the caller and never a low agreement."""
    gold, a, b = draw_pair(30, 3, seed=8)
    with pytest.raises(ValueError, match="cannot be compared"):
        find(gold, a, b.take(range(29, -1, -1)))
    with pytest.raises(ValueError, match="cannot be compared"):
        find(gold[:20], a, b)
    with pytest.raises(ValueError, match="cannot be compared"):
        find(gold, a, draw_pair(30, 2, seed=8)[2])


def test_p_values_are_exact_figures() -> None:
    """Tests have a p-value and no interval."""
    gold, a, b = draw_pair(100, 3, seed=9)
    found = find(gold, a, b)
    for key in ("mcnemar_p", "stuart_maxwell_p", "bowker_p"):
        shown = figure(found, key)
        assert isinstance(shown, Exact)
        assert 0 < shown.value <= 1
