"""Many questions about texts at once: the masks of a window of texts are run together."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Generic, TypeVar

from trust_core.domain.arrays import FloatArray
from trust_core.domain.requests import MaskRequest
from trust_core.domain.texts import SegmentedText
from trust_core.inference.engine import Engine
from trust_core.perturb.masks import MaskRule

Found = TypeVar("Found")
"""What an explainer, or another question about a text, comes to: an explanation, say."""

WINDOW = 32
"""Texts that are explained at the same time: enough to fill batches of one exact length."""


@dataclass(slots=True)
class _Running(Generic[Found]):
    """One explainer at work: waiting for the probabilities of `request`, or done."""

    text: SegmentedText
    work: Generator[MaskRequest, FloatArray, Found]
    request: MaskRequest | None = None
    found: list[Found] = field(default_factory=list)

    def begin(self) -> None:
        try:
            self.request = next(self.work)
        except StopIteration as done:
            self._finish(done)

    def answer(self, probabilities: FloatArray) -> None:
        try:
            self.request = self.work.send(probabilities)
        except StopIteration as done:
            self._finish(done)

    def _finish(self, done: StopIteration) -> None:
        self.request = None
        self.found.append(done.value)


def explain(
    texts: Iterable[SegmentedText],
    explainer: Callable[[SegmentedText], Generator[MaskRequest, FloatArray, Found]],
    engine: Engine,
    *,
    rule: MaskRule = "delete",
    window: int = WINDOW,
) -> Iterator[Found]:
    """What explainers say of texts, in the order of the texts, each as soon as those before it are there.

    A window of explainers runs at a time; whatever masks they ask for is gathered, run through the
    engine together, and sent back. Window, batch and order change results by rounding alone.

    Args:
        texts: the texts; taken as the window moves on.
        explainer: starts the explanation of a text, or another question that is asked by masks.
        engine: the model.
        rule: how a word is taken out.
        window: how many texts are explained at the same time.
    """
    waiting = iter(texts)
    running: deque[_Running[Found]] = deque()
    while True:
        for text in islice(waiting, window - len(running)):
            one = _Running(text, explainer(text))
            one.begin()
            running.append(one)
        if not running:
            return
        asking = [(one, one.request) for one in running if one.request is not None]
        answers = engine.predict_masked([(one.text, request.keep) for one, request in asking], rule=rule)
        for (one, _), probabilities in zip(asking, answers, strict=True):
            one.answer(probabilities)
        while running and running[0].found:
            yield running.popleft().found[0]
