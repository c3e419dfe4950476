"""What make does, without installing anything."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest


def _alone() -> dict[str, str]:
    """The environment without what a make around the tests says to makes below it."""
    return {
        name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    }


def _planned(repository: Path, environment: Path, *more: str) -> str:
    """The commands of `make setup` in this environment."""
    command = ["make", "-n", "setup", f"VENV={environment}", *more]
    done = subprocess.run(command, cwd=repository, env=_alone(), capture_output=True, text=True, check=True)
    return done.stdout


needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


@needs_make
def test_a_chosen_build_of_torch_is_kept(repository: Path, tmp_path: Path) -> None:
    """Who has set up the CPU build need not name it again; another choice by name is followed."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    (tmp_path / ".runtime-cpu").touch()
    assert "pip install" not in _planned(repository, tmp_path)
    assert "TORCH=cuda" in _planned(repository, tmp_path, "TORCH=cuda")
    (tmp_path / ".runtime-cpu").unlink()
    assert "TORCH=default" in _planned(repository, tmp_path)


def _serving(repository: Path, environment: Path, then: str) -> subprocess.Popen[str]:
    """`make run` with an app that says it serves, then does `then`; Ctrl-C ends it with 1, as the server."""
    program = environment / "bin" / "python"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\n"
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, lambda *_: sys.exit(1))\n"
        "print('serving', flush=True)\n"
        f"{then}\n"
    )
    program.chmod(0o755)
    (environment / ".runtime-cpu").touch()
    made = subprocess.Popen(
        ["make", "run", f"VENV={environment}"],
        cwd=repository,
        env=_alone(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert made.stdout is not None
    assert made.stdout.readline() == "serving\n"
    return made


@needs_make
def test_ctrl_c_ends_the_app_without_an_error(repository: Path, tmp_path: Path) -> None:
    """Whoever ends `make run` by Ctrl-C, which reaches make and app alike, reads of no error."""
    made = _serving(repository, tmp_path, "signal.pause()")
    os.killpg(made.pid, signal.SIGINT)
    said, _ = made.communicate(timeout=60)
    assert "Error" not in said
    assert made.returncode == -signal.SIGINT


@needs_make
def test_an_app_that_fails_is_an_error(repository: Path, tmp_path: Path) -> None:
    """Where the app ends by itself, make passes on that it failed."""
    made = _serving(repository, tmp_path, "sys.exit(3)")
    said, _ = made.communicate(timeout=60)
    assert "Error 3" in said
    assert made.returncode == 2
