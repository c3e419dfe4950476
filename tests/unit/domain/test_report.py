import itertools
import json
from typing import Any

import pytest
from pydantic import ValidationError

from tests.support.store_report import small_report
from trust_core.domain.measures import Exact, Figure, Measure, Measured, NotMeasured
from trust_core.domain.report import MeasureRow, Report, TestRow

FIGURES: tuple[Figure, ...] = (
    Measured(0.5, 0.4, 0.6, 0.95, 30),
    Exact(3.0),
    NotMeasured("no labels", "gold labels"),
)
PARTS: dict[str, Any] = {
    "value": 0.5,
    "low": 0.4,
    "high": 0.6,
    "level": 0.95,
    "n": 30,
    "exact": True,
    "not_measured": "no labels",
    "needs": "gold labels",
}
ALLOWED = [{"value", "low", "high", "level", "n"}, {"value", "exact"}, {"not_measured", "needs"}]


@pytest.mark.parametrize("figure", FIGURES)
def test_figures_survive_the_file(figure: Figure) -> None:
    """A figure comes back from its row, and from the row's JSON, as it went in."""
    measure = Measure("jaccard", "pair", figure, "lime", {"k": 0.2, "bins": 10, "edges": "own"})
    row = MeasureRow.of_measure(measure, "share")
    assert row.figure == figure
    assert (row.key, row.of, row.explainer, row.unit) == ("jaccard", "pair", "lime", "share")
    assert row.settings == {"k": 0.2, "bins": 10, "edges": "own"}
    assert MeasureRow.model_validate_json(row.model_dump_json(exclude_none=True)) == row


def test_exactly_one_kind_of_figure() -> None:
    """Of all 256 ways to fill the fields of a figure, three are allowed."""
    for size in range(len(PARTS) + 1):
        for names in itertools.combinations(PARTS, size):
            content = {name: PARTS[name] for name in names}
            if set(names) in ALLOWED:
                assert MeasureRow(key="ece", of="pair", **content).figure in (
                    Measured(0.5, 0.4, 0.6, 0.95, 30),
                    Exact(0.5),
                    NotMeasured("no labels", "gold labels"),
                )
            else:
                with pytest.raises(ValidationError, match="ece needs exactly one of"):
                    MeasureRow(key="ece", of="pair", **content)


@pytest.mark.parametrize(
    "changes", [{"low": 0.7}, {"value": float("nan")}, {"high": float("inf")}, {"exact": False}]
)
def test_impossible_figures(changes: dict[str, Any]) -> None:
    """Limits in the wrong order, values that are not finite and `exact: false` are refused."""
    content = {"value": 0.5, "low": 0.4, "high": 0.6, "level": 0.95, "n": 30, **changes}
    with pytest.raises(ValidationError):
        MeasureRow(key="ece", of="pair", **content)


def test_report_survives_the_file() -> None:
    """A report reads back from its JSON as it was, and is written the same way twice."""
    report = small_report()
    written = report.to_json()
    assert Report.model_validate_json(written) == report
    assert Report.model_validate_json(written).to_json() == written
    assert written.endswith("}\n")
    assert "null" not in written.replace('"n_needed": null', "")


def test_every_test_names_n_needed() -> None:
    """A test's `n_needed` is in the file even where there is no such number, and older files are read."""
    row = TestRow(key="accuracy", status="inconclusive", margin=0.01, why="Open.")
    written = row.model_dump_json(exclude_none=True)
    assert json.loads(written) == {
        "key": "accuracy",
        "status": "inconclusive",
        "margin": 0.01,
        "n_needed": None,
        "why": "Open.",
    }
    assert TestRow.model_validate_json(written) == row
    older = {"key": "accuracy", "status": "inconclusive", "margin": 0.01, "why": "Open."}
    assert TestRow.model_validate(older) == row


def test_unknown_parts_of_a_report() -> None:
    """A name that the layout does not have is refused."""
    with pytest.raises(ValidationError, match="Extra inputs"):
        Report.model_validate({**small_report().model_dump(), "extra": 1})
