"""The warm process, as threads of the test."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from trust_core.errors import DataError, DeviceFull, OutOfMemory, TrustError, Unavailable
from trust_core.jobs.sockets import connected, listening, ready_file, write_line
from trust_core.jobs.warm_client import WarmClient
from trust_core.jobs.warm_server import Answer, Kind, WarmServer


@contextmanager
def served(home: Path, answers: dict[str, Answer], *, busy_s: float = 10.0) -> Iterator[WarmClient]:
    """A server with these answers, and a client of it."""
    listener, turn = listening(home), threading.Lock()
    kinds = {name: Kind(answer, turn) for name, answer in answers.items()}
    server = WarmServer(home, listener, kinds, idle_s=0.2, busy_s=busy_s)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield WarmClient(home, wake=lambda: False)
    finally:
        thread.join(30)
        assert not thread.is_alive()
        listener.close()


def raising(error: Exception) -> Answer:
    """An answer that is an error."""

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        raise error

    return answer


@pytest.mark.parametrize(
    "error, kind, said",
    [
        (DataError("too long"), DataError, "too long"),
        (OutOfMemory("x"), Unavailable, "Not enough memory"),
        (DeviceFull("x"), Unavailable, "Not enough memory"),
        (MemoryError(), Unavailable, "Not enough memory"),
        (RuntimeError("CUDA error: out of memory"), Unavailable, "Not enough memory"),
        (KeyError("x"), Unavailable, "error of TrustEq"),
    ],
)
def test_errors_are_answers(tmp_path: Path, error: Exception, kind: type[TrustError], said: str) -> None:
    """Whatever goes wrong is said to whoever asked, and the next request is answered."""
    with served(tmp_path, {"bad": raising(error), "good": lambda request: {"x": 1}}) as client:
        with pytest.raises(kind, match=said):
            client.ask("bad", {})
        assert client.ask("good", {}) == {"x": 1}


def test_one_after_the_other(tmp_path: Path) -> None:
    """A request that waits too long for those before it is told so; the one at work is not disturbed."""
    begun, go = threading.Event(), threading.Event()
    found: list[dict[str, Any]] = []

    def slow(request: dict[str, Any]) -> dict[str, Any]:
        begun.set()
        go.wait(30)
        return {"x": 2}

    with served(tmp_path, {"slow": slow, "quick": lambda request: {}}, busy_s=0.05) as client:
        asking = threading.Thread(target=lambda: found.append(client.ask("slow", {})))
        asking.start()
        assert begun.wait(30)
        with pytest.raises(Unavailable, match="Another request"):
            client.ask("quick", {})
        go.set()
        asking.join(30)
    assert found == [{"x": 2}]


def test_it_ends_when_idle_and_ignores_nonsense(tmp_path: Path) -> None:
    """A client that sends no message, or goes without a word, does no harm; an idle server ends."""
    with served(tmp_path, {}) as client:
        with connected(tmp_path, timeout_s=5.0) as connection:
            connection.sendall(b"nonsense\n")
        with connected(tmp_path, timeout_s=5.0):
            pass
        with connected(tmp_path, timeout_s=5.0) as connection:
            write_line(connection, {"kind": "unknown"})
        with pytest.raises(Unavailable, match="one version"):
            client.ask("unknown", {})
        assert ready_file(tmp_path).exists()


def test_no_answer_in_time(tmp_path: Path) -> None:
    """The client waits as long as it says, and no longer."""
    listener = listening(tmp_path)
    with pytest.raises(Unavailable, match="No answer came"):
        WarmClient(tmp_path, wake=lambda: False).ask("x", {}, timeout_s=0.05)
    listener.close()


@pytest.mark.parametrize("answer", [b"", b"nonsense\n", b'{"id": "another", "answer": {}}\n'])
def test_a_false_answer(tmp_path: Path, answer: bytes) -> None:
    """An answer that is none, or belongs to another request, is not taken."""
    listener = listening(tmp_path)

    def reply() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(answer)
            connection.shutdown(socket.SHUT_RDWR)

    thread = threading.Thread(target=reply)
    thread.start()
    with pytest.raises(Unavailable, match="ended before"):
        WarmClient(tmp_path, wake=lambda: False).ask("x", {})
    thread.join(30)
    listener.close()
