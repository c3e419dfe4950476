"""`demo`: the bundled models on the bundled texts, with nothing to configure."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from trust_core.cli.exit_codes import DONE
from trust_core.cli.terminal import progress_display, say
from trust_core.domain.demo import demo_spec
from trust_core.export.terminal import verdict_lines
from trust_core.settings import settings_from
from trust_core.wiring.engine import evaluate


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


def _run(options: Namespace) -> int:
    out = Path(options.out or f"runs/demo-{options.task}")
    with progress_display() as progress:
        report = evaluate(demo_spec(options.task), out, settings=settings_from(os.environ), progress=progress)
    say([*verdict_lines(report), f"Report: {out / 'report.html'}"])
    return DONE
