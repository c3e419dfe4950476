"""What the process says when it ends."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
"""The command did what it was asked to; of `evaluate`: every candidate is equivalent."""

DIFFERENT: Final = 1
"""`evaluate`: at least one candidate is different."""

INCONCLUSIVE: Final = 2
"""`evaluate`: nothing is different, but not every candidate is equivalent, or a control failed."""

MENDABLE: Final = 3
"""Something that the user can mend: usage, data, models, margins."""

UNEXPECTED: Final = 4
"""An error that nobody foresaw."""

INTERRUPTED: Final = 130
"""Ctrl-C; `evaluate`, `demo` and `runs resume` keep what is done."""
