"""Memory that goes back to the system."""

from __future__ import annotations

import ctypes
from types import SimpleNamespace

import pytest

from trust_core.pipeline import memory


@pytest.mark.parametrize("there", [True, False])
def test_free_memory_is_given_back_where_it_can_be(monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    """Glibc is asked to let go of all that is free; where there is no such call, nothing happens."""
    asked: list[int] = []
    library = SimpleNamespace(malloc_trim=asked.append) if there else SimpleNamespace()
    monkeypatch.setattr(ctypes, "CDLL", lambda _: library)
    memory._trim.cache_clear()
    memory.give_back()
    memory._trim.cache_clear()
    assert asked == ([0] if there else [])
