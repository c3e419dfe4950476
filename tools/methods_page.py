"""Writes the generated tables of docs/methods.md: `python -m tools.methods_page`.

The measures come from the catalogue, the coverage of their intervals from benchmarks/results. Everything
between the markers of a table is replaced; the rest of the page is written by hand.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from trust_core.domain.catalogue import CATALOGUE, DIMENSIONS, Entry

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "methods.md"
RESULTS = ROOT / "benchmarks" / "results"
COVERAGE = RESULTS / "coverage.json"
ALIGNMENT = RESULTS / "coverage_alignment.json"
ERROR_RATES = RESULTS / "error_rates.json"

BEST = {"higher": "the highest", "lower": "the lowest", "zero": "0", "none": "-"}
"""Direction -> where the best value lies, in words."""


def rendered(page: str) -> str:
    """The page with every generated part as it must be now."""
    for name, written in PARTS.items():
        page = replaced(page, name, written())
    return page


def replaced(page: str, name: str, content: str) -> str:
    """The page with `content` between the markers of the part `name`.

    Raises:
        ValueError: the page does not hold both markers exactly once, in their order.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
        raise ValueError(f"the page needs the markers {begin} and {end}, each once and in this order")
    head, _, rest = page.partition(begin)
    tail = rest.partition(end)[2]
    return f"{head}{begin}\n\n{content}\n\n{end}{tail}"


def measures_part() -> str:
    """All measures of the catalogue, one table a dimension."""
    blocks = []
    for dimension in DIMENSIONS:
        entries = [entry for entry in CATALOGUE.values() if entry.dimension == dimension]
        if entries:
            blocks.append(f"### {dimension.replace('_', ' ').capitalize()}\n\n{_measures_table(entries)}")
    return "\n\n".join(blocks)


def _measures_table(entries: Iterable[Entry]) -> str:
    head = ("key", "title", "unit", "range", "best", "votes", "meaning", "interval", "source")
    rows = [
        (
            f"`{entry.key}`",
            entry.title,
            entry.unit or "-",
            value_range(entry.low, entry.high),
            BEST[entry.direction],
            f"yes, margin `{entry.margin}`" if entry.votes else "no",
            entry.meaning,
            entry.interval,
            entry.source,
        )
        for entry in entries
    ]
    return table(head, rows)


def value_range(low: float | None, high: float | None) -> str:
    """The range of a value in words."""
    if low is None:
        return "any number" if high is None else f"at most {high:g}"
    return f"{low:g} and above" if high is None else f"{low:g} to {high:g}"


def coverage_part() -> str:
    """Simulated coverage of the measures of whole texts: those that vote, then those that inform."""
    found = json.loads(COVERAGE.read_text(encoding="utf-8"))
    voting = [row for row in found["rows"] if row["votes"]]
    informing = [row for row in found["rows"] if not row["votes"]]
    blocks = [f"Measures that vote. {_made(found, voting)}", _coverage_table(voting)]
    if informing:
        blocks += [f"Measures that do not vote. {_made(found, informing)}", _coverage_table(informing)]
    return "\n\n".join(blocks)


def alignment_part() -> str:
    """Simulated coverage of the interval of S, with S itself in each simulated population."""
    found = json.loads(ALIGNMENT.read_text(encoding="utf-8"))
    rows = [
        row | {"figure": "alignment", "scenario": f"{row['scenario']} (S = {row['truth']:.3f})"}
        for row in found["rows"]
    ]
    return f"{_made(found, rows)}\n\n{_coverage_table(rows)}"


def error_rates_part() -> str:
    """How often each test of equivalence errs, at the margin and without a difference."""
    found = json.loads(ERROR_RATES.read_text(encoding="utf-8"))
    rows = found["rows"]
    draws = sorted({int(row["draws"]) for row in rows})
    errors = [100 * math.sqrt(p * (1 - p) / draws[0]) for p in (0.05, 0.9)]
    made = (
        f"{_counts(draws)} samples of each population, {found['resamples']:,} bootstrap resamples each; "
        f"standard error of a figure at most {errors[0]:.1f} points at 5 %, {errors[1]:.1f} at 90 %. "
        f"Simulated on {found['date']} at commit {found['commit']}."
    )
    head = (
        "measure",
        "margin",
        "n of the plan",
        "equivalent at the margin",
        "equivalent without a difference",
    )
    lines = [
        (
            CATALOGUE[row["key"]].title,
            f"{row['margin']:.3f}",
            f"{row['n']:,}",
            f"{100 * row['equivalent_at_margin']:.1f} %",
            f"{100 * row['equivalent_without_difference']:.1f} %",
        )
        for row in rows
    ]
    return f"{made}\n\n{table(head, lines)}"


def _whole(path: Path) -> str:
    """Every row of one simulation."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return f"{_made(found, found['rows'])}\n\n{_coverage_table(found['rows'])}"


def _made(found: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    """How the figures below came about, and how exactly they are known."""
    draws = sorted({int(row["draws"]) for row in rows})
    error = math.sqrt(found["level"] * (1 - found["level"]) / draws[0])
    resamples = sorted({int(row.get("resamples", found.get("resamples"))) for row in rows})
    return (
        f"{_counts(draws)} samples of each size, {_counts(resamples)} bootstrap resamples each, intervals at "
        f"{100 * found['level']:g} %; standard error of a figure about {100 * error:.1f} points. Simulated "
        f"on {found['date']} at commit {found['commit']}."
    )


def _counts(values: Sequence[int]) -> str:
    """One number, two with `or` between them, or the ends of many."""
    if len(values) > 2:
        return f"{values[0]:,} to {values[-1]:,}"
    return " or ".join(f"{value:,}" for value in values)


def _coverage_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """One line a figure and scenario, one column a size: coverage in percent."""
    sizes = sorted({int(row["n"]) for row in rows})
    lines: dict[tuple[str, str], dict[int, float]] = {}
    for row in rows:
        lines.setdefault((row["figure"], row["scenario"]), {})[int(row["n"])] = row["coverage"]
    return table(
        ("figure", "simulated candidate", *(f"n = {n:,}" for n in sizes)),
        [
            (
                figure_title(figure),
                scenario,
                *(f"{100 * by_size[n]:.1f} %" if n in by_size else "-" for n in sizes),
            )
            for (figure, scenario), by_size in lines.items()
        ],
    )


def figure_title(figure: str) -> str:
    """The title of a figure by its key, with what stands behind the key: `ece (equal-mass, reference)`.

    A key that ends in `_given` is of a threshold that somebody gave.
    """
    key, _, rest = figure.partition(" ")
    if key.endswith("_given"):
        return f"{key.removesuffix('_given').capitalize()} at a given threshold {rest}"
    return f"{CATALOGUE[key].title} {rest}".strip()


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a bar inside a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines
    )


PARTS: dict[str, Callable[[], str]] = {
    "measures": measures_part,
    "coverage": coverage_part,
    "coverage of alignment": alignment_part,
    "coverage of causes": partial(_whole, RESULTS / "coverage_causes.json"),
    "coverage of confidence": partial(_whole, RESULTS / "coverage_confidence.json"),
    "coverage of depth": partial(_whole, RESULTS / "coverage_depth.json"),
    "coverage of errors": partial(_whole, RESULTS / "coverage_errors.json"),
    "coverage of parts": partial(_whole, RESULTS / "coverage_parts.json"),
    "error rates": error_rates_part,
}
"""Part of the page -> what writes it."""


def main() -> None:
    """Bring the page up to date."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(rendered(page), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
