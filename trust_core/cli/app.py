"""`app`: the web server, and with it a worker."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, NoReturn

from trust_core.cli.terminal import say
from trust_core.errors import UsageError
from trust_core.settings import settings_from

SCRIPT = Path(__file__).resolve().parents[2] / "app.py"

_HIGHEST_PORT = 65535

_LOOPBACK = ("127.0.0.1", "localhost")


def add_command(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = subparsers.add_parser(
        "app",
        help="serve the app in the browser",
        description="Serve the app, and start a worker where none runs. Ctrl-C ends the server; a worker "
        "that it has started finishes its jobs first.",
    )
    parser.add_argument("--port", type=int, metavar="N", help="default: TRUST_PORT, else 8501")
    parser.add_argument("--address", metavar="A", help="default: TRUST_ADDRESS, else this machine alone")
    parser.set_defaults(command=_serve)


def server_command(options: Namespace) -> list[str]:
    """What starts the web server.

    Raises:
        UsageError: there is no such port, or the app's files are not beside the package.
    """
    settings = settings_from(os.environ)
    port = settings.port if options.port is None else options.port
    if not 1 <= port <= _HIGHEST_PORT:
        raise UsageError(
            f"There is no port {port}.", allowed=f"A port is a number from 1 to {_HIGHEST_PORT}."
        )
    if not SCRIPT.is_file():
        raise UsageError(
            f"{SCRIPT} is missing.", remedy="Start the app from the folder that holds app.py and pages/."
        )
    address = options.address or settings.address
    return [
        *(sys.executable, "-m", "streamlit", "run", str(SCRIPT)),
        f"--server.port={port}",
        f"--server.address={address}",
        *(f"--server.allowedHosts={name}" for name in _hosts(address, settings.hosts)),
    ]


def _hosts(address: str, named: tuple[str, ...]) -> tuple[str, ...]:
    """The names that browsers may use: a page from elsewhere whose name points here is not served."""
    if address not in _LOOPBACK and not named:
        # Whoever listens on a network is reached by names that nobody here can know.
        return ("*",)
    return (*_LOOPBACK, *named)


def _serve(options: Namespace) -> NoReturn:
    command = server_command(options)
    say(["Starting the app. Its address follows; Ctrl-C ends it."])
    sys.stdout.flush()
    # Nothing is left to do here, so this process becomes the server.
    os.execv(command[0], command)  # noqa: S606 - a list of our own, and no shell
