"""The figures of the performance table, and the files that they are written to.

A benchmark measures some of them and calls `write`; `python -m tools.performance_page` makes the table of
docs/performance.md from all files in results/.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from benchmarks.simulated import commit, machine

RESULTS = Path(__file__).parent / "results"
_LIBRARIES = ("torch", "openvino", "transformers", "lime", "shap")


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the performance table.

    Attributes:
        title: what is measured.
        unit: of its value.
        reach: what it must reach; None where it only informs.
        stretch: what would be better still; None likewise.
        better: which way is better.
    """

    title: str
    unit: str
    reach: float | None
    stretch: float | None
    better: Literal["higher", "lower"] = "higher"


FIGURES: dict[str, Figure] = {
    "lime": Figure("LIME, 1,000 samples, lime's own masks", "times the published path", 4.5, 6.0),
    "shap-partition": Figure("SHAP Partition, complete trees", "times the published path", 2.7, 4.0),
    "shap-permutation": Figure("SHAP permutation, shap's own orders", "times the published path", 5.0, 7.0),
    "lime-weights": Figure("LIME: largest difference of a weight from lime", "", 1e-5, 1e-6, "lower"),
    "lime-orders": Figure("LIME: top-10 orders other than lime's, near ties aside", "", 0, 0, "lower"),
    "shap-values": Figure("SHAP: largest difference of a value from shap", "", 1e-5, 1e-6, "lower"),
    "composed-ids": Figure("Composed token ids that differ from the tokenizer's", "", 0, 0, "lower"),
    "roofline": Figure("Forward pass against the best GEMM rate of any library", "share", 0.6, 0.8),
    "in-forward": Figure("Wall time of the engine inside the forward pass", "share", 0.9, 0.95),
    "budgets": Figure("Largest change by batch budget, threads or order", "", 1e-6, 1e-7, "lower"),
    "backends": Figure("Largest difference between OpenVINO and torch", "", 1e-5, 2e-6, "lower"),
    "sampling": Figure("LIME: passes saved by sampling at equal agreement, NLI reference", "times", 1.5, 2.5),
    "sampling-tiny": Figure("LIME: passes saved by sampling at equal agreement, NLI tiny", "times", 1.5, 2.5),
    "stopping-opposite": Figure(
        "Stopping: orders that settle the opposite of all texts", "of 20", 0, 0, "lower"
    ),
    "stopping-open": Figure(
        "Stopping: orders settled where all texts are inconclusive", "of 20", 1, 0, "lower"
    ),
    "verdict-time": Figure(
        "Time to a settled verdict, SNLI test", "times shorter than the published path", 50, 200
    ),
    "memory": Figure(
        "Growth of peak memory above loading, 10,000 texts against 1,000", "times", 1.2, 1.05, "lower"
    ),
    "gpu-fp32": Figure("One GPU, LIME of a BERT-base pair, fp32", "times the published path", 10, 20),
    "gpu-bf16": Figure("One GPU, LIME of a BERT-base pair, bf16", "times the published path", 10, 20),
    "gpu-fp16": Figure("One GPU, LIME of a BERT-base pair, fp16", "times the published path", 10, 20),
    "click": Figure("Click to drawn figure, run of 10,000 texts", "s", 0.3, 0.1, "lower"),
}
"""Every figure, in the order of the table; a benchmark adds its own here."""


@dataclass(frozen=True, slots=True)
class Row:
    """A measured figure: value with its range over repetitions, and what it must reach."""

    figure: str
    value: float
    low: float
    high: float
    reach: float | None
    stretch: float | None
    unit: str
    passed: bool | None
    commit: str
    machine: str


def row(figure: str, value: float, low: float | None = None, high: float | None = None) -> Row:
    """The row of a figure.

    Args:
        figure: a key of `FIGURES`.
        value: the measured value.
        low: the least over repetitions; None where it was measured once.
        high: the most, likewise.
    """
    about = FIGURES[figure]
    passed = None
    if about.reach is not None:
        passed = value >= about.reach if about.better == "higher" else value <= about.reach
    return Row(
        figure=figure,
        value=float(value),
        low=float(value if low is None else low),
        high=float(value if high is None else high),
        reach=about.reach,
        stretch=about.stretch,
        unit=about.unit,
        passed=passed,
        commit=_commit(),
        machine=machine_and_libraries(),
    )


def ratio_row(figure: str, slow: Sequence[float], fast: Sequence[float]) -> Row:
    """The row of a speed: all seconds over all seconds, with the least and most of the repetitions."""
    each = [one / other for one, other in zip(slow, fast, strict=True)]
    return row(figure, sum(slow) / sum(fast), min(each), max(each))


def write(name: str, rows: Sequence[Row], details: dict[str, Any], folder: Path = RESULTS) -> Path:
    """Write the rows of a benchmark, with whatever explains them, and print them."""
    path = folder / f"{name}.json"
    report = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine_and_libraries(),
        "commit": _commit(),
        "rows": [asdict(one) for one in rows],
        "details": details,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    for one in rows:
        said = {None: "", True: "reached", False: "MISSED"}[one.passed]
        print(
            f"{one.figure:18} {one.value:10.4g}  [{one.low:.4g}, {one.high:.4g}] {one.unit}  {said}",
            flush=True,
        )
    return path


@cache
def machine_and_libraries() -> str:
    """The machine in words, with the libraries that decide speed."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES)
    return f"{machine()} ({_processor()}), {versions}"


@cache
def _commit() -> str:
    """The commit at the time of the first figure, whatever is committed while the others are measured."""
    return commit()


def _processor() -> str:
    lines = Path("/proc/cpuinfo")
    if lines.is_file():
        for line in lines.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"
