"""What the worker computes on, asked of a process of its own: the worker loads no model library."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from trust_core.errors import RunError
from trust_core.jobs.process import Child, last_lines

_MEMORY = Path("/proc/meminfo")

Fact = str | int | None

_NOTHING: dict[str, Fact] = {
    "device": "",
    "kind": "",
    "free_bytes": None,
    "total_bytes": None,
    "precision": "",
    "backend": "",
    "threads": None,
    "message": "",
}


class DeviceProbe:
    """Asks, in the background, what jobs compute on.

    Args:
        child: starts a process of this program with these arguments and this log.
        log: where its answer goes.
    """

    def __init__(self, child: Callable[[Sequence[str], Path], Child], log: Path) -> None:
        self._start_child = child
        self._log = log
        self._running: Child | None = None
        self.on_cpu = False

    def start(self) -> None:
        """Ask, unless the question is still open; on the CPU once is enough."""
        if self._running is None and not self.on_cpu:
            # Jobs work without the answer, and say themselves where a process cannot be started.
            with suppress(RunError):
                self._running = self._start_child(("probe",), self._log)

    def finished(self) -> dict[str, Fact] | None:
        """The answer, once, as soon as it is there."""
        if self._running is None or (code := self._running.poll()) is None:
            return None
        self.close()
        output = last_lines(self._log)
        facts = _facts(output) if code == 0 else None
        if facts is None:
            last = output.splitlines()[-1:] or [f"it ended with code {code}"]
            return {**_NOTHING, "message": f"The device cannot be examined: {last[0][:300]}"}
        self.on_cpu = facts["kind"] == "cpu"
        return facts

    def close(self) -> None:
        """End the question."""
        if self._running is not None:
            self._running.close()
            self._running = None


def free_memory() -> int | None:
    """Bytes of memory that new processes can have; None where the system does not say."""
    return _memory("MemAvailable:")


def total_memory() -> int | None:
    """Bytes of memory of this machine; None where the system does not say."""
    return _memory("MemTotal:")


def _memory(name: str) -> int | None:
    try:
        lines = _MEMORY.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = [line.split() for line in lines if line.startswith(name)]
    return int(found[0][1]) * 1024 if found else None


def _facts(output: str) -> dict[str, Fact] | None:
    """What the last line says, if it is what `probe` writes."""
    try:
        content: Any = json.loads((output.splitlines() or [""])[-1])
    except ValueError:
        return None
    if not isinstance(content, dict) or content.get("kind") not in ("cpu", "cuda"):
        return None
    return {name: content.get(name, default) for name, default in _NOTHING.items()}
