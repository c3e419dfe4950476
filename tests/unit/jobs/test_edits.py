"""Answers of the warm process between processes."""

import json

import numpy as np

from trust_core.domain.attributions import Attribution, Explanation, Half
from trust_core.jobs.edits import (
    Answers,
    Edited,
    answers_from_wire,
    answers_to_wire,
    edited_from_wire,
    edited_to_wire,
)
from trust_core.perturb.words import segment


def explanation(half_count: int) -> Explanation:
    """An explanation of three words and two classes."""

    def one(half: Half) -> Attribution:
        return Attribution(
            text_id="edited",
            explainer="lime",
            half=half,
            weights=np.arange(6.0).reshape(3, 2) / 7,
            base=np.array([0.25, 0.75]),
            full=np.array([0.1, 0.9]),
            fidelity=np.array([0.5, 0.6]),
            fidelity_kind="local_r2",
            passes=100,
            complete=False,
        )

    return Explanation(one("all"), (one("h1"), one("h2")) if half_count else None)


def test_an_edited_text_arrives_as_it_was() -> None:
    """Words, probabilities, weights and halves are the same after JSON, to the last bit."""
    both = (explanation(2), explanation(0))
    sent = Edited(
        text=segment("edited", ("<b>A</b> man", "sings")),
        classes=("no", "yes"),
        models=("a", "b"),
        probabilities=(np.array([0.1, 0.9]), np.array([1 / 3, 2 / 3])),
        explanations={"lime": both},
    )
    got = edited_from_wire(json.loads(json.dumps(edited_to_wire(sent))))
    assert got.text == sent.text
    assert (got.classes, got.models) == (sent.classes, sent.models)
    assert all(np.array_equal(a, b) for a, b in zip(got.probabilities, sent.probabilities, strict=True))
    for ours, theirs in zip(got.explanations["lime"], both, strict=True):
        assert len(ours.attributions) == len(theirs.attributions)
        for a, b in zip(ours.attributions, theirs.attributions, strict=True):
            assert (a.half, a.explainer, a.passes, a.complete) == (b.half, b.explainer, b.passes, b.complete)
            assert np.array_equal(a.weights, b.weights)
            assert np.array_equal(a.base, b.base)
            assert np.array_equal(a.fidelity, b.fidelity)


def test_answers_arrive_as_they_were() -> None:
    """Probabilities of n texts, none included."""
    for n in (0, 3):
        sent = Answers(("no", "yes"), (np.full((n, 2), 0.5), np.full((n, 2), 1 / 3)))
        got = answers_from_wire(json.loads(json.dumps(answers_to_wire(sent))))
        assert got.classes == sent.classes
        assert np.array_equal(got.probabilities[1], sent.probabilities[1])
        assert got.probabilities[0].shape == (n, 2)
