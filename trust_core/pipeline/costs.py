"""What a model costs: its size, which is a figure of the report, and its speed, which differs by machine."""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from typing import Any

import numpy as np

from trust_core.domain.measures import Measured, NotMeasured
from trust_core.domain.texts import TextSet
from trust_core.errors import RunError
from trust_core.inference.timing import (
    BATCHED,
    SINGLE,
    Latency,
    measure_latency,
    percentile_interval,
    throughput,
)
from trust_core.pipeline.outcome import BYTES_PER_MB, ModelCost
from trust_core.pipeline.resident import ResidentModel
from trust_core.ports import Clock
from trust_core.store.folder import RunFolder

TIMED_TEXTS = 128
"""Texts that latency is measured on."""

CALLS = 80
"""Timed calls of each batch size: enough for an interval of the 95th percentile."""

FEWEST_CALLS = 20
"""Timed calls of a model that is so slow that `CALLS` of its batches would take too long."""

SECONDS = 8.0
"""What the timed calls of the larger batch may take in all, estimated from the smaller one."""


def model_cost(model: ResidentModel, texts: TextSet, run: RunFolder, folder: str, clock: Clock) -> ModelCost:
    """Size and speed of a model: measured once a run, and kept like every other piece of work."""
    name = f"work/{folder}/cost.json"
    path = run.path / name
    if path.exists():
        try:
            return ModelCost(**json.loads(path.read_bytes()))
        except (OSError, ValueError, TypeError) as error:
            raise RunError(
                f"{path} cannot be read.", remedy="Remove it and run the same command again."
            ) from error
    footprint, forward = model.loaded.footprint, model.loaded.forward
    cost = ModelCost(
        name=model.member.name,
        parameters=footprint.parameters,
        nonzero_parameters=footprint.nonzero_parameters,
        memory_bytes=footprint.memory_bytes,
        dtype=footprint.dtype,
        latency=_timed(model, texts, clock),
        backend=f"{forward.backend}, {forward.precision}",
        deviation=forward.deviation,
        note=forward.note,
    )
    run.write(name, json.dumps(asdict(cost)))
    return cost


def _timed(model: ResidentModel, texts: TextSet, clock: Clock) -> dict[str, Any]:
    """Median and 95th percentile of the latency at batch 1 and 32, throughput, peak of the process."""
    pairs, classifier = texts.pairs[:TIMED_TEXTS], model.loaded.classifier
    single = measure_latency(classifier, pairs, batch=SINGLE, clock=clock, calls=CALLS)
    calls = CALLS
    if isinstance(single, Latency):
        slowest = BATCHED * float(np.median(single.seconds))
        calls = int(np.clip(SECONDS / max(slowest, 1e-9), FEWEST_CALLS, CALLS))
    batched = measure_latency(classifier, pairs, batch=BATCHED, clock=clock, calls=calls)
    return {
        **_figures(single, SINGLE),
        **_figures(batched, BATCHED),
        # Bootstrapped with a seed of its own: the seconds differ from run to run anyway.
        **({} if isinstance(batched, NotMeasured) else _row("texts_per_s", throughput(batched, seed=0))),
        "process_peak_memory_mb": round(process_peak_memory_mb(), 1),
    }


def process_peak_memory_mb() -> float:
    """The most memory that this process has held so far, whatever for; in MB of 1,000,000 bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts in KiB, macOS in bytes.
    return (peak if sys.platform == "darwin" else peak * 1024) / BYTES_PER_MB


def _figures(latency: Latency | NotMeasured, batch: int) -> dict[str, Any]:
    """Percentiles of one batch size, by name."""
    if isinstance(latency, NotMeasured):
        return _row(f"p50_ms_batch_{batch}", latency) | _row(f"p95_ms_batch_{batch}", latency)
    found: dict[str, Any] = {}
    for percentile in (50, 95):
        found |= _row(
            f"p{percentile}_ms_batch_{batch}", percentile_interval(1000 * latency.seconds, percentile)
        )
    return found


def _row(name: str, figure: Measured | NotMeasured) -> dict[str, Any]:
    """A figure under its name, its limits and calls beside it; a reason where there is none."""
    if isinstance(figure, NotMeasured):
        return {f"{name}_not_measured": f"{figure.reason}; it needs {figure.needs}"}
    return {
        name: round(figure.value, 3),
        f"{name}_low": round(figure.low, 3),
        f"{name}_high": round(figure.high, 3),
        f"{name}_n": figure.n,
    }
