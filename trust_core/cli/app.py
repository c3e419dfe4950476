"""`app`: the web server, and with it a worker."""

from __future__ import annotations

import errno
import os
import socket
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
    address, port = _place(options)
    if not 1 <= port <= _HIGHEST_PORT:
        raise UsageError(
            f"There is no port {port}.", allowed=f"A port is a number from 1 to {_HIGHEST_PORT}."
        )
    if not SCRIPT.is_file():
        raise UsageError(
            f"{SCRIPT} is missing.", remedy="Start the app from the folder that holds app.py and pages/."
        )
    return [
        *(sys.executable, "-m", "streamlit", "run", str(SCRIPT)),
        f"--server.port={port}",
        f"--server.address={address}",
        *(f"--server.allowedHosts={name}" for name in _hosts(address, settings.hosts)),
    ]


def _place(options: Namespace) -> tuple[str, int]:
    """Address and port: flags win over variables."""
    settings = settings_from(os.environ)
    return options.address or settings.address, settings.port if options.port is None else options.port


def _hosts(address: str, named: tuple[str, ...]) -> tuple[str, ...]:
    """The names that browsers may use: a page from elsewhere whose name points here is not served."""
    if address not in _LOOPBACK and not named:
        # Whoever listens on a network is reached by names that nobody here can know.
        return ("*",)
    return (*_LOOPBACK, *named)


def taken(address: str, port: int) -> bool:
    """Whether another program listens there already; what else may be wrong, the server says itself."""
    try:
        found = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        return False
    return any(_taken(family, place) for family, _, _, _, place in found)


def _taken(family: int, place: tuple[Any, ...]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            # As the server does it: what closed connections leave behind for a while is no obstacle.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(place)
    except OSError as error:
        return error.errno == errno.EADDRINUSE
    return False


def _serve(options: Namespace) -> NoReturn:
    address, port = _place(options)
    command = server_command(options)
    if taken(address, port):
        raise UsageError(
            f"Port {port} of {address} is taken: another program listens there, perhaps the app itself.",
            remedy="End that program, or choose another with --port N.",
        )
    say(["Starting the app. Its address follows; Ctrl-C ends it."])
    sys.stdout.flush()
    # Nothing is left to do here, so this process becomes the server.
    os.execv(command[0], command)  # noqa: S606 - a list of our own, and no shell
