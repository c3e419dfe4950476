"""The backends beside the latencies."""

import pytest

from tests.support.latencies import timed
from tests.support.report_samples import sample_report
from trust_core.domain.report import Report
from trust_core.export.choice_text import choice
from trust_core.export.html import report_html
from trust_core.export.latency_note import backends_differ, measured_with
from trust_core.export.page import lay_out
from trust_core.export.page_figures import FigureRow
from trust_core.export.tables import model_table


def test_one_backend_is_named() -> None:
    """Where one backend computed both models, it is named, and nothing is made of it."""
    report = timed("OpenVINO 2026.4.1, fp32", "OpenVINO 2026.4.1, fp32", "torch 2.13.0, fp32")
    assert measured_with(report, "nli-student-3l") == "with OpenVINO 2026.4.1"


def test_different_backends_are_named_with_their_models() -> None:
    """An int8 variant that torch computed is not compared with OpenVINO's reference without a word."""
    report = timed("OpenVINO 2026.4.1, fp32", "OpenVINO 2026.4.1, fp32", "torch 2.13.0, fp32")
    assert measured_with(report, "ref:int8") == (
        "with OpenVINO 2026.4.1 (nli-reference) and torch 2.13.0 (ref:int8): "
        "part of the difference is that of the backends"
    )
    assert backends_differ(report) == (
        "Latency was measured with OpenVINO 2026.4.1 (nli-reference, nli-student-3l) and torch 2.13.0 "
        "(ref:int8): part of the difference is that of the backends."
    )


@pytest.mark.parametrize("backend", ["torch 2.13.0, fp32", None])
def test_nothing_is_said_without_need(backend: str | None) -> None:
    """Models of one backend, and older reports without any, need no sentence."""
    assert backends_differ(timed(backend, backend, backend)) == ""


def test_what_is_not_known_is_not_said() -> None:
    """Without the backend of both, or without a timed model, nothing is claimed."""
    assert measured_with(timed("torch 2.13.0, fp32", None, None), "ref:int8") == ""
    assert measured_with(sample_report(), "ref:int8") == ""
    assert backends_differ(timed("torch 2.13.0, fp32", None, None)) == ""


def test_backends_stand_wherever_latencies_are_compared() -> None:
    """Beside what is gained, in the table of models, below table.md, and where the fastest one is named."""
    report = timed("OpenVINO 2026.4.1, fp32", "OpenVINO 2026.4.1, fp32", "torch 2.13.0, fp32")
    for candidate, row in zip(report.candidates, (_latency_of(report, at) for at in (0, 1)), strict=True):
        assert row.note.endswith(measured_with(report, candidate.name))
    assert backends_differ(report) in model_table(report).caption
    found = choice(report)
    assert found is not None
    assert [backends_differ(report) in sentence for sentence in found.sentences] == [
        sentence.startswith("Latency") for sentence in found.sentences
    ]
    page = report_html(report)
    assert page.count("<small>OpenVINO 2026.4.1</small>") == 2
    assert page.count("<small>torch 2.13.0</small>") == 1


def _latency_of(report: Report, candidate: int) -> FigureRow:
    """The latencies of a candidate and the reference in the report."""
    dimensions = lay_out(report).candidates[candidate].dimensions
    return next(row for one in dimensions for row in one.others if row.title == "Latency")
