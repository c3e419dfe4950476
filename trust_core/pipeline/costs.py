"""What a model costs: its size, which is a figure of the report, and its speed, which differs by machine."""

from __future__ import annotations

import json
import math
import resource
from dataclasses import asdict, dataclass
from typing import Any, Literal

from trust_core.domain.measures import Exact, Findings, Measure
from trust_core.domain.texts import TextSet
from trust_core.errors import RunError
from trust_core.pipeline.resident import ResidentModel
from trust_core.ports import Clock
from trust_core.store.folder import RunFolder

BYTES_PER_MB = 1e6

TIMED_TEXTS = 128
"""Texts that latency and throughput are measured on."""


@dataclass(frozen=True, slots=True)
class ModelCost:
    """Size and speed of one model.

    Attributes:
        name: the model.
        parameters: numbers that it computes with.
        nonzero_parameters: how many of them are not 0.
        memory_bytes: parameters and buffers in memory.
        dtype: of its arithmetic.
        latency: milliseconds and texts a second, by name; not part of what a rerun must repeat.
    """

    name: str
    parameters: int
    nonzero_parameters: int
    memory_bytes: int
    dtype: str
    latency: dict[str, Any]

    def findings(self, of: Literal["reference", "candidate"]) -> Findings:
        """The figures that are the same on every machine."""
        figures = (
            ("parameters", float(self.parameters)),
            ("nonzero_parameters", float(self.nonzero_parameters)),
            ("size_mb", self.memory_bytes / BYTES_PER_MB),
        )
        return Findings(tuple(Measure(key, of, Exact(value)) for key, value in figures))


def model_cost(model: ResidentModel, texts: TextSet, run: RunFolder, folder: str, clock: Clock) -> ModelCost:
    """Size and speed of a model: measured once a run, and kept like every other piece of work."""
    name = f"work/{folder}/cost.json"
    path = run.path / name
    if path.exists():
        try:
            return ModelCost(**json.loads(path.read_bytes()))
        except (ValueError, TypeError) as error:
            raise RunError(
                f"{path} cannot be read.", remedy="Remove it and run the same command again."
            ) from error
    footprint = model.loaded.footprint
    cost = ModelCost(
        name=model.member.name,
        parameters=footprint.parameters,
        nonzero_parameters=footprint.nonzero_parameters,
        memory_bytes=footprint.memory_bytes,
        dtype=footprint.dtype,
        latency=_timed(model, texts, clock),
    )
    run.write(name, json.dumps(asdict(cost)))
    return cost


def _timed(model: ResidentModel, texts: TextSet, clock: Clock) -> dict[str, Any]:
    """Median and 95th percentile of the latency at batch 1 and 32, throughput, peak memory so far."""
    pairs = texts.pairs[:TIMED_TEXTS]
    engine = model.engine
    engine.predict(pairs[:1])
    timed: dict[str, Any] = {}
    for size in (1, 32):
        durations = []
        for start in range(0, len(pairs), size):
            began = clock()
            engine.predict(pairs[start : start + size])
            durations.append(1000 * (clock() - began))
        timed |= {
            f"p50_ms_batch_{size}": round(_quantile(durations, 0.5), 3),
            f"p95_ms_batch_{size}": round(_quantile(durations, 0.95), 3),
            f"n_batch_{size}": len(durations),
        }
    began = clock()
    engine.predict(pairs)
    timed["texts_per_s"] = round(len(pairs) / max(clock() - began, 1e-9), 1)
    timed["peak_memory_mb"] = round(
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / BYTES_PER_MB, 1
    )
    return timed


def _quantile(values: list[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    return sorted(values)[math.ceil(share * len(values)) - 1]
