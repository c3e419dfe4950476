"""Chance level, rank correlations and cosine against scipy."""

import numpy as np
import pytest
from scipy.spatial.distance import cosine as scipy_cosine
from scipy.stats import hypergeom, kendalltau, spearmanr

from trust_core.alignment.distance import cosine
from trust_core.alignment.overlap import expected_jaccard
from trust_core.alignment.rank import kendall, spearman

pytestmark = pytest.mark.golden


@pytest.mark.parametrize(
    "w, k_a, k_b", [(18, 4, 4), (20, 10, 10), (30, 2, 6), (12, 11, 11), (200, 40, 40), (512, 103, 90)]
)
def test_chance_level_is_the_mean_under_scipys_hypergeometric_law(w: int, k_a: int, k_b: int) -> None:
    """E[J] = sum_i pmf(i) i / (k_a + k_b - i), also for long texts."""
    i = np.arange(0, min(k_a, k_b) + 1)
    expected = np.sum(hypergeom(w, k_a, k_b).pmf(i) * i / (k_a + k_b - i))
    assert expected_jaccard(w, k_a, k_b) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("seed", range(8))
def test_correlations_and_cosine_agree_with_scipy(seed: int) -> None:
    """Spearman and Kendall's tau-b of |weight|, ties included, and the cosine of signed weights."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=15).round(1), rng.normal(size=15).round(1)
    assert spearman(a, b) == pytest.approx(spearmanr(np.abs(a), np.abs(b)).statistic)
    assert kendall(a, b) == pytest.approx(kendalltau(np.abs(a), np.abs(b), variant="b").statistic)
    assert cosine(a, b) == pytest.approx(1 - scipy_cosine(a, b))
