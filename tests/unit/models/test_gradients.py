"""Integrated gradients of tiny models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.support.models_checkpoints import make_checkpoint
from trust_core.domain.texts import SegmentedText
from trust_core.errors import DeviceFull
from trust_core.models.classifier import TorchClassifier
from trust_core.models.device import Device
from trust_core.models.gradients import integrated_gradients, without_gradients
from trust_core.models.inspection import InspectedModel, inspect_model
from trust_core.models.loader import load_model
from trust_core.models.policy import Policy
from trust_core.perturb.words import segment

CPU = Device("cpu", "CPU", None)
TYPED = Policy(origin="typed")
TEXT = segment("t", ("A man is riding a horse.", "Nobody is outdoors!"))


def classifier_of(model: InspectedModel, order: tuple[int, ...] | None = None) -> TorchClassifier:
    """The model as torch computes it."""
    found = load_model(model, device=CPU, order=order).classifier
    assert isinstance(found, TorchClassifier)
    return found


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> InspectedModel:
    """A small BERT."""
    return inspect_model(str(make_checkpoint(tmp_path_factory.mktemp("bert"))), policy=TYPED)


def probabilities(classifier: TorchClassifier, text: SegmentedText) -> np.ndarray:
    """What the model says of the text."""
    (one,) = classifier.encode([text.pair])
    logits = classifier.logits(np.array([one.ids]), np.array([one.types]) if one.types else None)
    powers = np.exp(logits - logits.max())
    return (powers / powers.sum())[0]


@pytest.mark.slow
@pytest.mark.parametrize("family", ["bert", "distilbert", "roberta", "deberta-v2", "gpt2"])
def test_weights_of_words_add_up_in_each_family(family: str, tmp_path: Path) -> None:
    """The words' weights sum to the change from the baseline to the text, which is the model's answer."""
    classifier = classifier_of(inspect_model(str(make_checkpoint(tmp_path, family)), policy=TYPED))
    with torch.no_grad():
        for weights in classifier.module.parameters():
            # As it comes, the random network is too rough for a sum over steps.
            weights.mul_(0.6)
    found = integrated_gradients(classifier, TEXT, scale="probability", steps=800)
    assert found.weights.shape == (len(TEXT), 3)
    assert found.full == pytest.approx(probabilities(classifier, TEXT), abs=1e-5)
    assert found.weights.sum(axis=0) == pytest.approx(found.full - found.base, abs=1e-2)
    assert found.weights.sum(axis=1) == pytest.approx(np.zeros(len(TEXT)), abs=1e-4)
    assert np.abs(found.weights).max() > 1e-3


@pytest.mark.slow
@pytest.mark.parametrize("family", ["bert", "distilbert", "roberta", "deberta-v2", "gpt2"])
def test_a_network_that_answers_gives_the_same_gradients(family: str, tmp_path: Path) -> None:
    """Answers and gradients may come from one copy of a model: neither is another for it."""
    inspected = inspect_model(str(make_checkpoint(tmp_path, family)), policy=TYPED)
    apart, shared = classifier_of(inspected), classifier_of(inspected)
    expected = integrated_gradients(apart, TEXT, scale="probability", steps=8).weights
    answered = probabilities(shared, TEXT)
    found = integrated_gradients(shared, TEXT, scale="probability", steps=8).weights
    assert found == pytest.approx(expected, abs=1e-7)
    assert probabilities(shared, TEXT) == pytest.approx(answered, abs=1e-7)


def test_it_is_the_integral_along_the_straight_path(bert: InspectedModel) -> None:
    """A slow sum of gradients over the midpoints of the path gives the same weights."""
    classifier = classifier_of(bert)
    text = segment("t", ("Two dogs run", None))
    found = integrated_gradients(classifier, text, scale="probability", steps=200)
    (one,) = classifier.encode([text.pair])
    ids = torch.tensor([one.ids])
    masked = ids.clone()
    masked[0, 1:-1] = classifier.tokenizer.plain.token_to_id("[MASK]") or 4
    embedding = classifier.module.get_input_embeddings()
    start, end = embedding(masked).detach(), embedding(ids).detach()
    total = torch.zeros_like(end)
    points = 600
    for at in range(points):
        place = (start + (at + 0.5) / points * (end - start)).requires_grad_(True)
        types = torch.tensor([one.types]) if one.types else None
        logits = classifier.module(inputs_embeds=place, token_type_ids=types).logits
        (gradient,) = torch.autograd.grad(torch.softmax(logits, dim=-1)[0, 1], place)
        total += gradient / points
    by_token = ((end - start) * total).sum(dim=-1)[0].numpy()
    assert by_token[1:-1].sum() == pytest.approx(found.weights[:, 1].sum(), abs=1e-3)
    assert found.weights[0, 1] == pytest.approx(by_token[1 : 1 + _pieces(classifier, "Two")].sum(), abs=1e-3)


def _pieces(classifier: TorchClassifier, word: str) -> int:
    return len(classifier.tokenizer.plain.encode(word, add_special_tokens=False).ids)


def test_classes_follow_the_canonical_order(bert: InspectedModel) -> None:
    """With other columns the same weights stand in other columns; twice is the same bit for bit."""
    first = integrated_gradients(classifier_of(bert), TEXT, scale="probability", steps=16)
    again = integrated_gradients(classifier_of(bert), TEXT, scale="probability", steps=16)
    turned = integrated_gradients(classifier_of(bert, (2, 0, 1)), TEXT, scale="probability", steps=16)
    assert np.array_equal(first.weights, again.weights)
    assert turned.weights == pytest.approx(first.weights[:, [2, 0, 1]], abs=1e-6)
    assert turned.base == pytest.approx(first.base[[2, 0, 1]], abs=1e-6)


def test_log_odds_add_up_as_well(bert: InspectedModel) -> None:
    """On the scale of log-odds the weights sum to their change."""
    classifier = classifier_of(bert)
    found = integrated_gradients(classifier, TEXT, scale="logit", steps=300)
    p = probabilities(classifier, TEXT)
    assert found.full == pytest.approx(np.log(p) - np.log1p(-p), abs=1e-3)
    assert found.weights.sum(axis=0) == pytest.approx(found.full - found.base, abs=5e-2)


def _full_above(most: int, monkeypatch: pytest.MonkeyPatch, classifier: TorchClassifier) -> list[int]:
    """Memory is full above so many points at once; how many were asked for, pass by pass."""
    forward, asked = classifier.module.forward, []

    def limited(*, inputs_embeds: torch.Tensor, **more: Any) -> Any:
        asked.append(len(inputs_embeds))
        if len(inputs_embeds) > most:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return forward(inputs_embeds=inputs_embeds, **more)

    monkeypatch.setattr(classifier.module, "forward", limited)
    return asked


def test_points_are_halved_until_they_fit(bert: InspectedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """With less memory fewer points are computed at once, and the weights are the same."""
    classifier = classifier_of(bert)
    expected = integrated_gradients(classifier, TEXT, scale="probability", steps=16)
    asked = _full_above(5, monkeypatch, classifier)
    found = integrated_gradients(classifier, TEXT, scale="probability", steps=16)
    np.testing.assert_allclose(found.weights, expected.weights, atol=1e-6)
    # The text and its baseline; halved for the first class; the other classes know what fits.
    assert asked == [1, 1, 16, 8, *[4] * 12]


def test_a_text_that_does_not_fit_is_said(bert: InspectedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where not even one point fits, the error says what to do; other errors pass through."""
    classifier = classifier_of(bert)
    _full_above(0, monkeypatch, classifier)
    with pytest.raises(DeviceFull, match="does not fit into the free memory"):
        integrated_gradients(classifier, TEXT, scale="probability", steps=4)

    def strange(**_: object) -> None:
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(classifier.module, "forward", strange)
    with pytest.raises(RuntimeError, match="shapes do not match"):
        integrated_gradients(classifier, TEXT, scale="probability", steps=4)


def test_a_text_without_words_has_no_weights(bert: InspectedModel) -> None:
    """Nothing is masked, so base and full are the same."""
    found = integrated_gradients(
        classifier_of(bert), segment("t", ("...", None)), scale="probability", steps=8
    )
    assert found.weights.shape == (0, 3)
    assert found.base == pytest.approx(found.full)


def test_models_without_gradients_are_known(bert: InspectedModel) -> None:
    """int8 layers have none; a pruned model has."""
    assert without_gradients(bert) == ""
    assert "int8" in without_gradients(inspect_model("ref:int8", policy=TYPED, base=bert))
    assert without_gradients(inspect_model("ref:prune=0.5", policy=TYPED, base=bert)) == ""
