"""Measures of the dimension `cost`: information, no vote."""

from __future__ import annotations

from trust_core.domain.catalogue.entry import Entry

COST: tuple[Entry, ...] = (
    Entry(
        key="parameters",
        title="Parameters",
        dimension="cost",
        unit="",
        low=0.0,
        high=None,
        direction="lower",
        meaning="Numbers that the model computes with; a layer of low rank counts its two factors.",
        source="counted in the loaded model",
        interval="exact",
    ),
    Entry(
        key="nonzero_parameters",
        title="Parameters that are not 0",
        dimension="cost",
        unit="",
        low=0.0,
        high=None,
        direction="lower",
        meaning="A pruned model stores and multiplies its zeros, too: only special kernels gain from them.",
        source="counted in the loaded model",
        interval="exact",
    ),
    Entry(
        key="size_mb",
        title="Size in memory",
        dimension="cost",
        unit="MB",
        low=0.0,
        high=None,
        direction="lower",
        meaning="Parameters and buffers as they lie in memory, in megabytes of 1,000,000 bytes.",
        source="counted in the loaded model",
        interval="exact",
    ),
)
