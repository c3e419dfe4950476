"""The app on a large run, as its server sees it: `python -m benchmarks app RUN_FOLDER`.

Starts the real web server on a home of its own, enters the run there, and measures by web sockets, as
browsers speak them: how long the server takes for each page and for clicks that draw a figure anew; and ten
visitors at once while a job runs, with the memory of the web process. What a browser takes to draw is not in
it.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.app_visit import Answered, Visit
from benchmarks.figures import row, write
from trust_core.domain.demo import demo_spec
from trust_core.settings import settings_from
from trust_core.store.folder import load_report
from trust_core.store.registry import Registry
from trust_core.wiring.web import workplace

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "assets" / "example"
PAGES = ("verdict", "answers", "reliability", "reasons", "inspector", "setup", "runs", "methods")
REPEATS = 5
VISITORS = 10
START_S = 120.0
LARGE = 9_000
"""Texts of a run that counts as one of 10,000: SNLI test has 9,824."""

CROWD_S = 30.0
_MIB = 2**20


@dataclass(frozen=True, slots=True)
class Click:
    """A click of which the server draws something anew.

    Attributes:
        page: where.
        what: in words.
        key: of the widget, or how it begins.
        kind: the field of its state; `trigger` for a button.
        contents: what is set, one after the other: none twice, so that nothing comes from a cache.
    """

    page: str
    what: str
    key: str
    kind: str
    contents: tuple[Any, ...]


CLICKS = (
    Click(
        "reliability", "other bins", "reliability-bins", "double_array_value", ([8], [12], [14], [16], [18])
    ),
    Click(
        "reasons",
        "other border of alike",
        "reasons-border",
        "double_array_value",
        ([0.3], [0.4], [0.6], [0.7], [0.8]),
    ),
    Click("answers", "other parts", "parts-by", "string_value", ("Answer of the reference", "Label")),
    Click("inspector", "next text", "inspector_step_1", "trigger", (True,) * 5),
)


def main() -> None:
    """Measure pages, clicks and visitors, and write the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks app", description=__doc__)
    parser.add_argument("run", type=Path, nargs="?", default=EXAMPLE, help="folder of a run")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--visitors", type=int, default=VISITORS)
    parser.add_argument("--crowd-s", type=float, default=CROWD_S, help="how long they all look around")
    parser.add_argument("--dry", action="store_true", help="print, and write no file")
    options = parser.parse_args()
    data = load_report(options.run).resolved.data
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        registry = Registry(home)
        registry.record(options.run.resolve(), fingerprint="0" * 64, name="measured", state="done")
        query = f"run={registry.runs()[0].id}"
        with _server(home, TRUST_START_WORKER="0") as server:
            pages = {page: _page(server, query, page, options.repeats) for page in PAGES}
            clicks = {f"{one.page}: {one.what}": _click(server, query, one) for one in CLICKS}
        crowd = _crowd(home, query, options.visitors, options.crowd_s)
    drawing = {name: one for name, one in clicks.items() if one["draws_a_figure"]}
    name, slowest = max(drawing.items(), key=lambda one: one[1]["median_s"])
    # The figure is that of a large run; a small one is worth looking at all the same.
    rows = [row("click", *(slowest[of] for of in ("median_s", "least_s", "most_s")))]
    rows = rows if data.predicted >= LARGE else []
    details = {
        "texts": data.predicted,
        "explained": data.explained,
        "slowest_click": name,
        "pages": pages,
        "clicks": clicks,
        "crowd": crowd,
    }
    if not options.dry:
        write("app", rows, details)
        return
    for part, content in details.items():
        print(part, content)


