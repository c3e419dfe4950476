"""The line between the app and the warm process."""

import os
import socket
from pathlib import Path

import pytest

from trust_core.errors import (
    DataError,
    ModelError,
    ModelRefused,
    RowErrors,
    RowProblem,
    RunConflict,
    RunError,
    TrustError,
)
from trust_core.jobs import sockets
from trust_core.jobs.sockets import (
    connected,
    error_from_wire,
    error_to_wire,
    listening,
    read_line,
    refuse_waiting,
    socket_file,
    write_line,
)


def test_only_the_user_may_connect(tmp_path: Path) -> None:
    """The socket and its folder are closed to others, and one that was left behind is replaced."""
    listening(tmp_path).close()
    listener = listening(tmp_path)
    assert socket_file(tmp_path).stat().st_mode & 0o777 == 0o600
    assert socket_file(tmp_path).parent.stat().st_mode & 0o777 == 0o700
    with connected(tmp_path, timeout_s=5.0) as client:
        write_line(client, {"hello": "wörld"})
        server, _ = listener.accept()
        assert read_line(server) == {"hello": "wörld"}
        server.close()
        assert read_line(client) is None
    listener.close()


def test_a_long_path_is_no_obstacle(tmp_path: Path) -> None:
    """An address of a socket holds about a hundred bytes; a home may lie deeper."""
    home = tmp_path / ("x" * 100) / ("y" * 100)
    before = len(list(Path("/proc/self/fd").iterdir()))
    listener = listening(home)
    with connected(home, timeout_s=5.0):
        pass
    listener.close()
    assert len(os.fsencode(socket_file(home))) > 200
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    """The refusal names the socket."""
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match=r"warm\.sock"):
        listening(tmp_path / "file")


@pytest.mark.parametrize("sent", [b"[1]\n", b"{\n", b"\xff\n"])
def test_nonsense_is_refused(sent: bytes) -> None:
    """Whatever is no mapping in JSON is no message."""
    ours, theirs = socket.socketpair()
    theirs.sendall(sent)
    with pytest.raises(ValueError, match=r".+"):
        read_line(ours)
    ours.close()
    theirs.close()


def test_a_message_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """No one fills the memory of the other side."""
    monkeypatch.setattr(sockets, "LONGEST_LINE", 10)
    ours, theirs = socket.socketpair()
    theirs.sendall(b"x" * 20)
    with pytest.raises(ValueError, match="more than 10 bytes"):
        read_line(ours)
    ours.close()
    theirs.close()


def test_errors_cross_the_line() -> None:
    """Problem, what is allowed and remedy arrive; an error with arguments of its own comes as its parent."""
    conflict = error_from_wire(error_to_wire(RunConflict("a", allowed="b", remedy="c")))
    assert (type(conflict), conflict.problem, conflict.allowed, conflict.remedy) == (
        RunConflict,
        "a",
        "b",
        "c",
    )
    refused = error_from_wire(error_to_wire(ModelRefused("m", ["r"])))
    assert type(refused) is ModelError
    assert "r" in str(refused)
    assert type(error_from_wire(error_to_wire(RowErrors("f", [RowProblem(1, "", "x")])))) is DataError


@pytest.mark.parametrize("kind", ["SystemExit", "ModelRefused", "Iterable", "", "annotations"])
def test_a_kind_that_is_none(kind: str) -> None:
    """Nothing but an error of ours is made of what comes over the line."""
    assert type(error_from_wire({"kind": kind, "problem": "x"})) is TrustError


def test_those_who_wait_are_told(tmp_path: Path) -> None:
    """A listener that closes answers everybody in front of it."""
    listener = listening(tmp_path)
    with connected(tmp_path, timeout_s=5.0) as first, connected(tmp_path, timeout_s=5.0) as second:
        refuse_waiting(listener, RunError("closed"))
        assert read_line(first) == read_line(second)
    listener.close()
