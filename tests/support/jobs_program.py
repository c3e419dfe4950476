"""Stands for the program in tests of the worker: what a job does is the name that it was given.

`python jobs_program.py job ID`, `... probe` and `... warm NUMBER`, as the worker calls the real one.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

from trust_core.errors import OutOfMemory
from trust_core.jobs.process import end_with_parent
from trust_core.jobs.rows import run_folder
from trust_core.jobs.warm_server import Kind, WarmServer

home = Path(os.environ["TRUST_HOME"])
FOREVER = 3600


def job(job_id: str) -> int:
    """Behave as the job's name says, after leaving the number of this process in a file."""
    with sqlite3.connect(home / "jobs.sqlite") as table:
        (name,) = table.execute("SELECT name FROM jobs WHERE id = ?", (job_id,)).fetchone()
    if name == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if name == "with a child":
        child = subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({FOREVER})"])
        (home / "grandchild.pid").write_text(str(child.pid))
    with (home / "order.txt").open("a") as order:
        order.write(f"{name}\n")
    started = home / f"{job_id}.pid.new"
    started.write_text(str(os.getpid()))
    started.replace(home / f"{job_id}.pid")
    if name in ("waits", "stubborn", "with a child"):
        time.sleep(FOREVER)
    if name == "kills itself":
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "waits for a file":
        while not (home / "go").exists():
            time.sleep(0.01)
    if name.startswith("breaks down with "):
        sys.stdout.write("Traceback\nImportError: no such library, with hf_abcdefghijklmnop\n")
        return int(name.split()[-1])
    code = 0
    if name.startswith("ends with "):
        sys.stdout.write("the last words, with hf_abcdefghijklmnop\n")
        code = int(name.split()[-1])
    if code <= 2:
        folder = run_folder(home, job_id)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.json").write_text("{}")
    return code


def probe() -> int:
    """Say what a small machine would say, or what the file `probe.txt` holds."""
    answer = home / "probe.txt"
    facts = {"device": "CPU", "kind": "cpu", "free_bytes": 1, "total_bytes": 2, "threads": 2}
    sys.stdout.write(answer.read_text() if answer.exists() else json.dumps(facts))
    return 0


def warm(number: str) -> int:
    """Answer `echo`; end at once where the file `broken` is there."""
    if (home / "broken").exists():
        sys.stdout.write("nothing works\n")
        return 4

    def echo(request: dict[str, object]) -> dict[str, object]:
        return {"said": request["text"], "pid": os.getpid()}

    def die(request: dict[str, object]) -> dict[str, object]:
        os.kill(os.getpid(), signal.SIGKILL)
        return request

    def full(request: dict[str, object]) -> dict[str, object]:
        raise OutOfMemory

    kinds = {"echo": echo, "die": die, "full": full}
    lock = threading.Lock()
    server = WarmServer(
        home,
        socket.socket(fileno=int(number)),
        {name: Kind(answer, lock) for name, answer in kinds.items()},
        idle_s=float(os.environ.get("TRUST_TEST_IDLE_S", "300")),
    )
    server.serve()
    return 0


if __name__ == "__main__":
    end_with_parent(os.environ)
    sys.exit({"job": job, "probe": probe, "warm": warm}[sys.argv[1]](*sys.argv[2:]))
