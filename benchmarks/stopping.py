"""When a run that stops once its reasons are settled would have stopped: `python -m benchmarks.stopping RUN`.

Reads the explanations of finished runs, replays them in random orders, and looks after every few texts, as a
run does. No model is run. What a replay settles is held against the verdict on all texts: it must never be
the opposite, and where all texts settle nothing, hardly any replay may.

Writes results/stopping.json and prints a Markdown table.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from benchmarks.figures import RESULTS, Row, row, write
from trust_core.alignment.comparison import TextComparison, compare_text
from trust_core.alignment.sequential import settled
from trust_core.alignment.split_half import Budgets, CrossedHalves, assess_alignment
from trust_core.domain.attributions import Attribution, Explanation, Half
from trust_core.domain.measures import NotMeasured
from trust_core.domain.report import Report
from trust_core.stats.equivalence import judge
from trust_core.stats.seeds import derived_rng

ORDERS = 20
ROUND = 10
"""Texts between two looks."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the orders of one candidate and explainer came to.

    Attributes:
        full: the verdict on all texts, with the estimate of S.
        found: for each order what it settled, and after how many texts; all of them where nothing.
    """

    run: str
    candidate: str
    explainer: str
    texts: int
    estimate: float
    full: str
    found: tuple[tuple[str, int], ...]

    @property
    def contradictions(self) -> int:
        """Orders that settled the opposite."""
        return sum({status, self.full} == {"equivalent", "different"} for status, _ in self.found)

    @property
    def settled(self) -> int:
        """Orders that settled anything."""
        return sum(status != "inconclusive" for status, _ in self.found)


def explanations(
    folder: Path, classes: tuple[str, ...]
) -> Mapping[tuple[str, str], Mapping[str, Explanation]]:
    """By (model, explainer): the explanation of each text, its classes in this order."""
    columns = ["id", "model", "explainer", "half", "class", "segment", "position", "weight"]
    cells: dict[tuple[str, str, str, Half], dict[str, list[tuple[int, int, float]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for cell in pq.read_table(folder / "attributions.parquet", columns=columns).to_pylist():
        cells[cell["model"], cell["explainer"], cell["id"], cell["half"]][cell["class"]].append(
            (cell["segment"], cell["position"], cell["weight"])
        )
    nothing = np.zeros(len(classes))
    parts: dict[tuple[str, str], dict[str, dict[Half, Attribution]]] = defaultdict(lambda: defaultdict(dict))
    for (model, explainer, text_id, half), by_class in cells.items():
        weights = np.array([[cell[2] for cell in sorted(by_class[name])] for name in classes]).T
        parts[model, explainer][text_id][half] = Attribution(
            text_id, explainer, half, weights, nothing, nothing, nothing, "local_r2", len(weights)
        )
    return {
        key: {
            text_id: Explanation(halves["all"], (halves["h1"], halves["h2"]) if "h1" in halves else None)
            for text_id, halves in texts.items()
        }
        for key, texts in parts.items()
    }


def pairs(folder: Path) -> Iterator[tuple[str, str, CrossedHalves, float]]:
    """Of each candidate and explainer: names, per-text values of all texts, and the floor."""
    report = Report.model_validate_json((folder / "report.json").read_text(encoding="utf-8"))
    spec: dict[str, Any] = report.spec
    floor = float(spec.get("margins", {}).get("alignment", 0.75))
    k = spec.get("k", {})
    classes = report.resolved.data.classes
    found = explanations(folder, classes)
    explained = {
        (pair["id"], pair["candidate"]): (pair["explained_class"], pair["candidate_class"])
        for pair in pq.read_table(folder / "pairs.parquet").to_pylist()
        if pair["explained_class"] is not None
    }
    reference = next(model.name for model in report.resolved.models if model.role == "reference")
    for (model, explainer), theirs in found.items():
        if model == reference:
            continue
        ours = found[reference, explainer]
        compared = [
            compare_text(
                ours[text_id],
                theirs[text_id],
                reference_class=classes.index(explained[text_id, model][0]),
                candidate_class=classes.index(explained[text_id, model][1]),
                k_fraction=float(k.get("fraction", 0.2)),
                k_fixed=k.get("fixed"),
            )
            for text_id in sorted(ours.keys() & theirs.keys())
        ]
        rows = [one for one in compared if isinstance(one, TextComparison)]
        halves = CrossedHalves(
            cross=np.array([one.cross for one in rows]),
            self_reference=np.array([one.self_reference for one in rows]),
            self_candidate=np.array([one.self_candidate for one in rows]),
            chance=np.array([one.cross_chance for one in rows]),
        )
        yield model, explainer, halves, floor


def replayed(run: str, candidate: str, explainer: str, halves: CrossedHalves, floor: float) -> Replayed:
    """The verdict on all texts, and what each random order settles."""
    evidence = assess_alignment(halves, resamples=2000, seed=0, budgets=Budgets(1000, 1000))
    full = "inconclusive" if isinstance(evidence, NotMeasured) else judge(evidence, floor, "similarity")
    found = []
    for order in range(ORDERS):
        rows = derived_rng(0, "replay", run, candidate, explainer, str(order)).permutation(len(halves))
        found.append(first_settled(in_order(halves, rows), floor))
    estimate = 0.0 if isinstance(evidence, NotMeasured) else evidence.estimate
    return Replayed(run, candidate, explainer, len(halves), estimate, full, tuple(found))


def in_order(halves: CrossedHalves, rows: np.ndarray) -> CrossedHalves:
    """These texts in this order."""
    return CrossedHalves(
        halves.cross[rows], halves.self_reference[rows], halves.self_candidate[rows], halves.chance[rows]
    )


def first_settled(halves: CrossedHalves, floor: float) -> tuple[str, int]:
    """What a run that looks every few texts settles first, and after how many."""
    for n in range(ROUND, len(halves) + ROUND, ROUND):
        seen = in_order(halves, np.arange(min(n, len(halves))))
        status = settled(seen, floor=floor).status
        if status != "not settled":
            return status.removeprefix("settled "), len(seen)
    return "inconclusive", len(halves)


def table(found: list[Replayed]) -> str:
    """A row a candidate and explainer."""
    lines = [
        "| run | candidate | explainer | texts | S | all texts | settled | the opposite | texts it took |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for one in found:
        counts = sorted(n for _, n in one.found)
        lines.append(
            f"| {one.run} | {one.candidate} | {one.explainer} | {one.texts} | {one.estimate:.2f} | "
            f"{one.full} | {one.settled} of {len(one.found)} | {one.contradictions} | "
            f"{np.median(counts):.0f} ({counts[0]}-{counts[-1]}) |"
        )
    return "\n".join(lines)


def rows_of(found: list[Replayed]) -> list[Row]:
    """The worst candidate and explainer, of those that all texts decide and of those that they do not."""
    decided = [one.contradictions for one in found if one.full != "inconclusive"]
    open_ = [one.settled for one in found if one.full == "inconclusive"]
    return [
        row(figure, max(counts), min(counts), max(counts))
        for figure, counts in (("stopping-opposite", decided), ("stopping-open", open_))
        if counts
    ]


def main() -> None:
    """Replay, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path, help="folders of finished runs")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the results")
    chosen = parser.parse_args()
    found = []
    for folder in chosen.runs:
        for candidate, explainer, halves, floor in pairs(folder):
            found.append(replayed(folder.name, candidate, explainer, halves, floor))
            print(f"{folder.name}, {candidate}, {explainer}: {found[-1].full}", flush=True)
    print(table(found))
    details = {"orders": ORDERS, "texts_between_looks": ROUND, "replays": [asdict(one) for one in found]}
    write("stopping", rows_of(found), details, chosen.out)


if __name__ == "__main__":
    main()
