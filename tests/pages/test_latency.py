"""Latencies on the page Verdict."""

from pathlib import Path

import pytest

from tests.support.latencies import timed
from tests.support.ui_runs import app_on, write_run
from trust_core.export.latency_note import backends_differ, measured_with
from trust_core.ui.messages import escape_markdown

pytestmark = pytest.mark.slow


def test_backends_stand_beside_latencies(home: Path, repository: Path) -> None:
    """What is gained names the backends, and so does the chart, where latency is the cost and not size."""
    report = timed("OpenVINO 2026.4.1, fp32", "torch 2.13.0, fp32", "torch 2.13.0, fp32")
    write_run(home, report)
    app = app_on("verdict", repository)
    notes = [
        note for one in app.dataframe if "Computed with" in one.value for note in one.value["Computed with"]
    ]
    assert any(note.endswith(measured_with(report, "nli-student-3l")) for note in notes)
    said = escape_markdown(backends_differ(report))
    assert not any(said in one.value for one in app.caption)
    app.selectbox(key="tradeoff-cost").select("latency").run()
    assert not app.exception
    assert any(said in one.value for one in app.caption)
