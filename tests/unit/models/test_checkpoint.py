"""What is known of a checkpoint before it is loaded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.support.models_checkpoints import make_checkpoint
from trust_core.models.checkpoint import read_checkpoint
from trust_core.models.device import choose_device
from trust_core.models.inspection import inspect_model
from trust_core.models.loader import load_model
from trust_core.models.policy import Policy


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float32])
def test_memory_of_weights_that_are_stored_smaller(tmp_path: Path, kind: torch.dtype) -> None:
    """However weights are stored, their size in memory is known from the files."""
    file = make_checkpoint(tmp_path) / "model.safetensors"
    save_file({name: w.to(kind) for name, w in load_file(file).items()}, file, metadata={"format": "pt"})
    found = read_checkpoint(tmp_path)
    loaded = load_model(inspect_model(str(tmp_path), policy=Policy("typed")), device=choose_device("cpu"))
    assert found.loaded_bytes == pytest.approx(loaded.footprint.memory_bytes, rel=0.05)
    assert found.stored_bytes == pytest.approx(found.loaded_bytes * kind.itemsize / 4, rel=0.2)


def test_files_that_change_are_noticed(tmp_path: Path) -> None:
    """Another size or age, a file less and a file more are changes; what loading does not read is none."""
    make_checkpoint(tmp_path)
    config = tmp_path / "config.json"
    found = read_checkpoint(tmp_path)
    (tmp_path / "notes.txt").write_text("x")
    assert not found.changed
    os.utime(config, ns=(10**18, 10**18))
    assert found.changed
    found = read_checkpoint(tmp_path)
    config.write_text(config.read_text() + " ")
    os.utime(config, ns=(10**18, 10**18))
    assert found.changed
    found = read_checkpoint(tmp_path)
    (tmp_path / "vocab.txt").write_text("a")
    assert found.changed
    found = read_checkpoint(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    assert found.changed
