"""The evaluation that the bundled demo runs."""

from __future__ import annotations

from typing import Final

from trust_core.domain.spec import DEMO_MARGINS, DataSpec, LimeSpec, Spec
from trust_core.errors import UsageError, nearest

TASKS: Final = ("nli", "pi")

EXPLAINED: Final = 24
"""Texts that are explained."""

LIME_SAMPLES: Final = 500
"""Half of the default: the demo is to take less than three minutes on two cores."""

LIMITS_SEARCHED: Final = 0
"""Texts that the limits of normalised AOPC are searched for: none, for the same reason."""


def demo_spec(task: str) -> Spec:
    """The evaluation that the demo runs.

    Raises:
        UsageError: there is no such task.
    """
    if task not in TASKS:
        raise UsageError(f"There is no demo task {task!r}.", allowed=nearest(task, TASKS))
    return Spec(
        reference=f"{task}-reference",
        candidates=(f"{task}-student-3l", "ref:int8"),
        data=DataSpec(source=f"bundled:{task}"),
        explain_limit=EXPLAINED,
        control_texts=EXPLAINED,
        aopc_texts=LIMITS_SEARCHED,
        lime=LimeSpec(samples=LIME_SAMPLES),
        margins=DEMO_MARGINS,
    )
