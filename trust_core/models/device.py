"""Where a model computes: the CPU or a CUDA device, and how many threads."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal

import torch

from trust_core.errors import DeviceError

# Batches come in hundreds of shapes, and oneDNN, in torch as in OpenVINO, keeps what it has prepared for the
# last 1,024: memory would grow with the texts. It reads this when it computes for the first time.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")

DeviceChoice = Literal["auto", "cpu", "cuda"]


@dataclass(frozen=True, slots=True)
class Device:
    """A place to compute.

    Attributes:
        torch_name: as torch writes it: `cpu` or `cuda:0`.
        description: as a person calls it.
        free_bytes: free memory of a CUDA device; None on the CPU, where the system decides.
        total_bytes: all its memory; None likewise.
    """

    torch_name: str
    description: str
    free_bytes: int | None
    total_bytes: int | None = None


def choose_device(choice: DeviceChoice) -> Device:
    """The device that was asked for; `auto` takes CUDA where it works.

    Raises:
        DeviceError: `cuda` was asked for and is not there, with the reason as far as torch knows it.
    """
    if choice == "cpu" or (choice == "auto" and not torch.cuda.is_available()):
        return Device("cpu", "CPU", None)
    if not torch.cuda.is_available():
        built = torch.version.cuda is not None
        why = "torch finds no usable NVIDIA GPU" if built else "this torch is the CPU build"
        raise DeviceError(
            f"The device cuda is not available: {why}.",
            allowed="Use --device cpu or --device auto.",
            remedy="" if built else "To use a GPU, install a CUDA build of torch (make setup TORCH=cuda).",
        )
    free, total = torch.cuda.mem_get_info(0)
    return Device("cuda:0", torch.cuda.get_device_name(0), free, total)


def limit_threads(threads: int | None) -> int:
    """Let torch use that many threads on the CPU (None: leave its own choice); returns how many it uses."""
    if threads is not None:
        torch.set_num_threads(threads)
    return torch.get_num_threads()
