"""Where a text is tried out: the run's models, asked through the warm process, with what they have said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import streamlit as st

from trust_core.domain.arrays import FloatArray
from trust_core.domain.texts import SegmentedText, TextPair
from trust_core.errors import TrustError
from trust_core.jobs.edits import Edited
from trust_core.ui import messages, visitor
from trust_core.ui.inspector.focus import RunSettings
from trust_core.ui.inspector.live import Models, cuts_of

SAMPLES: Final = 500
"""Perturbed texts of an explanation made now: somebody waits for it."""

_KEPT: Final = 200
"""Answers that a session keeps, so that a word put back costs nothing."""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Workbench:
    """The models of one run and candidate.

    Attributes:
        models: the warm process that keeps them loaded.
        folder: of the run.
        candidate: its name in the report.
        run: names run and candidate in the keys of the session.
    """

    models: Models
    folder: Path
    candidate: str
    run: str

    def samples(self, settings: RunSettings) -> int:
        """Perturbed texts of an explanation made now: the run's, but not more than `SAMPLES`."""
        return min(settings.lime_samples or SAMPLES, SAMPLES)

    def answers(self, pair: TextPair, classes: tuple[str, ...]) -> tuple[FloatArray, FloatArray]:
        """Both models' probabilities of a text, in the order of these classes.

        Raises:
            TrustError: they cannot be asked.
        """

        def ask() -> tuple[FloatArray, FloatArray]:
            found = self.models.predict([pair], folder=self.folder, candidate=self.candidate)
            order = [found.classes.index(name) for name in classes]
            return found.probabilities[0][0][order], found.probabilities[1][0][order]

        return self._once(("answers", pair), ask)

    def explained(self, pair: TextPair, settings: RunSettings) -> Edited:
        """Both models' reasons for a text.

        Raises:
            TrustError: they cannot be asked.
        """
        return self._once(
            ("reasons", pair),
            lambda: self.models.explain(
                pair,
                folder=self.folder,
                candidate=self.candidate,
                explainers=settings.explainers,
                samples=self.samples(settings),
            ),
        )

    def explained_now(self, text_id: str, pair: TextPair, settings: RunSettings) -> Edited | None:
        """Offer to explain a text that the run has only predicted; what was found, once it was asked for."""
        if not self.knows_reasons(pair):
            wanted = st.button("Explain this text now", type="primary", key=f"inspector_explain/{text_id}")
            if not wanted:
                return None
        with st.spinner("Both models are explained"):
            return asked(lambda: self.explained(pair, settings))

    def knows_reasons(self, pair: TextPair) -> bool:
        """Whether the session holds both models' reasons for a text."""
        return self._key(("reasons", pair)) in _known()

    def cuts(self, text: SegmentedText) -> tuple[list[list[int]], list[list[int]]]:
        """Where the tokenizers of reference and candidate cut each word.

        Raises:
            TrustError: they cannot be asked.
        """

        def ask() -> tuple[list[list[int]], list[list[int]]]:
            ours, theirs = self.models.pieces(text.pair, folder=self.folder, candidate=self.candidate)
            return cuts_of(text, ours), cuts_of(text, theirs)

        return self._once(("cuts", text.pair), ask)

    def _key(self, what: tuple[str, TextPair]) -> tuple[str, str, TextPair]:
        return self.run, *what

    def _once(self, what: tuple[str, TextPair], ask: Callable[[], Found]) -> Found:
        """What was asked before in this session, or else now, if this server computes anything."""
        known = _known()
        key = self._key(what)
        if key not in known:
            visitor.demand_change()
            answer = ask()
            if len(known) >= _KEPT:
                known.clear()
            known[key] = answer
        found: Found = known[key]
        return found


def asked(ask: Callable[[], Found]) -> Found | None:
    """An answer of the models; None, after a message, where they cannot be asked."""
    try:
        return ask()
    except TrustError as error:
        st.warning("The models cannot be asked now.")
        messages.user_text(str(error))
        return None


def _known() -> dict[tuple[str, str, TextPair], Any]:
    known: dict[tuple[str, str, TextPair], Any] = st.session_state.setdefault("inspector_answers", {})
    return known
