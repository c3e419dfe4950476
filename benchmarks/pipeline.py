"""Time to a settled verdict against the published protocol on all texts: `python -m benchmarks pipeline`.

Ours is one whole run on SNLI test, from the files to the report, that stops once the reasons are settled: the
NLI reference with one candidate that differs and one that does not, both explainers. The published way takes
every text and every model with unmodified lime (1,000 samples) and shap (Partition, 500 evaluations) over the
published predict path; its time is extrapolated from the seconds of some texts, before and after our run.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.figures import row, write
from benchmarks.published_path import SNLI, published_path, snli_pairs
from trust_core.domain.report import Report
from trust_core.domain.spec import DataSpec, Spec
from trust_core.explain.reference import lime, shap_partition
from trust_core.explain.settings import Settings as ExplainerSettings
from trust_core.settings import Settings, settings_from
from trust_core.wiring.engine import evaluate

REFERENCE = "nli-reference"
CANDIDATES = ("nli-tiny", "ref:int8")
TIMED = 6
"""Texts of each turn of the published way."""

LIBRARY = ExplainerSettings(seed=0, samples=1000, budget=500)


def main() -> None:
    """Measure both and write the figure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks pipeline", description=__doc__)
    parser.add_argument("--data", default=str(SNLI))
    parser.add_argument("--candidates", default=",".join(CANDIDATES))
    parser.add_argument("--limit", type=int, help="of the texts, so many; None: all")
    parser.add_argument("--timed", type=int, default=TIMED)
    parser.add_argument("--out", help="folder of our run (default: a temporary one)")
    options = parser.parse_args()
    candidates = tuple(options.candidates.split(","))
    turns = [_published_s(candidates, options.timed, 0)]
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(options.out or Path(scratch) / "run")
        spec = Spec(
            reference=REFERENCE,
            candidates=candidates,
            data=DataSpec(source=options.data),
            limit=options.limit,
            explain_limit="all",
            stop_when_settled=True,
        )
        home: Settings = replace(settings_from({}), home=Path(scratch) / "home", cache_bytes=0)
        began = time.perf_counter()
        report = evaluate(spec, out, settings=home)
        ours_s = time.perf_counter() - began
    turns.append(_published_s(candidates, options.timed, options.timed))
    texts = report.resolved.data.predicted
    ratios = sorted(texts * sum(turn.values()) / ours_s for turn in turns)
    details = {
        "texts": texts,
        "ours_s": round(ours_s, 1),
        "published_s_per_text": turns,
        "published_timed_texts": 2 * options.timed,
        "note": "a candidate made from the reference is timed as the reference on the published way",
        "candidates": [_settled(report, at) for at in range(len(candidates))],
        "timing": report.timing,
    }
    value = texts * sum(sum(turn.values()) for turn in turns) / len(turns) / ours_s
    write("pipeline", [row("verdict-time", value, ratios[0], ratios[-1])], details)


def _published_s(candidates: tuple[str, ...], count: int, start: int) -> dict[str, float]:
    """Seconds of a text on the published way, by model: both explainers."""
    texts = snli_pairs(SNLI, start + count)[start:]
    found: dict[str, float] = {}
    for name in (REFERENCE, *candidates):
        if name.startswith("ref:"):
            found[name] = found[REFERENCE]
            continue
        path = published_path(name)
        began = time.perf_counter()
        for text in texts:
            lime(text, path.of(text), LIBRARY)
            shap_partition(text, path.of(text), LIBRARY)
        found[name] = (time.perf_counter() - began) / count
    return found


def _settled(report: Report, at: int) -> dict[str, Any]:
    """What a candidate came to, and after how many explained texts."""
    candidate = report.candidates[at]
    return {
        "name": candidate.name,
        "overall": candidate.verdict.overall,
        "dimensions": {name: part.status for name, part in candidate.verdict.dimensions.items()},
        "reasons": [
            {
                "explainer": test.explainer,
                "status": test.status,
                "low": test.low,
                "high": test.high,
                "n": test.n,
            }
            for test in candidate.verdict.dimensions["reasons"].tests
        ],
    }


if __name__ == "__main__":
    main()
