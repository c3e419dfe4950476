"""What the simulations of intervals share: how their results are summed up and written."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from trust_core.domain.measures import LEVEL

Held = dict[str, tuple[bool, float]]
"""By figure: whether its 95 % interval holds the truth, and how wide it is."""

Row = dict[str, Any]
"""What is written of one figure, scenario and size."""


def machine() -> str:
    """The machine in words."""
    versions = f"Python {platform.python_version()}, numpy {np.__version__}"
    return f"{platform.machine()}, {os.cpu_count()} cores, {versions}"


def commit() -> str:
    """The commit that was measured."""
    answer = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip() or "unknown"


def write(path: Path, rows: Sequence[Row], *, seconds: float, **more: object) -> None:
    """Write what has been simulated so far: when, where, at which commit, for how long, at which level."""
    report = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "commit": commit(),
        "seconds": round(seconds),
        "level": LEVEL,
        **more,
        "rows": rows,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def coverage_rows(
    answers: Sequence[Held], figures: Iterable[str], *, scenario: str, n: int, **more: object
) -> list[Row]:
    """Coverage and mean width of each figure over many samples; samples that refuse a figure are counted."""
    rows: list[Row] = []
    for figure in figures:
        found = [held[figure] for held in answers if figure in held]
        rows.append(
            {
                "scenario": scenario,
                "n": n,
                "figure": figure,
                "coverage": float(np.mean([holds for holds, _ in found])),
                "mean_width": float(np.mean([width for _, width in found])),
                "draws": len(found),
                "refused": len(answers) - len(found),
                **more,
            }
        )
    return rows


class Measure(Protocol):
    """Simulates one scenario at one size: the rows of its figures."""

    def __call__(self, n: int, /, *, draws: int, resamples: int) -> list[Row]:
        """Coverage of every figure over so many samples of n texts."""


def simulate(
    description: str | None,
    scenarios: Sequence[tuple[str, Measure]],
    *,
    draws: int,
    resamples: int,
    sizes: Sequence[int],
    out: Path,
) -> None:
    """The command line of a simulation: every scenario at every size, written and printed one by one.

    Args:
        description: what it says of itself.
        scenarios: names, and what simulates them.
        draws: samples of each scenario and size, where the command line says nothing else.
        resamples: of each interval, likewise.
        sizes: numbers of texts, likewise.
        out: the file of the results, likewise.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--draws", type=int, default=draws)
    parser.add_argument("--resamples", type=int, default=resamples)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(sizes))
    parser.add_argument("--out", type=Path, default=out)
    chosen = parser.parse_args()
    start = time.process_time()
    rows: list[Row] = []
    for n, (name, measure) in product(chosen.sizes, scenarios):
        found = measure(n, draws=chosen.draws, resamples=chosen.resamples)
        rows += found
        write(chosen.out, rows, seconds=time.process_time() - start)
        for row in found:
            print(f"{name}, n = {n}: {row['figure']} {row['coverage']:.3f} of {row['draws']}", flush=True)


def pooled(recorded: Sequence[Row], new: Sequence[Row]) -> list[Row]:
    """The recorded rows, each together with the new one of the same figure, scenario, size and resamples."""
    names = ("scenario", "n", "figure", "resamples")
    further = {tuple(row[name] for name in names): row for row in new}
    rows = []
    for row in recorded:
        other = further.pop(tuple(row[name] for name in names), None)
        rows.append(row if other is None else _together(row, other))
    return [*rows, *further.values()]


def _together(row: Row, other: Row) -> Row:
    """Two sets of samples as one."""
    draws = [row["draws"], other["draws"]]
    means = {
        key: float(np.average([row[key], other[key]], weights=draws)) for key in ("coverage", "mean_width")
    }
    return {**row, **means, "draws": sum(draws), "refused": row["refused"] + other["refused"]}
