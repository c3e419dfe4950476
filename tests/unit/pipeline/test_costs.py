"""Peak memory."""

from __future__ import annotations

import resource
from types import SimpleNamespace

import pytest

from trust_core.pipeline import costs
from trust_core.pipeline.versions import versions


@pytest.mark.parametrize("platform, megabytes", [("linux", 1024.0), ("darwin", 1.0)])
def test_peak_memory_is_counted_in_the_platforms_unit(
    monkeypatch: pytest.MonkeyPatch, platform: str, megabytes: float
) -> None:
    """Linux counts the process's peak in KiB, macOS in bytes."""
    monkeypatch.setattr(costs.sys, "platform", platform)
    monkeypatch.setattr(resource, "getrusage", lambda _: SimpleNamespace(ru_maxrss=1_000_000))
    assert costs.process_peak_memory_mb() == megabytes


def test_versions_name_what_reads_writes_and_quantises() -> None:
    """The libraries behind weights, tables and int8 are among the versions."""
    assert {"torch", "torchao", "safetensors", "pyarrow", "shap", "lime"} <= versions().keys()
