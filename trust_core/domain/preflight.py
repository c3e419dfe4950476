"""What is known of an evaluation before it runs: every problem at once, and what the run will be."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from trust_core.errors import TrustError, without_secrets


class PreflightPart(BaseModel):
    """A part of the preflight report: frozen, and every name in it is known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Problem(PreflightPart):
    """Something that has to be mended before the evaluation can run.

    Attributes:
        about: `data`, `spec`, `models`, or the name of a model or file as the spec has it.
        kind: of the error, such as LabelError.
        what: what is wrong.
        allowed: what would be right; may be empty.
        remedy: what to do; may be empty.
    """

    about: str
    kind: str
    what: str
    allowed: str = ""
    remedy: str = ""


def problem(about: str, error: TrustError) -> Problem:
    """An error as a problem."""
    return Problem(
        about=about,
        kind=type(error).__name__,
        what=without_secrets(error.problem),
        allowed=without_secrets(error.allowed),
        remedy=without_secrets(error.remedy),
    )


class ModelCheck(PreflightPart):
    """A model, as its files and a trial load show it.

    Attributes:
        name: as the spec has it.
        role: reference, candidate or twin.
        source: bundled, folder, hub or derived.
        architecture: of its network.
        labels: its class names, in its own order.
        weights: how they are stored.
        size_bytes: in memory; None where it was not loaded.
        parameters: likewise.
        dtype: of its arithmetic; empty where it was not loaded.
        max_length: longest input in tokens.
        licence: as its model card states it; empty where it does not.
        revision: commit on the hub; empty elsewhere.
        truncated_share: of a sample of the texts, how many are longer than it reads; None without texts.
    """

    name: str
    role: str
    source: str
    architecture: str
    labels: tuple[str, ...]
    weights: str
    size_bytes: int | None
    parameters: int | None
    dtype: str
    max_length: int
    licence: str
    revision: str
    truncated_share: float | None


class DataCheck(PreflightPart):
    """The texts.

    Attributes:
        source: as the spec has it.
        n: all of them.
        predicted: how many are predicted; 0 where that is not known for want of classes.
        explained: how many are explained at the most; likewise.
        labelled: whether they have gold labels.
        labels: label names that occur, as the data writes them.
        class_counts: predicted texts of each class; empty without labels.
        notes: what a reader should know, in sentences.
    """

    source: str
    n: int
    predicted: int
    explained: int
    labelled: bool
    labels: tuple[str, ...]
    class_counts: dict[str, int]
    notes: tuple[str, ...]


class CostEstimate(PreflightPart):
    """What the run will take.

    Attributes:
        phases: parts of the run, each with its seconds.
        seconds: all of them.
        basis: what that rests on, in words.
    """

    phases: tuple[tuple[str, float], ...]
    seconds: float
    basis: str


class PreflightReport(PreflightPart):
    """Everything that is known before the run.

    Attributes:
        problems: what has to be mended; empty: the evaluation can run.
        notes: what a user should know and need not mend.
        models: those that could be read.
        data: the texts; None where they could not be read.
        classes: canonical class names; empty where nobody says what they are.
        cost: about what the run will take; None while there are problems, or without models.
        fingerprint: names the run; empty while there are problems.
        name: for lists of runs; likewise.
    """

    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    models: tuple[ModelCheck, ...] = ()
    data: DataCheck | None = None
    classes: tuple[str, ...] = ()
    cost: CostEstimate | None = None
    fingerprint: str = ""
    name: str = ""

    @property
    def ok(self) -> bool:
        """Whether the evaluation can run."""
        return not self.problems
