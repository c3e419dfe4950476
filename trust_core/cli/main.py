"""Entry of `python -m trust_core`: parses, runs one command, and turns errors into exit codes."""

from __future__ import annotations

import sys
import traceback
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import NoReturn

from trust_core.cli import app, compress, demo, evaluate, explain, gate, plan, runs, worker
from trust_core.cli.exit_codes import INTERRUPTED, MENDABLE, UNEXPECTED
from trust_core.cli.terminal import complain
from trust_core.errors import TrustError, UsageError, without_secrets

_COMMANDS = (app, demo, plan, evaluate, gate, explain, compress, runs, worker)


class _Parser(ArgumentParser):
    """Reports usage errors like every other error that the user can mend."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}: {message}", remedy=f"`{self.prog} --help` lists what it takes.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: without the program's name; None takes those of the process.

    Returns:
        The exit code (see `exit_codes`).
    """
    goes_on = False
    try:
        options = _parser().parse_args(sys.argv[1:] if arguments is None else list(arguments))
        goes_on = getattr(options, "goes_on", False)
        code: int = options.command(options)
        return code
    except TrustError as error:
        complain(str(error))
        return MENDABLE
    except KeyboardInterrupt:
        kept = " What is done is kept: the same command goes on from there." if goes_on else ""
        complain(f"Interrupted.{kept}")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe has had enough (`| head`): not an error, and there is nobody to tell.
        sys.stderr.close()
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - the last border: nothing may end in a bare trace without a word
        # Libraries put addresses, with what they hold, into their errors.
        complain(without_secrets(traceback.format_exc()))
        complain("This is an error of TrustEq, not of yours: please report it with the lines above.")
        return UNEXPECTED


def _parser() -> ArgumentParser:
    parser = _Parser(
        prog="python -m trust_core",
        description="May a compressed text classifier replace its reference? Same answers, same reasons, "
        "same reliability: equivalent, different or inconclusive.",
    )
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    for command in _COMMANDS:
        command.add_command(subparsers)
    return parser