@dataclass(frozen=True, slots=True)
class _Server:
    port: int
    pid: int

    @property
    def memory_mib(self) -> float:
        """What the web process holds."""
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines()
        (value,) = (line.split()[1] for line in lines if line.startswith("VmRSS:"))
        return round(int(value) * 1024 / _MIB, 1)

    @property
    def cpu_s(self) -> float:
        """Seconds that it has computed so far."""
        parts = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _server(home: Path, **variables: str) -> Iterator[_Server]:
    """The app on a free port, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(port)]
    environment = {**os.environ, "TRUST_HOME": str(home), **variables}
    with (home / "web.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + 90
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"The app does not start:\n{(home / 'web.log').read_text('utf-8')}")
        yield _Server(port, process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


@contextmanager
def _worker(home: Path) -> Iterator[None]:
    """A worker of that home, until the block ends; its job dies with it."""
    environment = {**os.environ, "TRUST_HOME": str(home)}
    with (home / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "trust_core", "worker"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def _page(server: _Server, query: str, page: str, repeats: int) -> dict[str, Any]:
    """A page opened by one visitor after the other; the first one finds nothing read or computed."""
    found, computed = [], []
    for _ in range(repeats + 1):
        before = server.cpu_s
        with Visit(server.port, query) as visit:
            found.append(_whole(visit.open(page), page))
        computed.append(server.cpu_s - before)
    print(f"{page:12} first {found[0].seconds:6.2f} s, then {_seconds(found[1:])}", flush=True)
    first = {"first_s": round(found[0].seconds, 3), "first_cpu_s": round(computed[0], 3)}
    return {**first, **_seconds(found[1:]), "cpu_s": _middle(computed[1:])}


def _click(server: _Server, query: str, click: Click) -> dict[str, Any]:
    """A click, again and again with other content."""
    found, computed = [], []
    with Visit(server.port, query) as visit:
        visit.open(click.page)
        for content in click.contents:
            before = server.cpu_s
            trigger = click.kind == "trigger"
            value = {} if trigger else {click.kind: content}
            found.append(_whole(visit.change(click.key, trigger=trigger, **value), click.what))
            computed.append(server.cpu_s - before)
    print(f"{click.page:12} {click.what}: {_seconds(found)}", flush=True)
    drawn = any(one.first_chart_s is not None for one in found)
    return {**_seconds(found), "cpu_s": _middle(computed), "draws_a_figure": drawn}


def _whole(answered: Answered, what: str) -> Answered:
    if answered.failed:
        raise SystemExit(f"The app shows an error: {what}.")
    return answered


def _seconds(found: list[Answered]) -> dict[str, float]:
    seconds = [one.seconds for one in found]
    return {
        "median_s": _middle(seconds),
        "least_s": round(min(seconds), 3),
        "most_s": round(max(seconds), 3),
    }


def _middle(values: list[float]) -> float:
    return round(statistics.median(values), 3)


def _crowd(home: Path, query: str, visitors: int, seconds: float) -> dict[str, Any]:
    """So many visitors look around at once while the demo runs, with the memory of the web process."""
    with _server(home, TRUST_START_WORKER="0") as server, _worker(home):
        with Visit(server.port, query) as first:
            for page in PAGES:
                _whole(first.open(page), page)
        before = server.memory_mib
        queue = workplace(settings_from({**os.environ, "TRUST_HOME": str(home)})).queue
        job = queue.submit(demo_spec("nli"), owner="", name="demo")
        began = time.monotonic()
        while queue.job(job.id).state != "running":
            if time.monotonic() > began + START_S:
                raise SystemExit("The worker does not begin the job.")
            time.sleep(0.5)
        found: list[Answered] = []
        lost: list[str] = []
        until = time.monotonic() + seconds
        threads = [
            threading.Thread(target=_look_around, args=(server.port, query, seed, until, found, lost))
            for seed in range(visitors)
        ]
        for thread in threads:
            thread.start()
        most = before
        while any(thread.is_alive() for thread in threads):
            most = max(most, server.memory_mib)
            time.sleep(0.2)
        state = queue.job(job.id).state
        after = server.memory_mib
        if queue.job(job.id).live:
            queue.cancel(job.id)
    print(f"{visitors} visitors, job {state}: {len(found)} pages, {_seconds(found)}, {before} to {most} MiB")
    return {
        "visitors": visitors,
        "job": state,
        "pages": len(found),
        "failed": len(lost) + sum(one.failed for one in found),
        "reasons": lost[:5],
        **_seconds(found),
        "memory_before_mib": before,
        "memory_most_mib": most,
        "memory_after_mib": after,
    }


def _look_around(
    port: int, query: str, seed: int, until: float, found: list[Answered], lost: list[str]
) -> None:
    """One visitor opens pages in an order of its own; each reads for a while, as people do."""
    order = random.Random(seed)
    try:
        with Visit(port, query) as visit:
            while time.monotonic() < until:
                found.append(visit.open(order.choice(PAGES)))
                time.sleep(order.uniform(0.5, 2.0))
    except (OSError, TimeoutError, LookupError) as error:
        lost.append(f"{type(error).__name__}: {error}"[:200])


if __name__ == "__main__":
    main()
