"""Writes the table of docs/performance.md from benchmarks/results: `python -m tools.performance_page`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.figures import FIGURES, RESULTS
from tools.methods_page import ROOT, replaced, table

PAGE = ROOT / "docs" / "performance.md"
PART = "figures"


def rendered(page: str, folder: Path = RESULTS) -> str:
    """The page with its table as it must be now."""
    return replaced(page, PART, figures_part(measured(folder)))


def measured(folder: Path) -> dict[str, dict[str, Any]]:
    """Figure -> its row, with the date of the file; of a figure in several files, that of the latest."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.json")):
        report = json.loads(path.read_text(encoding="utf-8"))
        for row in report.get("rows", ()) if isinstance(report, dict) else ():
            name = row.get("figure") if isinstance(row, dict) else None
            if name in FIGURES and "reach" in row:
                dated = {**row, "date": report["date"]}
                if name not in found or found[name]["date"] <= dated["date"]:
                    found[name] = dated
    return found


def figures_part(rows: dict[str, dict[str, Any]]) -> str:
    """One line a figure, in the order of `FIGURES`; what was not measured says so."""
    head = ["figure", "unit", "reach", "stretch", "measured", "least to most", "reached", "commit"]
    lines = []
    for name, about in FIGURES.items():
        limits = [_number(about.reach), _number(about.stretch)]
        row = rows.get(name)
        if row is None:
            lines.append([about.title, about.unit, *limits, "not measured yet", "", "", ""])
            continue
        spread = f"{_number(row['low'])} to {_number(row['high'])}"
        said = "stretch" if _reaches(row, about.better) else "yes" if row["passed"] else "no"
        lines.append([about.title, about.unit, *limits, _number(row["value"]), spread, said, row["commit"]])
    machines = sorted({row["machine"] for row in rows.values()})
    said = "\n".join(f"- {machine}" for machine in machines)
    return table(head, lines) + (f"\n\nMeasured on:\n\n{said}" if machines else "")


def _reaches(row: dict[str, Any], better: str) -> bool:
    """Whether a figure comes to its stretch."""
    value, stretch = row["value"], row["stretch"]
    return stretch is not None and (value >= stretch if better == "higher" else value <= stretch)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def main() -> None:
    """Rewrite the page."""
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
