"""A run whose texts, ids, labels and names are all hostile."""

from __future__ import annotations

from pathlib import Path

from tests.support.export_tables import run_tables, text_set
from tests.support.report_samples import HOSTILE, hostile_report
from tests.support.ui_runs import write_run

IDS = tuple(name[:300] for name in HOSTILE)
"""Ids of its texts, as long as an address may name them."""


def write_hostile_texts(home: Path) -> None:
    """Enter the run: text i holds hostile string i and the next one, between plain words."""
    report = hostile_report()
    names = [model.name for model in report.resolved.models]
    texts = tuple(
        (f"A man says {one} and leaves.", f"{other} is what he says.", 0)
        for one, other in zip(HOSTILE, HOSTILE[1:] + HOSTILE[:1], strict=True)
    )
    found = text_set(texts, classes=report.resolved.data.classes, ids=IDS)
    write_run(home, report, run_tables(names[0], tuple(names[1:]), texts=found))
