"""Columns for pairs of words take noise from LIME's weights and leave what they estimate alone."""

import numpy as np
import pytest

from trust_core.domain.arrays import FloatArray
from trust_core.explain.lime_sampling import draw_independent, draw_stratified, stratum_weights
from trust_core.explain.lime_text import fit
from trust_core.explain.shap_text import all_masks
from trust_core.explain.word_pairs import LARGEST_COUNTS, MOST_WORDS, pair_columns

W, S = 10, 300


def _model(keep: np.ndarray) -> FloatArray:
    """Two outputs with strong pairs and a triple."""
    stays = keep.astype(float)
    effects = np.array([1.5, -1.0, 0.8, 0.5, -0.4, 0.3, 0.2, 0.1, 0.0, 0.0])
    logit = stays @ effects - 2 * stays[:, 0] * stays[:, 1] + 1.5 * stays[:, 2] * stays[:, 3] * stays[:, 4]
    p = 1 / (1 + np.exp(-logit))
    return np.stack([p, 1 - p], axis=1)


def _target(samples: int) -> FloatArray:
    """The weights that infinitely many draws give with the ridge of so many."""
    keep = all_masks(W)
    removed = (~keep).sum(axis=1)
    total, there = stratum_weights(W, samples), np.bincount(removed)
    return fit(keep, _model(keep), (total / there)[removed]).weights


def _errors(draw, *, pairs: bool, seeds: int) -> FloatArray:  # type: ignore[no-untyped-def]
    target = _target(S)
    errors = []
    for seed in range(seeds):
        sample = draw(W, S, rng=np.random.default_rng(seed))
        found = fit(sample.keep, _model(sample.keep), sample.weights, pairs_of=S if pairs else None)
        errors.append(found.weights - target)
    return np.array(errors)


@pytest.mark.parametrize("samples", [30, 1000])
def test_columns_are_uncorrelated_with_every_word_over_all_masks(samples: int) -> None:
    """Over all masks, as LIME weights them, a column sums to 0, and so does its product with any word."""
    keep = all_masks(W)
    removed = (~keep).sum(axis=1)
    weights = (stratum_weights(W, samples) / np.bincount(removed))[removed]
    columns = pair_columns(keep, np.random.default_rng(0).random((W, 2)), samples)
    assert columns.shape == (2**W, W * (W - 1) // 2)
    np.testing.assert_allclose(weights @ columns, 0, atol=1e-8 * weights.sum())
    np.testing.assert_allclose((keep.T * weights) @ columns, 0, atol=1e-8 * weights.sum())


def test_with_all_masks_the_weights_are_those_without_columns() -> None:
    """Where nothing is left to luck, the columns change no weight, base or fit."""
    keep = all_masks(W)
    removed = (~keep).sum(axis=1)
    weights = (stratum_weights(W, S) / np.bincount(removed))[removed]
    plain, paired = fit(keep, _model(keep), weights), fit(keep, _model(keep), weights, pairs_of=S)
    np.testing.assert_allclose(paired.weights, plain.weights, atol=1e-10)
    np.testing.assert_allclose(paired.intercept, plain.intercept, atol=1e-10)
    np.testing.assert_allclose(paired.r2, plain.r2, atol=1e-10)


def test_stratified_draws_with_columns_hit_the_same_target_with_less_noise() -> None:
    """The mean over 150 seeds is the target within its own error, at less than half of lime's variance."""
    old = _errors(draw_independent, pairs=False, seeds=150)
    new = _errors(draw_stratified, pairs=True, seeds=150)
    assert np.square(new).mean() < 0.5 * np.square(old).mean()
    bias = np.abs(new.mean(axis=0))
    assert bias.max() < 0.15 * np.sqrt(np.square(old).mean())


def test_long_texts_pair_the_words_with_the_largest_weights() -> None:
    """The number of columns does not grow beyond those of 24 words."""
    sample = draw_stratified(60, 200, rng=np.random.default_rng(0))
    weights = np.zeros((60, 1))
    weights[5:40, 0] = 1
    columns = pair_columns(sample.keep, weights, 200)
    assert columns.shape == (200, MOST_WORDS * (MOST_WORDS - 1) // 2)


@pytest.mark.parametrize("w", [0, 1, 2, 5])
def test_no_columns_for_hardly_any_words_or_no_weight(w: int) -> None:
    """Two words and no weights need none."""
    keep = np.ones((4, w), dtype=np.bool_)
    assert pair_columns(keep, np.zeros((w, 3)), 20).shape == (4, 0)


def test_columns_of_long_texts_go_on_from_those_of_shorter_ones() -> None:
    """Where a float cannot count the masks any more, the columns go on from those of one word less."""
    drawn = np.random.default_rng(0)
    weights = drawn.random((LARGEST_COUNTS, 2))
    weights[MOST_WORDS:] = 0
    keep = drawn.random((5, LARGEST_COUNTS)) < 0.5
    shorter, longer = (
        pair_columns(
            np.concatenate([keep, np.ones((5, more), dtype=np.bool_)], axis=1),
            np.concatenate([weights, np.zeros((more, 2))]),
            500,
        )
        for more in (0, 1)
    )
    np.testing.assert_allclose(longer, shorter, atol=2e-3)
    assert np.ptp(shorter) > 0.5
    much_longer = pair_columns(np.ones((5, 3000), dtype=np.bool_), drawn.random((3000, 2)), 500)
    assert np.isfinite(much_longer).all()
