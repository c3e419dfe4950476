"""The texts that come with the product, written for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from trust_core.datasets.columns import Texts, texts_from_table
from trust_core.datasets.limits import Limits
from trust_core.datasets.tables import table_from_file
from trust_core.domain.spec import DataSpec
from trust_core.errors import DataError, nearest

PREFIX = "bundled:"
TASKS = ("nli", "pi")

_FOLDER = Path(__file__).resolve().parents[2] / "assets" / "demo" / "texts"
_LIMITS = Limits(max_bytes=10_000_000, max_rows=100_000)


def bundled_texts(spec: DataSpec) -> Texts:
    """The bundled texts that `spec.source` (`bundled:nli`, `bundled:pi`) names.

    Raises:
        DataError: there are none of that name.
    """
    task = spec.source.removeprefix(PREFIX)
    if task not in TASKS:
        raise DataError(f"There are no bundled texts {task!r}.", allowed=nearest(task, TASKS))
    table = table_from_file(str(_FOLDER / f"{task}.csv"), _LIMITS)
    return replace(texts_from_table(table, spec), source=spec.source)
