"""Where the work of a run is done, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from trust_core.domain.measures import Exact, Findings, Measure, NotMeasured
from trust_core.domain.report import ControlReport
from trust_core.models.policy import Policy
from trust_core.pipeline.measuring import ModelResults, PredictionResults
from trust_core.pipeline.twin import TwinResults
from trust_core.ports import Clock, ProgressSink
from trust_core.store.cache import ResultCache
from trust_core.store.folder import RunFolder

BYTES_PER_MB = 1e6


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where and how the work of a run is done.

    Attributes:
        run: the run's folder.
        policy: what may be loaded.
        progress: takes reports of progress.
        clock: counts seconds.
        cache: results of earlier runs; None: they are not used and not kept.
    """

    run: RunFolder
    policy: Policy
    progress: ProgressSink
    clock: Clock
    cache: ResultCache | None = None


@dataclass(frozen=True, slots=True)
class ModelCost:
    """Size and speed of one model.

    Attributes:
        name: the model.
        parameters: numbers that it computes with; None for an ONNX graph.
        nonzero_parameters: how many of them are not 0; None likewise.
        memory_bytes: parameters and buffers in memory.
        dtype: of its arithmetic.
        latency: milliseconds and texts a second, by name; not part of what a rerun must repeat.
        backend: what computed, and in which precision.
        deviation: its largest difference of a probability from torch in single precision.
        note: why it is not what could be expected; empty elsewhere.
    """

    name: str
    parameters: int | None
    nonzero_parameters: int | None
    memory_bytes: int
    dtype: str
    latency: dict[str, Any]
    backend: str = ""
    deviation: float = 0.0
    note: str = ""

    def findings(self, of: Literal["reference", "candidate"]) -> Findings:
        """The figures that are the same on every machine."""
        figures = (
            ("parameters", _exact(self.parameters)),
            ("nonzero_parameters", _exact(self.nonzero_parameters)),
            ("size_mb", Exact(self.memory_bytes / BYTES_PER_MB)),
        )
        return Findings(tuple(Measure(key, of, figure) for key, figure in figures))


def _exact(count: int | None) -> Exact | NotMeasured:
    if count is None:
        return NotMeasured(
            "an ONNX graph mixes parameters with other constants", "the model as a safetensors checkpoint"
        )
    return Exact(float(count))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the models of a run said.

    Attributes:
        results: of the reference, then of each candidate.
        costs: their sizes and speeds, in the same order.
        controls: by name.
        predicted: what the predictions say by themselves, by the candidate's name.
        device: where the work was done, in words.
        seconds: duration of each part of the work in this start, by name.
        found: how many results were known from earlier runs, by kind.
        explained: how many texts the reference has explained.
        twin: what the reference's twin shows; None without one.
        explain_s_per_text: model -> explainer -> seconds of an explanation, of those made in this start.
    """

    results: tuple[ModelResults, ...]
    costs: tuple[ModelCost, ...]
    controls: dict[str, ControlReport]
    predicted: dict[str, PredictionResults]
    device: str
    seconds: dict[str, float]
    found: dict[str, int]
    explained: int
    explain_s_per_text: dict[str, dict[str, float]]
    twin: TwinResults | None = None
