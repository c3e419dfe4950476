"""What the worker computes on."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.jobs_home import environment, until
from trust_core.errors import RunError
from trust_core.jobs import device
from trust_core.jobs.device import DeviceProbe, free_memory, total_memory
from trust_core.jobs.process import Child


def answer_of(tmp_path: Path, code: str) -> tuple[DeviceProbe, dict[str, str | int | None]]:
    """A probe whose process runs this code, and its answer."""

    def child(arguments: Sequence[str], log: Path) -> Child:
        assert arguments == ("probe",)
        return Child([sys.executable, "-c", code], log=log, environment=environment(), folder=tmp_path)

    probe = DeviceProbe(child, tmp_path / "probe.log")
    assert probe.finished() is None
    probe.start()
    found: list[dict[str, str | int | None]] = []

    def answered() -> bool:
        answer = probe.finished()
        if answer is not None:
            found.append(answer)
        return bool(found)

    until(answered, what="the answer")
    return probe, found[0]


def test_an_answer(tmp_path: Path) -> None:
    """The last line is the answer; on the CPU it is asked for once."""
    probe, facts = answer_of(
        tmp_path, 'print(\'noise\'); print(\'{"kind": "cpu", "device": "CPU", "x": 1}\')'
    )
    assert (facts["kind"], facts["device"], facts["free_bytes"]) == ("cpu", "CPU", None)
    assert "x" not in facts
    assert probe.on_cpu
    probe.start()
    assert probe.finished() is None


@pytest.mark.parametrize(
    "code, said",
    [
        ("print('no torch'); raise SystemExit(3)", "no torch"),
        ("raise SystemExit(4)", "code 4"),
        ("print(1)", "1"),
    ],
)
def test_no_answer(tmp_path: Path, code: str, said: str) -> None:
    """What is wrong with the device is shown instead of it."""
    _, facts = answer_of(tmp_path, code)
    assert facts["kind"] == ""
    assert said in str(facts["message"])


def test_a_process_that_cannot_be_started(tmp_path: Path) -> None:
    """The worker works without knowing its device."""

    def refused(arguments: Sequence[str], log: Path) -> Child:
        raise RunError("no")

    probe = DeviceProbe(refused, tmp_path / "log")
    probe.start()
    assert probe.finished() is None
    probe.close()


def test_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Free and whole memory in bytes, where the system says."""
    file = tmp_path / "meminfo"
    monkeypatch.setattr(device, "_MEMORY", file)
    assert free_memory() is None
    file.write_text("MemTotal:       2000 kB\nMemFree: 5 kB\nMemAvailable:   1000 kB\n")
    assert (total_memory(), free_memory()) == (2000 * 1024, 1000 * 1024)
