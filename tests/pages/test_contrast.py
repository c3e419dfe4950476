"""Two answers set against each other on the page Text inspector."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.report_samples import sample_report
from tests.support.ui_models import FakeModels
from tests.support.ui_runs import app_on, write_run
from trust_core.ui.inspector import page as inspector

pytestmark = pytest.mark.slow


def test_two_answers_are_set_against_each_other(
    home: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the models answer differently, the weights of one answer less those of the other are offered."""
    double = FakeModels(sample_report().resolved.data.classes)
    monkeypatch.setattr(inspector, "_models", lambda: double)
    write_run(home)
    app = app_on("inspector", repository)
    assert any("against the candidate's" in one for one in app.selectbox(key="inspector_class").options)
    app.selectbox(key="inspector_class").select("\0contrast").run()
    (after,) = [
        json.loads(one.proto.json)
        for one in app.get("bidi_component")
        if one.proto.id.endswith("inspector_heatmap")
    ]
    assert not app.exception
    assert after["classes"][0] == after["classes"][1]
    assert " − " in after["classes"][0]
