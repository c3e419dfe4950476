"""The command that serves the app."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from trust_core.cli import app, main
from trust_core.cli.exit_codes import MENDABLE


class Replaced(Exception):
    """Stands for the process that has become another program."""


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the command would have become."""
    found: list[list[str]] = []

    def become(program: str, command: list[str]) -> None:
        assert program == command[0]
        found.append(command)
        raise Replaced

    monkeypatch.setattr(os, "execv", become)
    # Whether the app runs on this machine is no subject here.
    monkeypatch.setattr(app, "taken", lambda *_: False)
    return found


@pytest.mark.parametrize(
    "arguments, variables, port, address, hosts",
    [
        ([], {}, 8501, "127.0.0.1", ["127.0.0.1", "localhost"]),
        ([], {"TRUST_PORT": "8600", "TRUST_ADDRESS": "0.0.0.0"}, 8600, "0.0.0.0", ["*"]),
        (["--port", "8700", "--address", "10.0.0.2"], {"TRUST_PORT": "8600"}, 8700, "10.0.0.2", ["*"]),
        (
            [],
            {"TRUST_HOSTS": "a.org, b.org"},
            8501,
            "127.0.0.1",
            ["127.0.0.1", "localhost", "a.org", "b.org"],
        ),
    ],
)
def test_the_server_listens_where_it_is_told(
    arguments: list[str],
    variables: dict[str, str],
    port: int,
    address: str,
    hosts: list[str],
    started: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    repository: Path,
) -> None:
    """Flags win over variables, variables over the default, which is this machine alone, by its own names."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    main.main(["app", *arguments])
    script = str(repository / "app.py")
    assert started == [
        [
            *(sys.executable, "-m", "streamlit", "run", script),
            f"--server.port={port}",
            f"--server.address={address}",
            *(f"--server.allowedHosts={name}" for name in hosts),
        ]
    ]


@pytest.mark.parametrize("port", ["0", "65536", "-1"])
def test_a_port_that_does_not_exist(
    port: str, started: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """The refusal says which ports there are."""
    assert main.main(["app", "--port", port]) == MENDABLE
    assert "from 1 to 65535" in capsys.readouterr().err
    assert started == []


def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another program listens, the refusal says so and how to choose another port."""
    monkeypatch.setattr(os, "execv", lambda *_: pytest.fail("the server was started"))
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main.main(["app", "--port", str(port)]) == MENDABLE
    said = capsys.readouterr()
    assert f"Port {port} of 127.0.0.1 is taken" in said.err
    assert "choose another with --port" in said.err
    assert said.out == ""


def test_only_a_port_in_use_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that is free again and an address that nobody knows are left to the server."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert app.taken("127.0.0.1", port)
        assert app.taken("0.0.0.0", port)
    assert not app.taken("127.0.0.1", port)

    def unknown(*_: object, **__: object) -> list[object]:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert not app.taken("127.0.0.1", port)
