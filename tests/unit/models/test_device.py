"""The device that is asked for is the device that is used, or an error."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import torch

from trust_core.errors import DeviceError
from trust_core.models.device import choose_device, limit_threads

CAPACITY = "ONEDNN_PRIMITIVE_CACHE_CAPACITY"


@pytest.mark.slow
@pytest.mark.parametrize("given, found", [(None, "16"), ("64", "64")])
def test_prepared_shapes_are_few(given: str | None, found: str) -> None:
    """Few prepared shapes are kept, so that memory does not grow with the texts; a user may say how many."""
    variables = {name: value for name, value in os.environ.items() if name != CAPACITY}
    if given is not None:
        variables[CAPACITY] = given
    program = f"import os, trust_core.models.device; print(os.environ[{CAPACITY!r}])"
    done = subprocess.run(
        [sys.executable, "-c", program], env=variables, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == found


@pytest.fixture
def no_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a usable GPU."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


def test_auto_falls_back_to_the_cpu(no_cuda: None) -> None:
    """Without a GPU `auto` is the CPU."""
    assert choose_device("auto").torch_name == "cpu"


@pytest.mark.parametrize("built,why", [(None, "CPU build"), ("12.8", "no usable NVIDIA GPU")])
def test_missing_cuda_is_an_error(
    no_cuda: None, monkeypatch: pytest.MonkeyPatch, built: str | None, why: str
) -> None:
    """`cuda` without a GPU is refused with the reason, never silently replaced."""
    monkeypatch.setattr(torch.version, "cuda", built)
    with pytest.raises(DeviceError, match=why):
        choose_device("cuda")


@pytest.mark.parametrize("choice", ["auto", "cuda"])
def test_cuda_is_described(monkeypatch: pytest.MonkeyPatch, choice: str) -> None:
    """With a GPU both `auto` and `cuda` take it, with its name and free memory."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (7, 9))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "Some GPU")
    device = choose_device(choice)  # type: ignore[arg-type]
    assert (device.torch_name, device.description, device.free_bytes) == ("cuda:0", "Some GPU", 7)
    assert choose_device("cpu").torch_name == "cpu"


def test_threads_are_limited() -> None:
    """The thread count asked for is the one in use; None leaves it alone."""
    before = torch.get_num_threads()
    try:
        assert limit_threads(1) == 1
        assert limit_threads(None) == 1
    finally:
        torch.set_num_threads(before)
