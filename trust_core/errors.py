"""Every error that the product raises on purpose.

TrustError                      something the user can mend (exit code 3)
├── UsageError                  the command line
├── SpecError                   a spec, a margins file, a setting
├── DataError                   texts
│   ├── RowErrors               problems in single rows, each with row, column and reason
│   └── PredictionsError        files of saved predictions
├── LabelError                  label names of models and data that do not match
├── ModelError                  a model that cannot be used
│   ├── ModelNotFound           no such bundled name, folder or hub id
│   ├── ModelRefused            the policy says no; carries all reasons
│   ├── WeightsIncomplete       weights are missing or left over
│   └── HubError                the hub cannot be reached, or says no
├── DeviceError                 the device that was asked for is not there
│   └── DeviceFull              a model does not fit into what is free of its memory
├── RunError                    run folders
│   ├── RunConflict             the folder belongs to another spec
│   └── RunIncomplete           a result that is not there yet
└── Unavailable                 the worker, or a process of it, cannot answer now
OutOfMemory                     raised by a backend, caught by the engine, which halves the batch
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import urlsplit

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s'\"<>]+", re.IGNORECASE)
_TOKEN = re.compile(r"\bhf_\w+|(?<=bearer )[^\s'\"]+", re.IGNORECASE)


class TrustError(Exception):
    """Something that the user can mend.

    Args:
        problem: what is wrong, with the value that is wrong.
        allowed: what would be right.
        remedy: what to do.
    """

    def __init__(self, problem: str, *, allowed: str = "", remedy: str = "") -> None:
        self.problem = problem
        self.allowed = allowed
        self.remedy = remedy
        super().__init__("\n".join(part for part in (problem, allowed, remedy) if part))


class UsageError(TrustError):
    """The command line asks for something that it cannot have."""


class SpecError(TrustError):
    """A spec, a margins file or a setting is not valid."""


class DataError(TrustError):
    """Texts cannot be used as they are."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in one row of a file; row 1 is the first row of data.

    `column` is empty where the row is broken as a whole, `text_id` where the row has no id of its own.
    """

    row: int
    column: str
    reason: str
    text_id: str = ""


class RowErrors(DataError):
    """Single rows are broken; `problems` lists them in the order of the file."""

    SHOWN = 20

    def __init__(self, source: str, problems: Sequence[RowProblem], *, remedy: str = "") -> None:
        self.problems = tuple(problems)
        lines = [f"  {_place(p)}: {p.reason}" for p in self.problems[: self.SHOWN]]
        rest = len(self.problems) - self.SHOWN
        if rest > 0:
            lines.append(f"  and {rest} more")
        count = len({p.row for p in self.problems})
        rows = f"{count} row{'s' if count > 1 else ''}"
        head = f"{source}: {rows} cannot be read (row 1 is the first row of data):"
        super().__init__(
            "\n".join([head, *lines]),
            remedy=remedy or "Mend or remove these rows and run the command again.",
        )


def _place(problem: RowProblem) -> str:
    name = f" (id {problem.text_id[:40]})" if problem.text_id else ""
    return f"row {problem.row}{name}" + (f", column {problem.column!r}" if problem.column else "")


class PredictionsError(DataError):
    """A file of saved predictions is not complete or does not fit the other file."""


class LabelError(TrustError):
    """Label names of the two models and the data cannot be matched without a guess."""


class ModelError(TrustError):
    """A model cannot be used."""


class ModelNotFound(ModelError):
    """There is no bundled model, folder or hub model of that name."""


class ModelRefused(ModelError):
    """The policy refuses to load a model; `reasons` holds every reason, not only the first."""

    def __init__(self, model: str, reasons: Iterable[str], *, remedy: str = "") -> None:
        self.reasons = tuple(reasons)
        listed = "\n".join(f"  - {reason}" for reason in self.reasons)
        super().__init__(f"The model {model!r} is refused:\n{listed}", remedy=remedy)


class WeightsIncomplete(ModelError):
    """The weights in a folder do not fill the model that its config describes."""


class HubError(ModelError):
    """The model hub cannot be reached, or refuses."""


class DeviceError(TrustError):
    """The device that was asked for is not available."""


class DeviceFull(DeviceError):
    """A model does not fit into the free memory of its device."""


class RunError(TrustError):
    """A run folder cannot be used."""


class RunConflict(RunError):
    """The folder already holds a run of another spec."""


class RunIncomplete(RunError):
    """The run has not come as far as the question asks."""


class Unavailable(TrustError):
    """The worker, or a process that it keeps, cannot answer now."""


class OutOfMemory(Exception):
    """A batch did not fit into the device's memory; the engine halves it and tries again."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence with the known names nearest to `name`, or all of them where none is near."""
    names = sorted(known)
    if not names:
        return "There are none."
    close = get_close_matches(name, names, n=3, cutoff=0.5)
    if close:
        return "Did you mean " + " or ".join(repr(c) for c in close) + "?"
    return "Known: " + ", ".join(repr(k) for k in names) + "."


def without_secrets(text: str) -> str:
    """A text without what its addresses and headers may hold: user names, passwords, queries, tokens."""
    return _TOKEN.sub("...", _ADDRESS.sub(lambda found: _bare_address(found[0]), text))


def _bare_address(address: str) -> str:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:  # brackets that hold no address
        return f"{address.split('://', 1)[0]}://..."
    port = re.search(r":\d+$", parts.netloc.rpartition("@")[2])
    return f"{parts.scheme}://{host}{port[0] if port else ''}{parts.path}"
