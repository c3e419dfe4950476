import math

import numpy as np
import pytest

from trust_core.explain.lime_sampling import closeness, draw_independent, draw_stratified, stratum_weights


def _removed(keep: np.ndarray) -> np.ndarray:
    return (~keep).sum(axis=1)


def test_independent_draws_remove_a_uniform_number_of_words() -> None:
    """The first mask keeps all words; the others remove 1..w words equally often, each word equally often."""
    w, s = 8, 40_001
    keep = draw_independent(w, s, rng=np.random.default_rng(0)).keep
    assert keep[0].all()
    removed = _removed(keep[1:])
    shares = np.bincount(removed, minlength=w + 1)[1:] / (s - 1)
    assert (removed == 0).sum() == 0
    np.testing.assert_allclose(shares, 1 / w, atol=0.01)
    np.testing.assert_allclose((~keep[1:]).mean(axis=0), (w + 1) / (2 * w), atol=0.01)


def test_closeness_is_limes_kernel() -> None:
    """sqrt(exp(-d^2 / 25^2)) of d = 100 (1 - cos): 1 for the full text, hardly anything for the empty one."""
    found = closeness(np.array([16.0, 4.0, 0.0]), 16)
    np.testing.assert_allclose(found, [1, math.exp(-(50**2) / 25**2 / 2), math.exp(-(100**2) / 25**2 / 2)])


@pytest.mark.parametrize("w", [1, 3, 7, 12, 20, 37, 70])
@pytest.mark.parametrize("s", [10, 62, 500])
def test_stratified_masks_are_different_and_no_more_than_asked_for(w: int, s: int) -> None:
    """The full text comes first; no mask comes twice; all masks come where there are fewer than s."""
    keep = draw_stratified(w, s, rng=np.random.default_rng(w)).keep
    assert keep[0].all()
    assert len(np.unique(keep, axis=0)) == len(keep)
    assert len(keep) == min(s, 2**w)


@pytest.mark.parametrize("w", [5, 14, 30])
@pytest.mark.parametrize("s", [40, 400])
def test_stratified_weights_are_those_of_independent_draws(w: int, s: int) -> None:
    """For every number of removed words, the mean total weight is that of independent draws."""
    totals = {
        draw: np.mean(
            [
                np.bincount(_removed(sample.keep), weights=sample.weights, minlength=w + 1)
                for sample in (draw(w, s, rng=np.random.default_rng(seed)) for seed in range(400))
            ],
            axis=0,
        )
        for draw in (draw_independent, draw_stratified)
    }
    expected = stratum_weights(w, s)
    np.testing.assert_allclose(totals[draw_independent], expected, atol=0.1 * math.sqrt(s))
    np.testing.assert_allclose(totals[draw_stratified], expected, atol=0.005 * expected.sum())


def test_stratified_masks_of_one_size_have_any_words() -> None:
    """Among masks that remove as many words, each word is removed equally often and counts the same."""
    w = 9
    removed, count = np.zeros(w), 0
    for seed in range(2000):
        sample = draw_stratified(w, 40, rng=np.random.default_rng(seed))
        rows = _removed(sample.keep) == 5
        assert len(np.unique(sample.weights[rows])) <= 1
        removed += (~sample.keep[rows]).sum(axis=0)
        count += int(rows.sum())
    np.testing.assert_allclose(removed / count, 5 / w, atol=0.02)


def test_a_text_without_words_has_one_mask() -> None:
    """There is nothing to remove."""
    sample = draw_stratified(0, 50, rng=np.random.default_rng(0))
    assert sample.keep.shape == (1, 0)
    np.testing.assert_array_equal(sample.weights, [1])


@pytest.mark.parametrize("w", [1029, 1030, 3000])
def test_texts_of_any_length_have_samples(w: int) -> None:
    """Where a float cannot count the masks of a text any more, all that are asked for come, each once."""
    sample = draw_stratified(w, 62, rng=np.random.default_rng(w))
    assert sample.keep.shape == (62, w)
    assert len(np.unique(sample.keep, axis=0)) == 62
    assert np.isfinite(sample.weights).all()
    assert sample.weights.sum() == pytest.approx(stratum_weights(w, 62).sum(), rel=0.2)
