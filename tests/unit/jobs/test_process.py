"""Child processes."""

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from tests.support.jobs_home import environment, is_running, until
from trust_core.errors import RunError
from trust_core.jobs import process
from trust_core.jobs.process import Child, detached, end_with_parent, ended_by, last_lines


def child_of(tmp_path: Path, code: str) -> Child:
    """A child that runs this code."""
    return Child(
        [sys.executable, "-c", code],
        log=tmp_path / "logs" / "log.txt",
        environment=environment(),
        folder=tmp_path,
    )


def test_output_and_exit_code(tmp_path: Path) -> None:
    """Both streams go to the log, and the exit code is there when the process has ended."""
    child = child_of(tmp_path, "import sys; print('out'); print('err', file=sys.stderr); sys.exit(7)")
    until(lambda: child.poll() is not None, what="its end")
    child.close()
    assert child.poll() == 7
    assert sorted(last_lines(tmp_path / "logs" / "log.txt").split()) == ["err", "out"]


def test_a_child_that_will_not_end_is_killed_with_its_group(tmp_path: Path) -> None:
    """Asked first, killed after the time of grace; what it has started goes too."""
    code = (
        "import os, signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "p = subprocess.Popen([sys.executable, '-c', 'import signal, time;"
        " signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(3600)']);"
        "open('pids.new', 'w').write(f'{p.pid}'); os.rename('pids.new', 'pids'); time.sleep(3600)"
    )
    child = child_of(tmp_path, code)
    until((tmp_path / "pids").exists, what="the grandchild")
    grandchild = int((tmp_path / "pids").read_text())
    child.stop(grace_s=0.0)

    def ended() -> bool:
        child.stop(grace_s=0.0)
        return child.poll() is not None

    until(ended, what="its end")
    child.close()
    assert child.poll() == -signal.SIGKILL
    until(lambda: not is_running(grandchild), what="the end of the grandchild")


def test_what_is_no_program(tmp_path: Path) -> None:
    """A process that cannot be started is an error with a reason, and leaves no file open."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(RunError, match="cannot be started"):
        Child(["/nowhere/at/all"], log=tmp_path / "log", environment={}, folder=tmp_path)
    with pytest.raises(RunError, match="cannot be started"):
        detached(["/nowhere/at/all"], log=tmp_path / "log", environment={}, folder=tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_detached_process_outlives_the_call(tmp_path: Path) -> None:
    """It has a session of its own and writes to its log."""
    detached(
        [sys.executable, "-c", "import os; print(os.getsid(0) == os.getpid())"],
        log=tmp_path / "log",
        environment=environment(),
        folder=tmp_path,
    )
    until(lambda: last_lines(tmp_path / "log") == "True", what="its word")


def test_the_lifeline_ends_the_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the other end of the pipe is gone, the process kills its own group."""
    killed: list[tuple[int, int]] = []
    gone = threading.Event()

    def killpg(group: int, number: int) -> None:
        killed.append((group, number))
        gone.set()

    monkeypatch.setattr(process.os, "killpg", killpg)
    monkeypatch.setattr(process.sys, "platform", "other")
    read, write = os.pipe()
    end_with_parent({process.LIFELINE: str(read)})
    os.close(write)
    assert gone.wait(10)
    os.close(read)
    assert killed == [(os.getpgid(0), signal.SIGKILL)]


def test_without_a_lifeline_nothing_happens() -> None:
    """A command that a person typed ends when it wants to."""
    before = threading.active_count()
    end_with_parent({})
    end_with_parent({process.LIFELINE: "x"})
    assert threading.active_count() == before


def test_signals_in_plain_words() -> None:
    """SIGKILL is most likely a want of memory; others are named."""
    assert "want of memory" in ended_by(9)
    assert "SIGSEGV" in ended_by(11)
    assert "signal 99" in ended_by(99)


def test_the_end_of_a_log(tmp_path: Path) -> None:
    """The last lines, whatever bytes stand before them; nothing where there is no log."""
    log = tmp_path / "log"
    assert last_lines(log) == ""
    log.write_bytes(b"\xff" * 40_000 + b"\n" + b"\n".join(b"%d" % line for line in range(50)))
    assert last_lines(log, lines=3) == "47\n48\n49"
