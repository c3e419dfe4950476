import random
from collections.abc import Sequence

import numpy as np
import pytest

from trust_core.alignment.published import jaccard_of_sets, published_overlap, top_strings
from trust_core.domain.attributions import PublishedFeatures

_WORDS = ["a", "b", "c", "dog", "Dog", "SEP", "[SEP]", "", "park.", "runs", "x", "y", "z", "1", "2", "3"]


def _drawn(explainer: str, seed: int, text: int, model: int) -> PublishedFeatures:
    rng = random.Random(f"{explainer}{seed}{text}{model}")
    words = [rng.choice(_WORDS) for _ in range(rng.randint(0, 25))]
    # Few distinct weights, so that ties and zeros occur.
    weights = [rng.choice([-0.5, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3]) for _ in words]
    return PublishedFeatures(str(text), explainer, seed, tuple(words), np.array(weights, dtype=float))


def _textbook_set(one: PublishedFeatures, protocol: str, gold: int, k: int) -> set[str]:
    """The set, picked one string after the other: the best that is left, the first of equals."""
    left = list(zip(one.features, one.weights.tolist(), strict=True))
    chosen: list[str] = []
    while left and len(chosen) < k:
        if protocol == "published-nli":
            scores = [abs(weight) for _, weight in left]
        else:
            scores = [weight if gold == 1 else -weight for _, weight in left]
        best = scores.index(max(scores))
        word, _ = left.pop(best)
        if protocol == "published-pi" and one.explainer == "lime" and scores[best] <= 0:
            continue
        if word in ("", "[SEP]", "[CLS]", "[PAD]") or word in chosen:
            continue
        chosen.append(word)
    return set(chosen)


def _textbook(
    ours: Sequence[PublishedFeatures],
    theirs: Sequence[PublishedFeatures],
    gold: dict[str, int],
    protocol: str,
    k: int,
) -> tuple[float, float]:
    means = []
    for seed in (42, 43, 44):
        total, count = 0.0, 0
        for one in ours:
            if one.seed != seed:
                continue
            other = next(x for x in theirs if x.seed == seed and x.text_id == one.text_id)
            first = _textbook_set(one, protocol, gold[one.text_id], k)
            second = _textbook_set(other, protocol, gold[one.text_id], k)
            union = [word for word in _WORDS if word in first or word in second]
            both = [word for word in _WORDS if word in first and word in second]
            total += len(both) / len(union) if union else 0
            count += 1
        means.append(total / count)
    mean = sum(means) / 3
    return mean, sum((x - mean) ** 2 for x in means) / 2


@pytest.mark.parametrize("k", [1, 3, 10])
@pytest.mark.parametrize("explainer", ["lime", "shap"])
@pytest.mark.parametrize("protocol", ["published-nli", "published-pi"])
def test_sets_and_overlap_equal_the_textbook(protocol: str, explainer: str, k: int) -> None:
    """Sets, mean and sample variance over seeds are those of the slow definition."""
    ours, theirs = (
        [_drawn(explainer, seed, text, model) for seed in (42, 43, 44) for text in range(30)]
        for model in (0, 1)
    )
    gold = {str(text): text % 2 for text in range(30)}
    for one in ours:
        found = top_strings(one, protocol=protocol, gold=gold[one.text_id], k=k)  # type: ignore[arg-type]
        assert found == _textbook_set(one, protocol, gold[one.text_id], k)
    overlap = published_overlap(ours, theirs[::-1], gold, protocol=protocol, k=k)  # type: ignore[arg-type]
    mean, spread = _textbook(ours, theirs, gold, protocol, k)
    assert overlap.mean == pytest.approx(mean, abs=1e-12)
    assert overlap.variance == pytest.approx(spread, abs=1e-12)
    assert len(overlap.by_text) == 30
    assert overlap.by_text.mean() == pytest.approx(overlap.mean, abs=1e-12)


def test_the_separators_word_enters_and_the_separator_does_not() -> None:
    """The protocol's filter knows "[SEP]", not the "SEP" that lime makes of it."""
    one = PublishedFeatures("t", "lime", 42, ("[SEP]", "SEP", "dog"), np.array([9.0, 8.0, 1.0]))
    assert top_strings(one, protocol="published-nli", gold=0) == {"SEP", "dog"}


def test_two_empty_sets_count_zero() -> None:
    """As published, a text without any string of the gold sign counts 0, and is counted."""
    one = PublishedFeatures("t", "lime", 42, ("dog",), np.array([-1.0]))
    overlap = published_overlap([one], [one], {"t": 1}, protocol="published-pi")
    assert (overlap.mean, overlap.variance, overlap.empty) == (0.0, None, 1)
    assert jaccard_of_sets(frozenset(), frozenset()) == 0.0


def test_models_must_cover_the_same_texts() -> None:
    """Different texts, or none, have no overlap to speak of."""
    one = PublishedFeatures("t", "lime", 42, ("dog",), np.array([1.0]))
    with pytest.raises(ValueError, match="same texts"):
        published_overlap([one], [], {"t": 0}, protocol="published-nli")
    with pytest.raises(ValueError, match="same texts"):
        published_overlap([], [], {}, protocol="published-nli")
