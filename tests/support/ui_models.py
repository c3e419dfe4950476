"""A double of the warm process: answers at once, from the words of the text alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from trust_core.domain.attributions import Attribution, Explanation
from trust_core.domain.texts import TextPair
from trust_core.errors import Unavailable
from trust_core.jobs.edits import Answers, Edited, Piece
from trust_core.perturb.words import segment


@dataclass
class FakeModels:
    """Gives the first class a probability that falls with the number of words; counts what it is asked.

    Attributes:
        classes: of both models.
        refuses: whether it is not there.
        asked: what it was asked, in order.
    """

    classes: tuple[str, ...]
    refuses: bool = False
    asked: list[tuple[str, object]] = field(default_factory=list)

    def predict(self, pairs: Sequence[TextPair], *, folder: Path, candidate: str) -> Answers:
        self._note("predict", list(pairs))
        rows = np.array([self._probabilities(pair) for pair in pairs])
        # The candidate's classes come in another order than the table's, as they may.
        return Answers(self.classes[::-1], (rows[:, ::-1], rows[:, ::-1]))

    def explain(
        self, pair: TextPair, *, folder: Path, candidate: str, explainers: Sequence[str], samples: int
    ) -> Edited:
        self._note("explain", (pair, tuple(explainers), samples))
        text = segment("edited", pair)
        both = (self._explanation(len(text), 1.0), self._explanation(len(text), 0.5))
        probabilities = np.array(self._probabilities(pair))
        return Edited(
            text,
            self.classes,
            ("reference", candidate),
            (probabilities, probabilities),
            dict.fromkeys(explainers, both),
        )

    def pieces(
        self, pair: TextPair, *, folder: Path, candidate: str
    ) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
        self._note("pieces", pair)
        words = segment("t", pair).words
        whole = tuple(Piece(word.segment, word.start, word.end) for word in words)
        halved = tuple(
            piece
            for word in words
            for piece in (
                Piece(word.segment, word.start, word.start + 1),
                Piece(word.segment, word.start + 1, word.end),
            )
            if piece.start < piece.end
        )
        return whole, halved

    def _note(self, kind: str, what: object) -> None:
        if self.refuses:
            raise Unavailable(
                "This run's models are not on this server.", remedy="Start a run with them here."
            )
        self.asked.append((kind, what))

    def _probabilities(self, pair: TextPair) -> list[float]:
        first = 1 / (1 + len(segment("t", pair)))
        return [first, *[(1 - first) / (len(self.classes) - 1)] * (len(self.classes) - 1)]

    def _explanation(self, words: int, size: float) -> Explanation:
        k = len(self.classes)
        weights = size * np.linspace(0.1, 0.4, max(words, 1))[:words, None] * np.ones((1, k))
        whole = Attribution(
            text_id="edited",
            explainer="lime",
            half="all",
            weights=weights,
            base=np.full(k, 0.2),
            full=np.full(k, 0.5),
            fidelity=np.full(k, 0.9),
            fidelity_kind="local_r2",
            passes=100,
        )
        return Explanation(whole, None)
