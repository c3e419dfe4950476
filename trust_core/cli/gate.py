"""`gate`: an evaluation that a CI system runs, with its answer as JUnit XML and as a summary."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, Final

from trust_core.cli.evaluate import evaluated_by_options, exit_code
from trust_core.cli.spec_options import add_spec_options
from trust_core.cli.terminal import complain, say
from trust_core.errors import TrustError, UsageError, without_secrets
from trust_core.export.gate_summary import error_summary, gate_summary
from trust_core.export.junit import junit_of_error, junit_xml
from trust_core.export.terminal import verdict_lines

STEP_SUMMARY: Final = "GITHUB_STEP_SUMMARY"
"""Where GitHub Actions says which file the summary of a step goes to."""


def add_command(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = subparsers.add_parser(
        "gate",
        help="an evaluation for CI, with JUnit XML and a summary",
        description="Carry out the evaluation of a spec file and say the answer as a CI system reads it. "
        "Exit code 0: every candidate is equivalent; 1: one is different; 2: inconclusive, or a control "
        "failed; 3: the evaluation could not be run; 4: an error of TrustEq.",
    )
    add_spec_options(parser)
    parser.add_argument(
        "--out", metavar="DIR", default="runs/gate", help="folder of the run (default: runs/gate)"
    )
    parser.add_argument(
        "--no-cache", action="store_true", help="compute everything anew, and keep nothing for later runs"
    )
    parser.add_argument("--junit", metavar="FILE", help="write every test as JUnit XML")
    parser.add_argument(
        "--summary",
        metavar="FILE",
        help=f"write a summary in Markdown (default: added to ${STEP_SUMMARY}, where that is set)",
    )
    parser.set_defaults(command=_run, goes_on=True)


def _run(options: Namespace) -> int:
    try:
        if not options.spec:
            raise UsageError("gate needs a spec file.", allowed="Write gate --spec FILE.")
        report = evaluated_by_options(options)
    except (Exception, KeyboardInterrupt) as error:
        _write_error(options, error)
        raise
    code = exit_code(report)
    try:
        _write(options, junit_xml(report), gate_summary(report, code))
    finally:
        # What was found is said even if a file cannot be written.
        say([*verdict_lines(report), f"Report: {Path(options.out) / 'report.html'}"])
    return code


def _write_error(options: Namespace, error: BaseException) -> None:
    """Write into both files why the gate could not be run; that they cannot be written never hides it."""
    message = str(error)
    if isinstance(error, KeyboardInterrupt):
        # Files of an earlier gate shall not stand for the answer of this one.
        message = "Interrupted before there was an answer. The same command goes on from there."
    elif not isinstance(error, TrustError):
        message = f"This is an error of TrustEq ({type(error).__name__}): the log says where it happened."
    # These files are kept and shown by CI systems.
    message = without_secrets(message)
    try:
        _write(options, junit_of_error(message), error_summary(message))
    except UsageError as unwritten:
        complain(str(unwritten))


def _write(options: Namespace, xml: bytes, summary: str) -> None:
    """Write both files.

    Raises:
        UsageError: a file cannot be written.
    """
    step = os.environ.get(STEP_SUMMARY)
    try:
        if options.junit:
            _place(options.junit).write_bytes(xml)
        if options.summary:
            _place(options.summary).write_text(summary, encoding="utf-8")
        elif step:
            # Earlier commands of the same step may have written there, too.
            with Path(step).open("a", encoding="utf-8") as file:
                file.write(summary)
    except OSError as error:
        raise UsageError(
            f"{error.filename} cannot be written: {error.strerror}.", remedy="Check the path."
        ) from error


def _place(name: str) -> Path:
    path = Path(name).expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
