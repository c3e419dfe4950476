"""Peak memory of reading and predicting whole data sets: `python -m benchmarks memory [--texts 1000,10000]`.

Each size runs in a fresh process: it loads the model, notes how much memory it holds, then reads the texts,
predicts them and writes the shards, as a run does. What the peak lies above the noted level is the growth.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.figures import row, write
from benchmarks.published_path import SNLI

MODEL = "nli-reference"
SIZES = (1_000, 10_000, 100_000)
REPEATS = 3
"""Fresh processes of each size; the median counts."""

ONCE = 50_000
"""Sizes from here on run once."""

MIB = 2**20


def main() -> None:
    """Measure every size and write the figure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks memory", description=__doc__)
    parser.add_argument("--texts", default=",".join(map(str, SIZES)), help="sizes, separated by commas")
    parser.add_argument("--model", default=MODEL)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--backend", default="openvino", help="what runs take on a CPU")
    parser.add_argument("--child", nargs=2, metavar=("FILE", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(_measured(options.model, options.backend, *map(Path, options.child))))
        return
    sizes = [int(part) for part in options.texts.split(",")]
    found: dict[int, list[dict[str, float]]] = {size: [] for size in sizes}
    with tempfile.TemporaryDirectory() as scratch:
        files = {size: _texts(Path(scratch) / f"{size}.tsv", size) for size in sizes}
        for repeat in range(options.repeats):
            for size in sizes if repeat == 0 else [size for size in sizes if size < ONCE]:
                folder = Path(scratch) / f"{size}-{repeat}"
                found[size].append(_in_process(files[size], folder, options))
                print(f"{size:>8,} texts: {found[size][-1]}", flush=True)
    growth = {size: sorted(one["growth_mib"] for one in runs) for size, runs in found.items()}
    small, large = growth[1_000], growth[10_000]
    middle = options.repeats // 2
    ratio = row("memory", large[middle] / small[middle], large[0] / small[-1], large[-1] / small[0])
    write("memory", [ratio], {"model": options.model, "backend": options.backend, "runs": found})


def _in_process(file: Path, folder: Path, options: argparse.Namespace) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.memory", "--model", options.model]
    command += ["--backend", options.backend, "--child", str(file), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _texts(path: Path, count: int) -> Path:
    """So many distinct pairs: those of SNLI test, with a number behind them from the second round on."""
    with gzip.open(SNLI, "rt", encoding="utf-8") as lines:
        given = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    header, rows = given[0], given[1:]
    with path.open("w", encoding="utf-8") as file:
        file.write("\t".join(["id", *header[:3]]) + "\n")
        for at in range(count):
            one = list(rows[at % len(rows)][:3])
            if at >= len(rows):
                one[0] += f" {at // len(rows)}"
            file.write("\t".join([f"t{at:06d}", *one]) + "\n")
    return path


def _measured(name: str, backend: str, file: Path, folder: Path) -> dict[str, float]:
    """Growth of this process, in MiB, and what it took."""
    from trust_core.datasets.limits import Limits
    from trust_core.datasets.sources import texts_from
    from trust_core.domain.spec import DataSpec, Spec
    from trust_core.models.device import choose_device
    from trust_core.models.inspection import inspect_model
    from trust_core.models.policy import Policy
    from trust_core.pipeline import work
    from trust_core.pipeline.plan import Member, matched_texts, party
    from trust_core.pipeline.remembering import Memories
    from trust_core.pipeline.resident import ResidentModel, compute_of
    from trust_core.store.shards import Shards

    spec = Spec.model_validate(
        {
            "reference": name,
            "candidates": ("ref:int8",),
            "data": DataSpec(source=str(file)),
            "backend": backend,
        }
    )
    policy = Policy(origin="typed")
    inspected = inspect_model(name, policy=policy)
    labels = inspected.facts.labels
    member = Member(name, "reference", inspected, tuple(range(len(labels))))
    device, compute = choose_device("cpu"), compute_of(spec, policy)
    arguments: dict[str, Any] = {"device": device, "batch_tokens": spec.batch_tokens, "compute": compute}
    with ResidentModel(member, labels, **arguments) as model:
        # One text through everything, so that what is made at the first call belongs to loading.
        model.engine.predict([("A man sings.", "Nobody.")])
        level = _status("VmRSS")
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        began = time.perf_counter()
        assert spec.data is not None
        read = texts_from(spec.data, Limits(10**10, 10**7, None))
        read_s = time.perf_counter() - began
        _, texts = matched_texts(spec, read, [party(spec, 0, name, labels)])
        del read
        after_reading = _status("VmHWM")
        predictions = work.predictions(model, texts, Shards(folder), lambda _: None, Memories(None, {}, {}))
        predict_s = time.perf_counter() - began - read_s
    peak = _status("VmHWM")
    return {
        "texts": len(predictions),
        "level_mib": round(level / MIB, 1),
        "after_reading_mib": round((after_reading - level) / MIB, 1),
        "growth_mib": round((peak - level) / MIB, 1),
        "read_s": round(read_s, 2),
        "predict_s": round(predict_s, 1),
        "pid": os.getpid(),
    }


def _status(name: str) -> int:
    """A line of this process's status, in bytes; Linux alone has it."""
    lines: Sequence[str] = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (value,) = (line.split()[1] for line in lines if line.startswith(f"{name}:"))
    return int(value) * 1024


if __name__ == "__main__":
    main()
