import re

import numpy as np
import pytest

from tests.support.inference_fakes import BagOfWords
from trust_core.domain.texts import TextPair
from trust_core.explain.published import explain, join, split
from trust_core.inference.engine import Engine

_PAIR = ("A dog runs in the park.", "The dog sleeps.")


class _Seen:
    """The engine, remembering the pairs that it was shown."""

    def __init__(self, **settings) -> None:  # type: ignore[no-untyped-def]
        self.engine = Engine(BagOfWords(**settings))
        self.pairs: list[TextPair] = []

    def __call__(self, pairs):  # type: ignore[no-untyped-def]
        self.pairs += pairs
        return self.engine.probabilities(pairs)


def test_a_string_is_split_where_the_protocol_finds_a_separator() -> None:
    """The first separator is the boundary; without one the pair collapses."""
    assert split(join(_PAIR, "published-nli"), "published-nli") == _PAIR
    assert split(join(_PAIR, "published-pi"), "published-pi") == _PAIR
    assert split("A dog [] The dog", "published-nli") == ("A dog [] The dog", None)
    assert split("A  runs  The dog", "published-pi") == ("A", "runs  The dog")
    assert split("A dog The dog", "published-pi") == ("A dog The dog", "")


def test_lime_removes_the_separator_as_published() -> None:
    """In published-nli "SEP" is a feature, and where it is removed the model sees one single text."""
    seen = _Seen(planted={("dog", 0): 2.0, ("dog", 1): 2.0})
    found = explain("t", _PAIR, 0, seen, protocol="published-nli", explainer="lime", seed=42)
    assert "SEP" in found.features
    assert found.features[0] == "dog"
    assert found.features.count("dog") == 1
    collapsed = sum(second is None for _, second in seen.pairs)
    assert 0.4 < collapsed / len(seen.pairs) < 0.65
    assert len(seen.pairs) == 1000


def test_a_removed_word_moves_the_boundary_of_a_paraphrase_pair() -> None:
    """In published-pi the two spaces that a removed word leaves are taken for the boundary."""
    seen = _Seen(classes=("not_paraphrase", "paraphrase"))
    explain("t", _PAIR, 0, seen, protocol="published-pi", explainer="lime", seed=42)
    assert len(seen.pairs) == 100
    assert any("The dog" in (second or "") and "park" in (second or "") for _, second in seen.pairs)


@pytest.mark.slow
def test_shaps_masker_collapses_a_paraphrase_pair() -> None:
    """In published-pi shap's masked texts have no double space, so the second text is always empty."""
    seen = _Seen(classes=("not_paraphrase", "paraphrase"))
    found = explain("t", _PAIR, 0, seen, protocol="published-pi", explainer="shap", seed=42)
    assert found.features == tuple(re.split(r"\s+", join(_PAIR, "published-pi")))
    assert {second for _, second in seen.pairs} == {""}


@pytest.mark.slow
def test_shap_takes_whitespace_tokens_of_the_nli_string() -> None:
    """In published-nli shap's features are the white-space tokens, separator and repeats included."""
    found = explain("t", _PAIR, 1, _Seen(), protocol="published-nli", explainer="shap", seed=42)
    assert found.features == tuple(join(_PAIR, "published-nli").split())
    assert found.weights.shape == (len(found.features),)


@pytest.mark.parametrize("explainer", ["lime", pytest.param("shap", marks=pytest.mark.slow)])
@pytest.mark.parametrize("protocol", ["published-nli", "published-pi"])
def test_a_seed_repeats_and_leaves_the_global_generator_alone(protocol: str, explainer: str) -> None:
    """The same seed gives the same features, and numpy's global generator goes on as if nothing was drawn."""
    np.random.seed(11)  # noqa: NPY002
    expected = np.random.random()  # noqa: NPY002
    np.random.seed(11)  # noqa: NPY002
    settings = {"protocol": protocol, "explainer": explainer, "seed": 43}
    first, second = (explain("t", _PAIR, 1, _Seen(), **settings) for _ in range(2))  # type: ignore[arg-type]
    assert np.random.random() == expected  # noqa: NPY002
    assert first.features == second.features
    np.testing.assert_array_equal(first.weights, second.weights)


def test_a_single_text_is_taken_as_a_first_text() -> None:
    """A text without a second one goes through the protocol with nothing behind the separator."""
    assert join(("A dog.", None), "published-nli") == "A dog. [SEP] "
    assert split(join(("A dog.", None), "published-pi"), "published-pi") == ("A dog.", "")
