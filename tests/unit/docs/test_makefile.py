"""What make would do, without doing it."""

import shutil
import subprocess
from pathlib import Path

import pytest


def _planned(repository: Path, environment: Path, *more: str) -> str:
    """The commands of `make setup` in this environment."""
    command = ["make", "-n", "setup", f"VENV={environment}", *more]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_a_chosen_build_of_torch_is_kept(repository: Path, tmp_path: Path) -> None:
    """Who has set up the CPU build need not name it again; another choice by name is followed."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    (tmp_path / ".runtime-cpu").touch()
    assert "pip install" not in _planned(repository, tmp_path)
    assert "TORCH=cuda" in _planned(repository, tmp_path, "TORCH=cuda")
    (tmp_path / ".runtime-cpu").unlink()
    assert "TORCH=default" in _planned(repository, tmp_path)
