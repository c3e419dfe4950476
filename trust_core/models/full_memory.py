"""Full memory, told apart from other errors and said in words: torch has a kind of error for GPUs alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from trust_core.errors import DeviceFull, OutOfMemory

_SIGNS = (
    "DefaultCPUAllocator",
    "can't allocate memory",
    "not enough memory",
    "CUDA error: out of memory",
    "ALLOC_FAILED",
)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory is full, on a GPU or on the CPU."""
    if isinstance(error, (torch.OutOfMemoryError, OutOfMemory, MemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _SIGNS)


@contextmanager
def memory_for(what: str, *, device: str) -> Iterator[None]:
    """A `with` block whose errors of full memory are `DeviceFull`.

    Args:
        what: what needs the memory, as the subject of a sentence.
        device: where, as torch writes it.

    Raises:
        DeviceFull: memory is full.
    """
    try:
        yield
    except (RuntimeError, OutOfMemory, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        # What torch keeps for later is of use to the next attempt.
        torch.cuda.empty_cache()
        if device == "cpu":
            raise DeviceFull(
                f"{what} does not fit into the free memory.", remedy="Free memory, or choose a smaller model."
            ) from error
        raise DeviceFull(
            f"{what} does not fit into the free memory of the device {device}.",
            remedy="Free memory on the device, or use --device cpu.",
        ) from error
