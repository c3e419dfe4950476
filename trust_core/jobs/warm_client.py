"""What-if edits from the app: asked of the warm process over its socket."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from trust_core.domain.texts import TextPair
from trust_core.errors import Unavailable
from trust_core.jobs import lock
from trust_core.jobs.edits import Answers, Edited, Piece, answers_from_wire, edited_from_wire
from trust_core.jobs.sockets import connected, error_from_wire, read_line, write_line
from trust_core.ports import Clock

EDIT_S = 120.0
"""The longest that an edit waits: the first one loads libraries and models."""

ARRIVAL_S = 20.0
"""So long a worker that has just been started may take until it listens."""

SAMPLES = 500
"""Perturbed texts of an edit: fewer than in a run, since somebody waits for the answer."""


class WarmClient:
    """Asks the warm process of this home.

    Args:
        home: the folder of TRUST_HOME.
        wake: starts a worker where none runs, if the settings allow it; says whether it did.
        clock: counts seconds.
    """

    def __init__(self, home: Path, *, wake: Callable[[], bool], clock: Clock = time.monotonic) -> None:
        self._home = home
        self._wake = wake
        self._clock = clock

    def explain(
        self,
        pair: TextPair,
        *,
        folder: Path,
        candidate: str,
        explainers: Sequence[str],
        samples: int = SAMPLES,
    ) -> Edited:
        """Explain a text by the reference and a candidate of a run, with the run's settings.

        Args:
            pair: the text.
            folder: of the run.
            candidate: its name in the report.
            explainers: their names.
            samples: the most perturbed texts for each of them.

        Raises:
            TrustError: the models are not here, the worker is busy or not running.
        """
        content = {"pair": list(pair), "explainers": list(explainers), "samples": samples}
        return edited_from_wire(self._of_run("explain", folder, candidate, content))

    def predict(self, pairs: Sequence[TextPair], *, folder: Path, candidate: str) -> Answers:
        """What the reference and a candidate of a run answer to texts.

        Raises:
            TrustError: the models are not here, the worker is busy or not running.
        """
        content = {"pairs": [list(pair) for pair in pairs]}
        return answers_from_wire(self._of_run("predict", folder, candidate, content))

    def pieces(
        self, pair: TextPair, *, folder: Path, candidate: str
    ) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
        """The word pieces that reference and candidate read of a text, special tokens left out.

        Raises:
            TrustError: the models are not here, the worker is busy or not running.
        """
        both = self._of_run("pieces", folder, candidate, {"pair": list(pair)})["pieces"]
        first, second = (tuple(Piece(*fields) for fields in pieces) for pieces in both)
        return first, second

    def ask(self, kind: str, content: dict[str, Any], *, timeout_s: float = EDIT_S) -> dict[str, Any]:
        """Ask anything that the warm process answers.

        Raises:
            Unavailable: no worker runs, the warm process ended, or no answer came in time.
            TrustError: what the warm process says is wrong.
        """
        coming, until = self._wake(), self._clock() + ARRIVAL_S
        key = uuid.uuid4().hex
        while True:
            try:
                with connected(self._home, timeout_s=timeout_s) as connection:
                    # A refusal may be there, and the line closed, before the question is out.
                    with suppress(BrokenPipeError):
                        write_line(connection, {**content, "id": key, "kind": kind})
                    answer = read_line(connection)
                    break
            except TimeoutError as error:
                raise Unavailable(
                    f"No answer came within {timeout_s:.0f} s.",
                    remedy="The worker may be busy: try again in a moment.",
                ) from error
            except (FileNotFoundError, ConnectionRefusedError) as error:
                coming = coming or lock.is_held(self._home, lock.WORKER)
                if not coming or self._clock() >= until:
                    raise self._absent() from error
                time.sleep(0.05)
            except (OSError, ValueError) as error:
                raise _ended() from error
        if answer is None:
            raise _ended()
        if "error" in answer:
            raise error_from_wire(answer["error"])
        if answer.get("id") != key:
            raise _ended()
        result: dict[str, Any] = answer["answer"]
        return result

    def _of_run(self, kind: str, folder: Path, candidate: str, content: dict[str, Any]) -> dict[str, Any]:
        return self.ask(kind, {**content, "folder": str(folder.resolve()), "candidate": candidate})

    def _absent(self) -> Unavailable:
        if lock.is_held(self._home, lock.WORKER):
            return Unavailable("The worker does not listen.", remedy="Start it again.")
        return Unavailable(
            "No worker runs, so no model can answer.",
            remedy="Start one with `python -m trust_core worker`, with the same TRUST_HOME.",
        )


def _ended() -> Unavailable:
    return Unavailable(
        "The process that answers edits ended before it had answered, most likely for want of memory.",
        remedy="Try again: it is started anew. What runs in the queue goes on.",
    )
