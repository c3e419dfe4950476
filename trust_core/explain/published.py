"""The explainers of the published protocols: unmodified lime and shap over one string a pair.

They inherit the faults that are listed in docs/methods.md on purpose: the separator of the two texts is
part of what is removed. Where the description of the protocol leaves something open, the choice made
here is named with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

import numpy as np

from trust_core.domain.arrays import FloatArray
from trust_core.domain.attributions import PublishedFeatures
from trust_core.domain.texts import TextPair
from trust_core.explain.reference import library_seed
from trust_core.ports import PredictProbabilities

SEEDS = (42, 43, 44)
"""The seeds whose mean and sample variance the protocol reports."""

PublishedProtocol = Literal["published-nli", "published-pi"]
PublishedExplainer = Literal["lime", "shap"]

LIME_SAMPLES: dict[PublishedProtocol, int] = {"published-nli": 1000, "published-pi": 100}
LIME_FEATURES = 20
"""Features that lime keeps; published for NLI, taken over for paraphrases."""

SHAP_EVALUATIONS = 500
"""shap's budget; for permutations, shap's default, raised to one permutation where a text needs more."""

PARAPHRASE = 1
"""The class that the paraphrase protocol explains, whatever the gold class is."""

NLI_SEPARATOR = "[SEP]"
PI_SEPARATOR = "  "


def explain(
    text_id: str,
    pair: TextPair,
    gold: int,
    predict: PredictProbabilities,
    *,
    protocol: PublishedProtocol,
    explainer: PublishedExplainer,
    seed: int,
) -> PublishedFeatures:
    """The features of one text by one explainer of a published protocol.

    Args:
        text_id: the text's id.
        pair: the two texts; a single text is taken as a first text with nothing behind it.
        gold: the gold class, which `published-nli` explains; `published-pi` explains class 1.
        predict: probabilities of pairs, classes in the protocol's order.
        protocol: published-nli or published-pi.
        explainer: lime or shap.
        seed: one of the protocol's seeds.
    """
    joined = join(pair, protocol)
    label = gold if protocol == "published-nli" else PARAPHRASE

    def of_strings(strings: Iterable[str]) -> FloatArray:
        return predict([split(str(string), protocol) for string in strings])

    explained = _lime if explainer == "lime" else _shap
    features, weights = explained(joined, of_strings, label, protocol, seed)
    return PublishedFeatures(
        text_id=text_id, explainer=explainer, seed=seed, features=features, weights=np.array(weights)
    )


def join(pair: TextPair, protocol: PublishedProtocol) -> str:
    """The pair as one string: "p [SEP] h", or for paraphrases the texts with two spaces between."""
    first, second = pair
    if protocol == "published-nli":
        return f"{first} {NLI_SEPARATOR} {second or ''}"
    return f"{first}{PI_SEPARATOR}{second or ''}"


def split(string: str, protocol: PublishedProtocol) -> TextPair:
    """The pair that the protocol's model reads from a string, at the first separator.

    Without a separator an NLI string is one single text; a paraphrase string is a first text with an
    empty second one. A word that lime took out of a paraphrase string leaves two spaces behind: the
    boundary then lies there.
    """
    if protocol == "published-nli":
        first, found, second = string.partition(NLI_SEPARATOR)
        return (first.strip(), second.strip()) if found else (string.strip(), None)
    first, _, second = string.partition(PI_SEPARATOR)
    return first.strip(), second.strip()


_OfStrings = Callable[[Iterable[str]], FloatArray]
_Ranked = tuple[tuple[str, ...], list[float]]


def _lime(joined: str, predict: _OfStrings, label: int, protocol: PublishedProtocol, seed: int) -> _Ranked:
    """The lime package with its own words (split on non-word characters, each distinct string once)."""
    from lime.lime_text import LimeTextExplainer

    explained = LimeTextExplainer(split_expression=r"\W+", bow=True, random_state=seed).explain_instance(
        joined, predict, labels=(label,), num_features=LIME_FEATURES, num_samples=LIME_SAMPLES[protocol]
    )
    listed = explained.as_list(label=label)
    return tuple(str(word) for word, _ in listed), [float(weight) for _, weight in listed]


def _shap(joined: str, predict: _OfStrings, label: int, protocol: PublishedProtocol, seed: int) -> _Ranked:
    """The shap package with its text masker on white space: its tree (NLI) or its permutations."""
    import shap

    masker = shap.maskers.Text(r"\s+")
    with library_seed(seed):
        if protocol == "published-nli":
            explaining, budget = shap.explainers.Partition(predict, masker), SHAP_EVALUATIONS
        else:
            tokens = masker.shape(joined)[1]
            explaining = shap.explainers.Permutation(predict, masker, seed=seed)
            budget = max(SHAP_EVALUATIONS, 2 * tokens + 1)
        found = explaining([joined], max_evals=budget, silent=True)
    values = np.asarray(found.values[0], dtype=np.float64)[:, label]
    return tuple(str(token).strip() for token in found.data[0]), values.tolist()
