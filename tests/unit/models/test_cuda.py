"""A CUDA device that is not there: what would be asked of it, and what becomes of its errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import torch

from tests.support.inference_bert import tiny_bert
from trust_core.errors import DeviceError, OutOfMemory
from trust_core.models.backends import with_backend
from trust_core.models.classifier import TorchClassifier
from trust_core.models.device import Device
from trust_core.models.forward import Compute

GPU = Device("cuda:0", "a GPU", 10**9)
PAIRS = [("A man is riding a horse.", "Nobody is outdoors."), ("Two dogs", ""), ("The fox jumps over", "a")]


@pytest.fixture
def on_a_gpu(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[TorchClassifier, list[Any]]]:
    """A classifier that takes its network to lie on a GPU, and what it asks of it."""
    classifier = tiny_bert(PAIRS)
    classifier._device = torch.device("cuda:0")
    asked: list[Any] = []

    @contextmanager
    def autocast(device: str, *, dtype: torch.dtype) -> Iterator[None]:
        asked.append(("autocast", device, dtype))
        yield

    def pin(tensor: torch.Tensor) -> torch.Tensor:
        asked.append("pinned")
        return tensor

    def move(tensor: torch.Tensor, *place: Any, **how: Any) -> torch.Tensor:
        asked.append((*place, how))
        return tensor

    with monkeypatch.context() as patch:
        patch.setattr(torch, "autocast", autocast)
        patch.setattr(torch.Tensor, "pin_memory", pin)
        patch.setattr(torch.Tensor, "to", move)
        yield classifier, asked


def test_inputs_of_a_gpu_are_pinned(on_a_gpu: tuple[TorchClassifier, list[Any]]) -> None:
    """Token ids and segment ids go to the GPU from pinned memory without waiting; fp32 needs no autocast."""
    classifier, asked = on_a_gpu
    classifier.logits(np.array([[1, 2]]), np.array([[0, 1]]))
    moved = (torch.device("cuda:0"), {"non_blocking": True})
    assert [entry for entry in asked if entry in ("pinned", moved)] == ["pinned", moved] * 2
    assert not [entry for entry in asked if entry[0] == "autocast"]


@pytest.mark.parametrize("precision, dtype", [("bf16", torch.bfloat16), ("fp16", torch.float16)])
def test_lower_precision_on_a_gpu_is_autocast(
    on_a_gpu: tuple[TorchClassifier, list[Any]], precision: Any, dtype: torch.dtype
) -> None:
    """bf16 and fp16 are asked for once what fp32 answers is known."""
    classifier, asked = on_a_gpu
    compute = Compute("auto", precision, probes=tuple(PAIRS))
    _, forward = with_backend(classifier, compute, device=GPU, content_hash="", quantised=False)
    casts = [at for at, entry in enumerate(asked) if entry == ("autocast", "cuda", dtype)]
    assert (forward.precision, forward.backend) == (precision, f"torch {torch.__version__}")
    # Each pass pins token ids and segment ids, then computes: first every probe in fp32, then again.
    assert asked[: casts[0]].count("pinned") == 2 * (len(casts) + 1)
    assert asked.count("pinned") == 4 * len(casts)


def test_a_failing_gpu_is_a_device_error(
    on_a_gpu: tuple[TorchClassifier, list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the GPU itself says what failed and what else can be done; full memory halves batches."""
    classifier, _ = on_a_gpu
    said: list[BaseException] = [
        torch.AcceleratorError("CUDA error: an illegal memory access\nmore", 700),
        torch.OutOfMemoryError("CUDA out of memory"),
    ]

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise said[0]

    monkeypatch.setattr(classifier.module, "forward", fail)
    with pytest.raises(DeviceError, match="illegal memory access") as caught:
        classifier.logits(np.array([[1, 2]]), None)
    assert "--device cpu" in str(caught.value)
    del said[0]
    with pytest.raises(OutOfMemory):
        classifier.logits(np.array([[1, 2]]), None)


def test_inputs_that_do_not_fit_are_out_of_memory(
    on_a_gpu: tuple[TorchClassifier, list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory that is full before the network has begun halves batches as well."""
    classifier, _ = on_a_gpu

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise torch.AcceleratorError("CUDA error: out of memory", 2)

    monkeypatch.setattr(torch.Tensor, "pin_memory", fail)
    with pytest.raises(OutOfMemory):
        classifier.logits(np.array([[1, 2]]), None)
