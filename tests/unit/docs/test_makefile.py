"""What make does, without installing anything."""

import os
import shutil
import subprocess
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
