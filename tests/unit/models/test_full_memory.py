"""Full memory, wherever it is met."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import BertForSequenceClassification

from tests.support.models_checkpoints import make_checkpoint
from trust_core.errors import DeviceFull, RunConflict
from trust_core.models.compress import saving
from trust_core.models.compress.recipe import parse_recipe
from trust_core.models.compress.saving import save_compressed
from trust_core.models.device import Device
from trust_core.models.forward import Compute
from trust_core.models.full_memory import memory_for
from trust_core.models.inspection import inspect_model
from trust_core.models.loader import load_model
from trust_core.models.policy import Policy


@pytest.mark.parametrize("full", ["weights", "device", "probes"])
def test_a_model_that_does_not_fit_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: str
) -> None:
    """Full memory is said as such with what to do, wherever on the way to its first answers it is met."""
    inspected = inspect_model(str(make_checkpoint(tmp_path)), policy=Policy("typed"))

    def fail(*_: object, **__: object) -> None:
        raise {
            "weights": RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate"),
            "device": torch.OutOfMemoryError("CUDA out of memory"),
            "probes": torch.OutOfMemoryError("CUDA out of memory"),
        }[full]

    where = {"weights": "from_pretrained", "device": "to", "probes": "forward"}[full]
    monkeypatch.setattr(BertForSequenceClassification, where, fail)
    device = Device("cuda:0", "a GPU", 0) if full == "device" else Device("cpu", "CPU", None)
    with pytest.raises(DeviceFull, match=r"The model 'large' does not fit into the free memory") as caught:
        load_model(inspected, device=device, name="large", compute=Compute("torch", "bf16"))
    assert ("--device cpu" in caught.value.remedy) == (full == "device")


def test_other_errors_stay_what_they_are() -> None:
    """An error that is not about memory passes through unchanged."""
    for error in (RuntimeError("shapes do not match"), RunConflict("taken")):
        with pytest.raises(type(error)) as caught, memory_for("The model", device="cpu"):
            raise error
        assert caught.value is error


def test_a_model_that_cannot_be_compressed_for_want_of_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compressing says so as well, and leaves no folder behind."""
    base = inspect_model(str(make_checkpoint(tmp_path / "base")), policy=Policy("typed"))

    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(saving, "build_module", fail)
    with pytest.raises(DeviceFull, match="does not fit into the free memory"):
        save_compressed(base, parse_recipe("prune=0.5"), tmp_path / "out")
    assert [entry.name for entry in tmp_path.iterdir()] == ["base"]
