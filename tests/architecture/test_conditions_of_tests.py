"""The conditions that tests/conftest.py promises to every test."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from jaxtyping import TypeCheckError

from trust_core.stats.intervals import wilson_interval

OUTSIDE = "192.0.2.1"  # an address reserved for documentation: nothing answers there


def test_other_machines_cannot_be_reached() -> None:
    """Names are not looked up and addresses not connected to, whoever asks."""
    with pytest.raises(RuntimeError, match="loopback"):
        socket.create_connection((OUTSIDE, 80), timeout=1)
    with pytest.raises(RuntimeError, match="loopback"):
        socket.getaddrinfo("example.org", 80)
    with socket.socket() as plain, pytest.raises(RuntimeError, match="loopback"):
        plain.connect((OUTSIDE, 80))


def test_the_own_machine_can_be_reached() -> None:
    """Servers and workers on the loopback interface and Unix sockets work."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
    one, other = socket.socketpair()
    one.close()
    other.close()


def test_the_hub_library_knows_that_it_is_offline() -> None:
    """A test that asks for something of the Hub fails at once, and so do its child processes."""
    code = "from huggingface_hub import constants; raise SystemExit(not constants.HF_HUB_OFFLINE)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_home_is_a_temporary_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test touches the runs of whoever starts it."""
    assert Path(os.environ["TRUST_HOME"]).is_relative_to(tmp_path_factory.getbasetemp())
    assert "HF_TOKEN" not in os.environ


@pytest.mark.skipif(os.environ.get("TRUST_TEST_TYPES") == "0", reason="types are switched off")
def test_signatures_are_checked() -> None:
    """A call with an argument of the wrong type fails, though production would let it pass."""
    with pytest.raises(TypeCheckError):
        wilson_interval(np.array([1, 2]), np.array([10.0, 10.0]))  # whole numbers where floats are asked for
    with pytest.raises(TypeCheckError):
        wilson_interval(np.array([1.0]), np.array([10.0, 10.0]))  # shapes that differ
