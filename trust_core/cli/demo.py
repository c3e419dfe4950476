"""`demo`: the bundled models on the bundled texts, with nothing to configure."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from trust_core.cli.exit_codes import DONE
from trust_core.cli.terminal import progress_display, say
from trust_core.domain.spec import DEMO_MARGINS, DataSpec, LimeSpec, Spec
from trust_core.errors import UsageError, nearest
from trust_core.export.terminal import verdict_lines
from trust_core.settings import settings_from
from trust_core.wiring.engine import evaluate

TASKS = ("nli", "pi")

EXPLAINED = 24
"""Texts that are explained."""

LIME_SAMPLES = 500
"""Half of the default: the demo is to take less than three minutes on two cores."""


def add_command(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = subparsers.add_parser(
        "demo",
        help="run the bundled models on the bundled texts",
        description="Compare the bundled reference with its 3-layer student and with itself in int8 on the "
        "bundled texts. Exit code 0 when done, whatever the verdict.",
    )
    parser.add_argument("--task", default="nli", metavar="nli|pi", help="inference (default) or paraphrase")
    parser.add_argument("--out", metavar="DIR", help="folder of the run (default: runs/demo-TASK)")
    parser.set_defaults(command=_run, goes_on=True)


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
        lime=LimeSpec(samples=LIME_SAMPLES),
        margins=DEMO_MARGINS,
    )


def _run(options: Namespace) -> int:
    out = Path(options.out or f"runs/demo-{options.task}")
    with progress_display() as progress:
        report = evaluate(demo_spec(options.task), out, settings=settings_from(os.environ), progress=progress)
    say([*verdict_lines(report), f"Report: {out / 'report.html'}"])
    return DONE
