"""No figure of a report travels alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FIGURES = ("value", "estimate", "not_measured")
"""A record with one of these is a figure, or says why there is none."""


def figures(part: Any, path: str = "report") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every figure below a part of a report, with the way to it."""
    if isinstance(part, dict):
        if any(part.get(name) is not None for name in FIGURES):
            yield path, part
        for name, below in part.items():
            yield from figures(below, f"{path}.{name}")
    elif isinstance(part, list):
        for at, below in enumerate(part):
            yield from figures(below, f"{path}[{at}]")


def alone(figure: dict[str, Any]) -> bool:
    """Whether it has neither interval and n, nor `exact`, nor the reason why there is none."""
    if figure.get("not_measured") is not None:
        return not figure["not_measured"]
    if figure.get("exact") is True:
        return False
    return any(figure.get(name) is None for name in ("low", "high", "level")) or not figure.get("n")


def test_every_figure_has_its_interval(repository: Path) -> None:
    """Each figure of the example has interval, level and n, or is exact, or says why it is missing."""
    report = json.loads((repository / "assets" / "example" / "report.json").read_text(encoding="utf-8"))
    found = list(figures(report))
    parts = {path.split(".")[1].split("[")[0] for path, _ in found}
    assert {"candidates", "controls"} <= parts
    assert len(found) > 1000
    assert [path for path, figure in found if alone(figure)] == []


def test_every_sentence_of_a_test_has_interval_and_n(repository: Path) -> None:
    """What pages and exports say of a test of the example has its interval and n, and so has the twin's."""
    report = json.loads((repository / "assets" / "example" / "report.json").read_text(encoding="utf-8"))
    tests = [
        test
        for candidate in report["candidates"]
        for part in candidate["verdict"]["dimensions"].values()
        for test in part.get("tests", ())
        if test.get("estimate") is not None
    ]
    assert len(tests) > 10
    for test in tests:
        own, _, twin = test["why"].partition("Retraining alone")
        assert re.search(rf"\(90 % interval [^()]*, n = {test['n']:,}\)", own), own
        if test.get("twin"):
            assert re.search(rf"\(95 % interval [^()]*, n = {test['twin']['n']:,}\)", twin), twin


@pytest.mark.parametrize(
    "figure",
    [
        {"value": 0.5, "low": 0.4, "high": None, "level": 0.95, "n": 30},
        {"value": 0.5, "low": 0.4, "high": 0.6, "level": 0.95},
        {"estimate": 0.5, "exact": False},
        {"not_measured": ""},
    ],
)
def test_a_figure_alone_is_found(figure: dict[str, Any]) -> None:
    """A figure without a limit, without n, or without a reason is one that travels alone."""
    ((path, found),) = figures({"candidates": [{"measures": [figure]}]})
    assert path == "report.candidates[0].measures[0]"
    assert alone(found)
