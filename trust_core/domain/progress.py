"""How far a run has come."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """One report of progress.

    Attributes:
        phase: what is being done, in words a user understands ("Explaining nli-reference by LIME").
        done: units finished in this phase, those of an earlier start included.
        total: units of this phase.
        resumed: of `done`, how many an earlier start had finished.
        unit: what is counted ("texts").
    """

    phase: str
    done: int
    total: int
    resumed: int = 0
    unit: str = "texts"
