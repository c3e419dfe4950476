"""Figures of the answers against scikit-learn, statsmodels and scipy."""

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy
from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score
from statsmodels.stats.contingency_tables import SquareTable
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar
from statsmodels.stats.proportion import proportion_confint

from tests.support.behaviour_predictions import draw_pair
from trust_core.behaviour.divergence import js_bits, kl_nats
from trust_core.behaviour.summary import answers_findings
from trust_core.domain.measures import Findings, Measured, NotMeasured

pytestmark = pytest.mark.golden


def shown(found: Findings, key: str, of: str = "pair") -> float:
    """The first value of that name."""
    figure = next(m.figure for m in found.measures if m.key == key and m.of == of)
    assert not isinstance(figure, NotMeasured)
    return figure.value


@pytest.mark.parametrize("seed, k", [(0, 2), (1, 3), (2, 5)])
def test_figures_of_right_and_wrong(seed: int, k: int) -> None:
    """Accuracy, macro-F1 and kappa are scikit-learn's; Wilson's interval and McNemar's p are statsmodels'."""
    gold, reference, candidate = draw_pair(160, k, seed=seed)
    found = answers_findings(gold, reference, candidate, resamples=200, seed=0)
    right = []
    for of, model in (("reference", reference), ("candidate", candidate)):
        assert shown(found, "accuracy", of) == pytest.approx(accuracy_score(gold, model.predicted))
        assert shown(found, "macro_f1", of) == pytest.approx(f1_score(gold, model.predicted, average="macro"))
        right.append(model.predicted == gold)
    a, b = right
    assert shown(found, "error_consistency") == pytest.approx(cohen_kappa_score(a, b))
    table = np.array([[np.sum(a & b), np.sum(a & ~b)], [np.sum(~a & b), np.sum(~a & ~b)]])
    assert shown(found, "mcnemar_p") == pytest.approx(statsmodels_mcnemar(table, exact=True).pvalue)
    negative = next(m.figure for m in found.measures if m.key == "negative_flip_rate")
    assert isinstance(negative, Measured)
    assert (negative.low, negative.high) == pytest.approx(
        proportion_confint(int(table[0, 1]), len(gold), method="wilson")
    )


@pytest.mark.parametrize("seed, k", [(0, 2), (1, 3), (2, 4)])
def test_tests_of_class_shares_and_symmetry(seed: int, k: int) -> None:
    """Stuart-Maxwell and Bowker of the two models' predicted classes are statsmodels'."""
    gold, reference, candidate = draw_pair(160, k, seed=seed)
    found = answers_findings(gold, reference, candidate, resamples=200, seed=0)
    counts = np.zeros((k, k))
    np.add.at(counts, (reference.predicted, candidate.predicted), 1)
    table = SquareTable(counts, shift_zeros=False)
    assert shown(found, "stuart_maxwell_p") == pytest.approx(table.homogeneity().pvalue)
    assert shown(found, "bowker_p") == pytest.approx(table.symmetry().pvalue)


def test_divergences_of_every_text() -> None:
    """KL in nats is scipy's entropy, and JS in bits the square of scipy's distance."""
    _, reference, candidate = draw_pair(50, 3, seed=4)
    p, q = reference.probabilities, candidate.probabilities
    assert p.min() > 1e-7
    np.testing.assert_allclose(kl_nats(p, q), entropy(p, q, axis=1), atol=1e-12)
    np.testing.assert_allclose(js_bits(p, q), jensenshannon(p, q, base=2, axis=1) ** 2, atol=1e-12)
    certain, other = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])
    assert js_bits(certain, other)[0] == 1.0
